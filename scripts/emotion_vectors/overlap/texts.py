"""The registered reading of both papers side by side: steps and findings, what each text says of them, and whether they agree (O07)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from emotion_vectors.artefacts.errors import MendableError

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
    names = [field.name for field in fields(Topic)]
    with Path(file).open(encoding="utf-8", newline="") as lines:
        head, *rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if head != names:
        raise OverlapError(f"{file}: columns {', '.join(head)}; they must be {', '.join(names)}")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names) or not all(cell.strip() for cell in row):
            raise OverlapError(f"{file}, line {number}: {len(names)} filled cells are needed, separated by tabs")
    topics = [Topic(*row) for row in rows]
    for number, topic in enumerate(topics, start=2):
        if topic.verdict not in VERDICTS:
            raise OverlapError(f"{file}, line {number}: verdict '{topic.verdict}' is none of {', '.join(VERDICTS)}")
    if repeated := [name for name, count in Counter(topic.topic for topic in topics).items() if count > 1]:
        raise OverlapError(f"{file}: topic '{repeated[0]}' occurs twice; join its rows")
    return topics


def by_verdict(topics: Sequence[Topic]) -> dict[str, list[str]]:
    """Topics of each verdict, in the order of `VERDICTS`; verdicts without a topic are left out."""
    by_verdict = {verdict: [topic.topic for topic in topics if topic.verdict == verdict] for verdict in VERDICTS}
    return {verdict: names for verdict, names in by_verdict.items() if names}


def shared_count(topics: Sequence[Topic]) -> int:
    """Topics on which both texts say the same or something similar."""
    return sum(topic.verdict in SHARED for topic in topics)
