"""What a model keeps of the other speaker: vectors of the user's emotion while the assistant speaks (section 2.3 of A).

Emotions of the two speakers are independent in the dialogues, so that in the mean over those in which the user has an emotion the
assistant's own cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emotion_vectors.anticipation.turns import over_replies
from emotion_vectors.statistics.resampling import evenly_spaced
from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.speakers import (
    EMOTIONS_OF_SPEAKERS,
    SpeakerDialogue,
    load_speaker_dialogues,
)

if TYPE_CHECKING:
    from torch import Tensor

    from emotion_vectors.models.language_model import LanguageModel

ROLES = ("user", "assistant")


def groups_of(dialogues: Sequence[SpeakerDialogue]) -> list[list[SpeakerDialogue]]:
    """Dialogues in groups in which the assistant has one emotion and the user every one once, in the order of the emotions."""
    numbered: dict[tuple[int, str], dict[str, SpeakerDialogue]] = {}
    counted: dict[tuple[str, str], int] = {}
    for dialogue in dialogues:
        present, other = dialogue.emotions_at(len(dialogue.turns) - 1)
        number = counted.setdefault((present, other), 0)
        counted[present, other] += 1
        numbered.setdefault((number, present), {})[other] = dialogue
    complete = [group for group in numbered.values() if len(group) == len(EMOTIONS_OF_SPEAKERS)]
    return [[group[emotion] for emotion in EMOTIONS_OF_SPEAKERS] for group in complete]


def load(file: PathLike, count: int) -> list[list[SpeakerDialogue]]:
    """Some groups of dialogues, at equal distances.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    groups = groups_of(load_speaker_dialogues(file))
    return [groups[row] for row in evenly_spaced(len(groups), count)]


def measure(model: LanguageModel, groups: Sequence[Sequence[SpeakerDialogue]], layer: int, budget: int) -> Tensor:
    """Mean state over the last turn, which is the assistant's: [group, emotion of the user, d_model].

    Raises:
        TokenError: a turn spells a control token.
    """
    prompts, replies = [], []
    for dialogue in [dialogue for group in groups for dialogue in group]:
        *before, last = dialogue.turns
        turns = [{"role": ROLES[number % 2], "content": text} for number, text in enumerate(before)]
        written = model.conversation.replies(turns, [last])
        prompts.append(written.prompt)
        replies.append(written.ids[0])
    return over_replies(model, prompts, replies, layer, budget).reshape(len(groups), len(groups[0]), -1)
