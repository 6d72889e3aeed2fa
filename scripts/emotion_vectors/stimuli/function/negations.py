"""Texts of nearly the same words that mean different emotions: by a negation, or by the sentence before."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines

MORE, LESS = "more", "less"
NAMED, SHOWN = "named", "shown"


@dataclass(frozen=True)
class NegationPair:
    """Two sentences that end alike; `negated` says which of them, more or less, holds the negation."""

    name: str
    kind: str
    negated: str
    emotion: str
    more: str
    less: str


@dataclass(frozen=True)
class PrefixPair:
    """One sentence after either of two; what is felt in it depends on the one before."""

    name: str
    emotions: tuple[str, str]
    prefixes: tuple[str, str]
    suffix: str

    @property
    def texts(self) -> tuple[str, str]:
        """Both texts, in the order of the emotions."""
        first, second = self.prefixes
        return f"{first} {self.suffix}", f"{second} {self.suffix}"


def load_negation_pairs(file: PathLike) -> list[NegationPair]:
    """Every pair, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "negations"))
    return [
        NegationPair(value["id"], value["kind"], value["negated"], value["emotion"], value["more"], value["less"])
        for value in values
    ]


def load_prefix_pairs(file: PathLike) -> list[PrefixPair]:
    """Every pair, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "prefixes"))
    return [
        PrefixPair(value["id"], tuple(value["emotions"]), tuple(value["prefixes"]), value["suffix"]) for value in values
    ]
