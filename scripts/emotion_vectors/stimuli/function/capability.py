"""Two-choice items with checkable answers: what a model can do while its emotion directions are removed or its questions are framed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines


@dataclass(frozen=True)
class TwoChoiceItem:
    """A question with two answers. `letter` is that of the right one as the file has them, so that letters are balanced."""

    name: str
    kind: str
    level: int
    question: str
    right: str
    wrong: str
    letter: str

    @property
    def options(self) -> tuple[str, str]:
        """Answers A and B."""
        return (self.right, self.wrong) if self.letter == "A" else (self.wrong, self.right)


def load_two_choice_items(file: PathLike) -> list[TwoChoiceItem]:
    """Every item, its question after the text that it is about.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    return [_item(record.value) for record in read_lines(file, "capability")]


def _item(value: Mapping[str, Any]) -> TwoChoiceItem:
    options, letter = value["options"], value["answer"]
    (wrong,) = (text for other, text in options.items() if other != letter)
    question = "\n".join(filter(None, (value.get("text"), value["question"])))
    return TwoChoiceItem(value["id"], value["kind"], value["level"], question, options[letter], wrong, letter)
