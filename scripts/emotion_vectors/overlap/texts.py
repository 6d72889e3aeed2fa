"""The registered readings of both papers side by side: what each text says of steps and findings, and whether they agree (O07, O07b)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.statistics.agreement import kappa
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, bootstrap

SHARED = ("same", "similar")
VERDICTS = (*SHARED, "different", "circuits only", "vectors only")


class OverlapError(MendableError, ValueError):
    """The table of textual overlap breaks its form."""


@dataclass(frozen=True)
class Topic:
    """One step or finding: what each paper says of it, how the two compare, and where both say it."""

    topic: str
    emotion_circuits: str
    emotion_vectors: str
    verdict: str
    sources: str


def load(file: str | Path) -> list[Topic]:
    """Rows of the table in its order.

    Raises:
        OverlapError: columns differ from those of `Topic`, a cell is empty, a verdict is unknown or a topic occurs twice.
    """
    topics = [Topic(*row) for row in _rows(file, [field.name for field in fields(Topic)])]
    if repeated := [name for name, count in Counter(topic.topic for topic in topics).items() if count > 1]:
        raise OverlapError(f"{file}: topic '{repeated[0]}' occurs twice; join its rows")
    return topics


def load_second(file: str | Path, topics: Sequence[Topic]) -> list[str]:
    """Verdicts of the second reading, in the order of the topics of the first.

    Raises:
        OverlapError: the table breaks its form, or is not of the same topics in the same order.
    """
    rows = _rows(file, ["topic", "verdict"])
    if [row[0] for row in rows] != [topic.topic for topic in topics]:
        raise OverlapError(
            f"{file}: its topics are not those of the first reading; give it the same rows, in their order"
        )
    return [verdict for _, verdict in rows]


def _rows(file: str | Path, names: Sequence[str]) -> list[list[str]]:
    """Rows of a table with these columns, of which `verdict` is one."""
    with Path(file).open(encoding="utf-8", newline="") as lines:
        head, *rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if head != list(names):
        raise OverlapError(f"{file}: columns {', '.join(head)}; they must be {', '.join(names)}")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names) or not all(cell.strip() for cell in row):
            raise OverlapError(f"{file}, line {number}: {len(names)} filled cells are needed, separated by tabs")
        verdict = row[names.index("verdict")]
        if verdict not in VERDICTS:
            raise OverlapError(f"{file}, line {number}: verdict '{verdict}' is none of {', '.join(VERDICTS)}")
    return rows


def agreement_of_readings(first: Sequence[str], second: Sequence[str], draws: Draws) -> Effect:
    """Cohen's kappa of two readings, with its interval over topics; null: verdicts of the second permuted over the topics."""
    codes = np.array([[VERDICTS.index(verdict) for verdict in reading] for reading in (first, second)])

    def of(pairs: NDArray[np.int64]) -> float:
        counts = np.zeros((len(VERDICTS), len(VERDICTS)))
        np.add.at(counts, tuple(pairs), 1)
        return float(kappa(counts))

    generator = draws.generator(1)
    null = [of(np.stack([codes[0], generator.permutation(codes[1])])) for _ in range(draws.shuffles)]
    interval = bootstrap(first, lambda chosen: of(codes[:, chosen]), draws.bootstraps, draws.seed)
    return effect(of(codes), interval, null, n=len(first), scale=Scale("topics", "Cohen's kappa"))


def apart_in_words(topics: Sequence[Topic], second: Sequence[str]) -> str:
    """What either reading counts as shared, and on which topics they differ."""
    shared = [
        sum(verdict in SHARED for verdict in reading) for reading in ([topic.verdict for topic in topics], second)
    ]
    apart = [
        f"{topic.topic}: {topic.verdict}, {other}"
        for topic, other in zip(topics, second, strict=True)
        if topic.verdict != other
    ]
    return (
        f"same or similar: {shared[0]} and {shared[1]} of {len(topics)} in the two readings; apart on {len(apart)}"
        + (f" ({'; '.join(apart)})" if apart else "")
    )


def by_verdict(topics: Sequence[Topic]) -> dict[str, list[str]]:
    """Topics of each verdict, in the order of `VERDICTS`; verdicts without a topic are left out."""
    by_verdict = {verdict: [topic.topic for topic in topics if topic.verdict == verdict] for verdict in VERDICTS}
    return {verdict: names for verdict, names in by_verdict.items() if names}


def shared_count(topics: Sequence[Topic]) -> int:
    """Topics on which both texts say the same or something similar."""
    return sum(topic.verdict in SHARED for topic in topics)
