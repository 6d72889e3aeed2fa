"""Emotional words before a question, each with flat and with vivid words of the same length that set no mood."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines


@dataclass(frozen=True)
class FramingWords:
    """Words that set a mood before a question, and the same number of words that set none: flat ones, and vivid ones."""

    name: str
    kind: str
    framed: str
    neutral: str
    vivid: str


def load_framings(file: PathLike) -> list[FramingWords]:
    """Every framing, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "framings"))
    said = ("kind", "framed", "neutral", "vivid")
    return [FramingWords(value["id"], *(value[name] for name in said)) for value in values]
