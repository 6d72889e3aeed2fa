"""Activities between which an assistant chooses, and pairs of which everybody knows the better one (Sofroniew et al. 2026, section 1.3)."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines

UNWANTED = ("misaligned", "unsafe")
"""Categories without which correlations are reported as well."""


@dataclass(frozen=True)
class Activity:
    """Something to do, in the infinitive without "to"."""

    name: str
    category: str
    text: str


@dataclass(frozen=True)
class GatePair:
    """Two activities of which any reader of sense prefers the first."""

    name: str
    better: str
    worse: str


def load_activities(file: PathLike) -> list[Activity]:
    """Every activity, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "activities"))
    return [Activity(value["id"], value["category"], value["text"]) for value in values]


def load_gate_pairs(file: PathLike) -> list[GatePair]:
    """Every pair, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "gate_pairs"))
    return [GatePair(value["id"], value["better"], value["worse"]) for value in values]
