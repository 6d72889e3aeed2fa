"""What users write: situations in two wordings, and prompts of other kinds beside them, as items that can be answered."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.statistics.resampling import evenly_spaced
from emotion_vectors.stimuli.experiments import NO_VARIANT
from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.prompts import UserPrompt, load_prompts
from emotion_vectors.stimuli.function.states import UserSituation, load_user_situations
from emotion_vectors.stimuli.situations import Item

SET = "anticipation"
"""Name of these items in transcripts, where behaviour sets have theirs."""
SITUATIONS = "situations"
"""Group of the situations; prompts are grouped by their kind."""


@dataclass(frozen=True)
class Amounts:
    """How much is read, as `anticipation` of the configuration says.

    situations, prompts: of their files, at equal distances. samples: replies to each of them; new_tokens: after which one is cut.
    dialogue_groups: groups of dialogues, in each of which the other speaker has every emotion once. reliability: least correlation of a
    reading with its repetition, before it is correlated with another.
    """

    situations: int
    prompts: int
    samples: int
    new_tokens: int
    dialogue_groups: int
    reliability: float


@dataclass(frozen=True)
class UserMessages:
    """Situations and prompts of one study."""

    situations: list[UserSituation]
    prompts: list[UserPrompt]

    @property
    def wordings(self) -> list[str]:
        """Both wordings of every situation, one after the other."""
        return [text for situation in self.situations for text in situation.prompts]

    @property
    def groups(self) -> list[str]:
        """Of every item: readings are compared within groups alone, since groups differ in form."""
        return [SITUATIONS] * len(self.situations) + [prompt.kind for prompt in self.prompts]

    @property
    def texts(self) -> list[str]:
        """What is answered: the first wording of every situation, then the prompts."""
        return [situation.prompts[0] for situation in self.situations] + [prompt.text for prompt in self.prompts]

    @property
    def tempered(self) -> list[int]:
        """Rows of the situations that have calm and agitated replies."""
        return [row for row, situation in enumerate(self.situations) if situation.calm and situation.agitated]

    def items(self, source: str) -> list[Item]:
        """What is answered, in the form in which replies are sampled.

        Args:
            source: file of the situations, for messages.
        """
        names = [situation.name for situation in self.situations] + [prompt.name for prompt in self.prompts]
        rows = zip(names, self.groups, self.texts, strict=True)
        return [item_of(text, name=name, group=group, source=source) for name, group, text in rows]


def item_of(text: str, *, name: str, system: str = "", group: str = SITUATIONS, source: str = "") -> Item:
    """A message without prepared replies."""
    return Item(name, NO_VARIANT, group, system, text, {}, {}, (), source)


def load(situations: PathLike, prompts: PathLike, amounts: Amounts) -> UserMessages:
    """Situations and prompts at equal distances through their files, both from the first to the last.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    known, further = load_user_situations(situations), load_prompts(prompts)
    return UserMessages(
        [known[row] for row in evenly_spaced(len(known), amounts.situations)],
        [further[row] for row in evenly_spaced(len(further), amounts.prompts)],
    )
