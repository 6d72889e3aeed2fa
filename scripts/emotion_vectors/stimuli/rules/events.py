"""Rules that the events obey, and the report of what a set of them contains.

A file of the original SEV set can stand in the place of ours: its form is checked, and what ours may not contain is counted, not refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.files import (
    PathLike,
    Problem,
    Record,
    file_digests,
    read_json_lines,
    reject,
    repetitions,
)
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.word_statistics import opening, shared_openings, similarities, word_count

FIT, HELD_OUT = "fit", "held_out"
LEAST_SCENARIOS = 2
SCENARIOS_PER_THEME = {FIT: 8, HELD_OUT: 4}
SCENARIO_WORDS, EVENT_WORDS = (18, 35), (12, 28)
EVENT_SPREAD = 6
"""Most words between the longest and the shortest event of a scenario."""
MAX_SCENARIO_SIMILARITY = 0.2
"""Jaccard overlap of five-word sequences between two scenarios with their events, or two replies."""


def check_ours(files: Mapping[str, PathLike], words: WordList) -> dict[str, Any]:
    """Check the events of this repository and describe them.

    Args:
        files: split -> file of its scenarios.
    Returns:
        Report for JSON, by split.
    Raises:
        StimulusError: all broken rules, one on each line.
    """
    splits = {split: read(file, "events") for split, file in files.items()}
    scenarios = [record for records in splits.values() for record in records]
    problems = repetitions(scenarios, [record.value["skeleton_id"] for record in scenarios])
    for split, records in splits.items():
        problems += _counts(records, split) + _lengths(records)
    problems += _openings(scenarios) + alike(scenarios, [" ".join(event_texts(record)) for record in scenarios])
    for record in scenarios:
        problems += wording(record, " ".join(event_texts(record)), words, exclamations=0)
    reject_in_order(problems)
    return {split: _describe(splits[split], words, file) for split, file in files.items()}


def check_other(files: Mapping[str, PathLike], words: WordList) -> dict[str, Any]:
    """Check the form of events that are not ours, and count what ours may not contain.

    Raises:
        StimulusError: a file cannot be used, holds fewer than two scenarios, or a scenario or id occurs twice in any of them.
    """
    splits = {}
    for split, file in files.items():
        events.load_events(file)
        splits[split] = read_json_lines(file)
        if len(splits[split]) < LEAST_SCENARIOS:
            reject([Problem(str(file), None, "only one scenario", "write more: they are halved and resampled")])
    records = [record for of_split in splits.values() for record in of_split]
    reject([problem for field in ("skeleton_id", "scenario") for problem in repeated(records, field)])
    return {split: _describe(splits[split], words, file) for split, file in files.items()}


def repeated(records: Sequence[Record], field: str) -> list[Problem]:
    """Every record whose text in a field, case and space aside, an earlier one has as well."""
    first: dict[str, Record] = {}
    problems = []
    for record in records:
        known = first.setdefault(" ".join(record.value[field].casefold().split()), record)
        if known is not record:
            reason = f"the {field} is also at {known.file} line {known.line}"
            problems.append(record.problem(reason, "remove one of the two"))
    return problems


def event_texts(record: Record) -> list[str]:
    """Every text of a scenario that a model may read."""
    return [record.value["scenario"], *(record.value["event"][valence] for valence in events.VALENCES)]


def read(file: PathLike, name: str) -> list[Record]:
    """Lines of a file that fit the schema of their set."""
    records, validator = read_json_lines(file), schema(name)
    errors = [(record, error) for record in records for error in validator.iter_errors(record.value)]
    reject([record.problem(f"{error.json_path}: {error.message}", "see workflow/schemas") for record, error in errors])
    return records


def _counts(records: Sequence[Record], split: str) -> list[Problem]:
    """Equally many scenarios of each theme, with ids that say theme and split."""
    expected, themes = SCENARIOS_PER_THEME[split], schema("events").schema["properties"]["theme"]["enum"]
    counts = Counter(record.value["theme"] for record in records)
    problems = [
        Problem(
            records[0].file, None, f"{counts[theme]} scenarios of theme '{theme}', not {expected}", "write or remove"
        )
        for theme in themes
        if counts[theme] != expected
    ]
    for record in records:
        name, start = record.value["skeleton_id"], f"{record.value['theme']}_{split}_"
        if not name.startswith(start):
            problems.append(record.problem(f"id '{name}' does not begin with '{start}'", "rename it, or move the line"))
    return problems


def _lengths(records: Sequence[Record]) -> list[Problem]:
    problems = []
    for record in records:
        scenario, *counts = (word_count(text) for text in event_texts(record))
        if not within(scenario, SCENARIO_WORDS):
            problems.append(record.problem(f"scenario of {scenario} words", between(SCENARIO_WORDS)))
        if not all(within(count, EVENT_WORDS) for count in counts):
            problems.append(record.problem(f"events of {counts} words", between(EVENT_WORDS)))
        if max(counts) - min(counts) > EVENT_SPREAD:
            problems.append(record.problem(f"events of {counts} words", f"bring them within {EVENT_SPREAD} words"))
    return problems


def _openings(records: Sequence[Record]) -> list[Problem]:
    """No two scenarios of a theme begin alike."""
    problems = []
    for theme in dict.fromkeys(record.value["theme"] for record in records):
        of_theme = [record for record in records if record.value["theme"] == theme]
        for group in shared_openings([record.value["scenario"] for record in of_theme]):
            for first, second in pairwise(of_theme[row] for row in group):
                reason = f"begins with '{opening(second.value['scenario'])}' like {first.file} line {first.line}"
                problems.append(second.problem(reason, "begin one of the two otherwise"))
    return problems


def alike(records: Sequence[Record], texts: Sequence[str]) -> list[Problem]:
    return [
        records[right].problem(
            f"{share:.0%} of the five-word sequences of {records[left].file} line {records[left].line}",
            "rewrite one of the two",
        )
        for left, right, share in similarities(texts)
        if share > MAX_SCENARIO_SIMILARITY
    ]


def wording(record: Record, text: str, words: WordList, exclamations: int) -> list[Problem]:
    """Plain ASCII without emotion words, and with at most so many exclamation marks."""
    problems = [
        record.problem(f"the character '{character}' is not plain ASCII", "use plain quotes, hyphens and letters")
        for character in sorted({character for character in text if not character.isascii()})
    ]
    if text.count("!") > exclamations:
        problems.append(record.problem("too many exclamation marks", "end the sentence with a full stop"))
    remedy = "use another word: emotions are shown here, never named"
    return problems + [record.problem(f"the emotion word '{word}'", remedy) for word in words.found(text)]


def reject_in_order(problems: Sequence[Problem]) -> None:
    """Raise StimulusError when there are problems: each once, by file and line."""
    reject(sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0)))


def _describe(records: Sequence[Record], words: WordList, file: PathLike) -> dict[str, Any]:
    texts = [text for record in records for text in event_texts(record)]
    named = [record.line for record in records for text in event_texts(record) if words.found(text)]
    return {
        "scenarios": len(records),
        "events": len(records) * len(events.VALENCES),
        "themes": dict(Counter(str(record.value["theme"]) for record in records)),
        "mean_words": {
            name: round(float(np.mean([word_count(text) for text in texts[offset :: len(events.VALENCES) + 1]])), 2)
            for offset, name in enumerate(("scenario", *events.VALENCES))
        },
        "texts": len(texts),
        "texts_with_emotion_words": len(named),
        "lines_with_emotion_words": sorted(set(named)),
        "sha256": file_digests([file], Path(file).parent)[Path(file).name],
    }


def within(count: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= count <= bounds[1]


def between(bounds: tuple[int, int]) -> str:
    return f"write {bounds[0]} to {bounds[1]} words"
