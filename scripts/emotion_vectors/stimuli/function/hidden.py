"""Dialogues of somebody who feels one emotion and shows another (Sofroniew et al. 2026, appendix on deflection)."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines

EMOTIONS_OF_HIDING = ("excited", "amused", "proud", "calm", "angry", "afraid", "sad", "bored")


@dataclass(frozen=True)
class HiddenDialogue:
    """What is felt stands in `preamble` alone; the turns of odd position, from 0, show the other emotion."""

    name: str
    hidden: str
    shown: str
    preamble: str
    turns: tuple[str, ...]


def load_hidden_dialogues(file: PathLike) -> list[HiddenDialogue]:
    """Every dialogue, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "hidden"))
    return [
        HiddenDialogue(value["id"], value["hidden"], value["shown"], value["preamble"], tuple(value["turns"]))
        for value in values
    ]
