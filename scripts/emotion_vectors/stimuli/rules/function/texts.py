"""Rules that all these sets share: plain words that name no emotion, lengths, balance, and texts that do not repeat each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emotion_vectors.stimuli.files import Problem, Record, excerpt, file_digests
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import between, within, wording
from emotion_vectors.stimuli.word_statistics import phrase_shares, similarities, word_count

RUN = 4
"""Words of a run by which two texts are compared."""
MOST_SHARED = 0.1
"""Jaccard overlap of runs between two items."""
MOST_WITH_A_PHRASE = 4
"""Items of a set that may contain the same run."""

Said = tuple[Record, str]
"""A text, and the line that it stands on."""


def plain(said: Iterable[Said], words: WordList, exclamations: int = 0) -> list[Problem]:
    """Every text is plain ASCII, names no emotion, and has at most so many exclamation marks."""
    return [problem for record, text in said for problem in wording(record, text, words, exclamations)]


def lengths(said: Iterable[Said], bounds: tuple[int, int]) -> list[Problem]:
    """Every text has so many words."""
    return [
        record.problem(f"'{excerpt(text, 60)}' has {word_count(text)} words", between(bounds))
        for record, text in said
        if not within(word_count(text), bounds)
    ]


def as_long(pairs: Iterable[tuple[Record, str, str]], spread: int) -> list[Problem]:
    """The two texts of an item differ by at most so many words."""
    return [
        record.problem(
            f"'{excerpt(first, 60)}' and '{excerpt(second, 60)}' have {word_count(first)} and {word_count(second)} words",
            f"bring them within {spread}" if spread else "make them equal",
        )
        for record, first, second in pairs
        if abs(word_count(first) - word_count(second)) > spread
    ]


def balanced(records: Sequence[Record], cells: Sequence[Hashable], expected: Mapping[Any, int]) -> list[Problem]:
    """Cells of the design (`cells` names that of every record) hold exactly as many items as they should."""
    counts = Counter(cells)
    strangers = [
        record.problem(f"{_name(cell)} is no cell of the design", "correct it or remove the line")
        for record, cell in zip(records, cells, strict=True)
        if cell not in expected
    ]
    return strangers + [
        Problem(
            records[0].file,
            None,
            f"{counts[cell]} items of {_name(cell)}, not {number}",
            "write or remove some",
        )
        for cell, number in expected.items()
        if counts[cell] != number
    ]


def distinct(said: Sequence[Said], most: float = MOST_SHARED, items: int = MOST_WITH_A_PHRASE) -> list[Problem]:
    """No two items share much of their runs of four words, and no run is a habit of the set.

    Args:
        said: one text for each item. most: Jaccard overlap of two. items: that may contain one run.
    """
    texts = [text for _, text in said]
    problems = [
        said[right][0].problem(
            f"shares {share:.0%} of its four-word runs with {said[left][0].file} line {said[left][0].line}",
            "rewrite one of the two",
        )
        for left, right, share in similarities(texts, RUN)
        if share > most
    ]
    habits = [phrase for phrase, share in phrase_shares(texts, RUN) if round(share * len(texts)) > items]
    return problems + [
        Problem(said[0][0].file, None, f"more than {items} items contain '{phrase}'", "say it otherwise in some")
        for phrase in habits
    ]


def described(file: Path, said: Sequence[Said]) -> dict[str, Any]:
    """Items, words and digest of a file, for the report."""
    counts = [word_count(text) for _, text in said]
    return {
        "items": len({record.line for record, _ in said}),
        "texts": len(counts),
        "words": {"mean": round(float(np.mean(counts)), 2), "min": min(counts), "max": max(counts)},
        "sha256": file_digests([file], file.parent)[file.name],
    }


def _name(cell: Hashable) -> str:
    return " and ".join(map(str, cell)) if isinstance(cell, tuple) else str(cell)
