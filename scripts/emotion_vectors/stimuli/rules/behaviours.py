"""Rules that every behaviour set obeys, and the report of what the sets contain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emotion_vectors.artefacts import schemas
from emotion_vectors.stimuli.experiments import NO_VARIANT, Experiment
from emotion_vectors.stimuli.files import (
    PathLike,
    Problem,
    Record,
    excerpt,
    file_digests,
    read_json_lines,
    reject,
)
from emotion_vectors.stimuli.situations import Item, load_items, of_experiment
from emotion_vectors.stimuli.word_statistics import letter_words, similarities, word_count

MAX_LENGTH_RATIO = 1.15
"""Mean words of the longest side of an item over those of its shortest."""
MAX_VARIANT_RATIO = 1.25
"""Words of an item's longest variant over those of its shortest."""
MAX_ITEM_SIMILARITY = 0.3
"""Jaccard overlap of five-word sequences between replies of different situations."""


def check_set(
    file: PathLike, schema_file: PathLike, emotions: Sequence[str], experiments: Sequence[Experiment]
) -> dict[str, Any]:
    """Check one behaviour set and describe it.

    Args:
        emotions: names of the study's emotions, which no text may use.
        experiments: those that use this set; their sides, variants and groups must exist.
    Returns:
        Report for JSON: situations, variants, sides with their mean words, largest overlap between situations.
    Raises:
        StimulusError: all broken rules, one on each line.
        ExperimentError: an experiment asks for what no item has.
    """
    records = read_json_lines(file)
    reject(schema_problems(records, schema_file))
    items = load_items(file)
    problems: list[Problem] = []
    for rule in (_encoding, _same_form, _matched_lengths, _matched_variants):
        problems += rule(records)
    overlaps = similarities([_replies(record) for record in records])
    reject(problems + _emotion_words(records, emotions) + _alike(records, overlaps))
    for experiment in experiments:
        _check_use(items, experiment)
    sides = records[0].value["continuations"]
    return {
        "situations": len(records),
        "variants": [variant for variant in records[0].value.get("variants", {NO_VARIANT: ""})],
        "mean_words": {
            side: round(float(np.mean([_mean_words(record, side) for record in records])), 2) for side in sides
        },
        "prompt_words": round(float(np.mean([word_count(item.prompt) for item in items])), 2),
        "largest_jaccard_of_five_word_sequences": round(max((share for _, _, share in overlaps), default=0.0), 4),
        "sha256": file_digests([file], Path(file).parent)[Path(file).name],
    }


def _check_use(items: Sequence[Item], experiment: Experiment) -> None:
    """Whether the items hold the variants, the group and the sides that a row of the table asks for."""
    of_experiment(items, experiment)
    variants = {item.variant for item in items}
    if absent := [variant for variant in experiment.pressure if variant not in variants]:
        raise experiment.error(
            "pressure", f"no item has variant {', '.join(absent)}", f"use {', '.join(sorted(variants))}"
        )
    sides = items[0].continuations
    for column, side in (("target", experiment.target), ("alternative", experiment.alternative)):
        if side not in sides:
            raise experiment.error(column, f"no item has side '{side}'", f"use {', '.join(sides)}")


def texts_of(record: Record) -> list[str]:
    """Every text of an item that a model may read."""
    value = record.value
    replies = [text for texts in value["continuations"].values() for text in texts]
    return [value.get("system", ""), value["prompt"], *value.get("variants", {}).values(), *replies]


def schema_problems(records: Sequence[Record], schema_file: PathLike) -> list[Problem]:
    """What breaks the schema of a set."""
    validator = schemas.validator(schema_file)
    return [
        record.problem(f"{error.json_path}: {excerpt(error.message)}", f"see {schema_file}")
        for record in records
        for error in validator.iter_errors(record.value)
    ]


def _encoding(records: Sequence[Record]) -> list[Problem]:
    remedy = "use plain quotes, hyphens and letters"
    return [
        record.problem(f"the character '{character}' is not plain ASCII", remedy)
        for record in records
        for character in sorted({c for text in texts_of(record) for c in text if not c.isascii()})
    ]


def _same_form(records: Sequence[Record]) -> list[Problem]:
    """Every item has the sides of the first, equally many replies on each, and the same variants."""
    first = records[0].value
    problems = []
    for record in records:
        sides = record.value["continuations"]
        counts = {len(texts) for texts in sides.values()}
        if list(sides) != list(first["continuations"]) or len(counts) > 1:
            problems.append(record.problem("sides or their number of replies differ from the first item", "match them"))
        if list(record.value.get("variants", ())) != list(first.get("variants", ())):
            problems.append(record.problem("variants differ from those of the first item", "give them all, in order"))
    return problems


def _matched_lengths(records: Sequence[Record]) -> list[Problem]:
    problems = []
    for record in records:
        means = {side: _mean_words(record, side) for side in record.value["continuations"]}
        if max(means.values()) > MAX_LENGTH_RATIO * min(means.values()):
            lengths = ", ".join(f"{side} {mean:.1f}" for side, mean in means.items())
            problems.append(record.problem(f"sides differ in length (words: {lengths})", "bring them within 15 %"))
    return problems


def _matched_variants(records: Sequence[Record]) -> list[Problem]:
    problems = []
    for record in records:
        counts = [word_count(text) for text in record.value.get("variants", {}).values()]
        if counts and max(counts) > MAX_VARIANT_RATIO * min(counts):
            problems.append(record.problem(f"variants have {counts} words", "bring them within 25 %"))
    return problems


def _emotion_words(records: Sequence[Record], emotions: Sequence[str]) -> list[Problem]:
    return [
        record.problem(f"the emotion word '{word}'", "use another word: steering raises the words of its own emotion")
        for record in records
        for word in sorted({word for text in texts_of(record) for word in letter_words(text)} & set(emotions))
    ]


def _alike(records: Sequence[Record], overlaps: Sequence[tuple[int, int, float]]) -> list[Problem]:
    return [
        records[right].problem(
            f"replies overlap with those of '{records[left].value['id']}' ({share:.2f}, more than {MAX_ITEM_SIMILARITY:g})",
            "rewrite one",
        )
        for left, right, share in overlaps
        if share > MAX_ITEM_SIMILARITY
    ]


def _replies(record: Record) -> str:
    return " ".join(text for texts in record.value["continuations"].values() for text in texts)


def _mean_words(record: Record, side: str) -> float:
    return float(np.mean([word_count(text) for text in record.value["continuations"][side]]))
