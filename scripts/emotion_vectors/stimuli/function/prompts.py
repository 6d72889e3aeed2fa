"""Prompts on which the readings of a base model and of the model tuned from it are compared (Sofroniew et al. 2026, section 3.5)."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines


@dataclass(frozen=True)
class UserPrompt:
    """What a user writes to an assistant; `kind` is neutral, personal, or self (about the assistant)."""

    name: str
    kind: str
    text: str


def load_prompts(file: PathLike) -> list[UserPrompt]:
    """Every prompt, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "prompts"))
    return [UserPrompt(value["id"], value["kind"], value["text"]) for value in values]
