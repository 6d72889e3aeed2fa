"""Rules that every set of acts obeys: form, lengths, words that orders or emotions would prime, and sides that words do not tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emotion_vectors.stimuli.acts.items import MARKER
from emotion_vectors.stimuli.acts.table import Act
from emotion_vectors.stimuli.files import (
    PathLike,
    Problem,
    Record,
    excerpt,
    file_digests,
    read_document,
    read_json_lines,
    reject,
    repetitions,
)
from emotion_vectors.stimuli.rules.behaviours import schema_problems
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.told_by_words import replies_of, sides_of, told_by_words
from emotion_vectors.stimuli.word_statistics import word_count, word_stems

SHORTEST_REPLY, LONGEST_REPLY = 8, 16
"""Words of a reply."""
MAX_SIDE_RATIO = 1.1
"""Words of the longer side of an item over those of the shorter."""
LEAST_SITUATIONS = 6
"""Of one hand."""
COURTESIES = frozenset({"thank", "thanks", "thanked"})
"""Words of the list of emotions that name none in a letter."""


def check_act_set(
    files: Mapping[str, PathLike],
    orders_file: PathLike,
    schema_file: PathLike,
    emotions: WordList,
    acts: Sequence[Act],
) -> dict[str, Any]:
    """Check one set of acts by both hands and describe it.

    Args:
        files: hand -> file of the set. orders_file: orders that no reply may share a word with. emotions: words that no text may use. acts:
            rows on this set.
    Returns:
        Report for JSON, by hand: situations, contexts, sides, mean words, shares of replies and situations whose sides words tell.
    Raises:
        StimulusError: all broken rules of both hands, one on each line.
        ExperimentError: a row asks for a side, tone or context that no item has.
    """
    orders = read_document(orders_file).value
    banned = word_stems(text for act in acts for texts in orders[act.orders].values() for text in texts)
    records = {hand: read_json_lines(file) for hand, file in files.items()}
    reject([problem for of_hand in records.values() for problem in schema_problems(of_hand, schema_file)])
    problems = [problem for of_hand in records.values() for problem in _broken_rules(of_hand, banned, emotions)]
    reject(problems)
    for of_hand in records.values():
        for act in acts:
            _check_row(act, of_hand[0])
    return {hand: _described(Path(files[hand]), of_hand) for hand, of_hand in records.items()}


def _broken_rules(records: Sequence[Record], banned: set[str], emotions: WordList) -> list[Problem]:
    """What is wrong in the items of one hand; `banned` are the stems of the orders."""
    problems = repetitions(records, [record.value["id"] for record in records])
    if len(records) < LEAST_SITUATIONS:
        reason = f"{len(records)} situations, of which gates and intervals need more"
        problems.append(Problem(records[0].file, None, reason, f"write at least {LEAST_SITUATIONS}"))
    problems += [problem for rule in (form, reply_lengths, encoding) for problem in rule(records)]
    return [*problems, *primed(records, banned), *naming_emotions(records, emotions)]


def _described(file: Path, records: Sequence[Record]) -> dict[str, Any]:
    """Report on the items of one hand.

    Raises:
        StimulusError: a bag of words tells the sides too often.
    """
    # Words are compared last: the classifier takes longer than all other rules, and needs situations of one form.
    told = told_by_words(records)
    reject(told.problems(file))
    words = [word_count(text) for record in records for text in replies_of(record)]
    return {
        "situations": len(records),
        "contexts": list(records[0].value["contexts"]),
        "sides": list(records[0].value["replies"]),
        "mean_words": round(float(np.mean(words)), 2),
        "share_of_sides_told_by_words": round(told.replies, 4),
        "share_of_situations_told_by_words": round(told.situations, 4),
        "sha256": file_digests([file], file.parent)[file.name],
    }


def _check_row(act: Act, record: Record) -> None:
    """What a row of the table asks of the items is in the first of them.

    Raises:
        ExperimentError: it is not (the column and the file are named).
    """
    value, file = record.value, record.file
    sides = list(value["replies"])
    tones = list(value["replies"][sides[0]])
    pairs = [pair for pair in (sides, tones) if act.target in pair]
    if not pairs:
        raise act.error(
            "target", f"no item of {file} has side or tone '{act.target}'", f"use {', '.join([*sides, *tones])}"
        )
    if act.alternative not in pairs[0] or act.alternative == act.target:
        others = [name for name in pairs[0] if name != act.target]
        raise act.error("alternative", f"'{act.alternative}' is not held against it", f"use {', '.join(others)}")
    contexts = list(value["contexts"])
    for column in ("acted", "control", "plain", "mention", "grades"):
        asked = getattr(act, column)
        if absent := sorted({asked} - {*contexts} if isinstance(asked, str) else {*asked} - {*contexts}):
            raise act.error(column, f"no item of {file} has context {', '.join(absent)}", f"use {', '.join(contexts)}")


def texts_read(record: Record) -> list[str]:
    """Every text of an item that a model may read."""
    value = record.value
    lexical = [text for texts in value.get("lexical", {}).values() for text in texts]
    return [value.get("system", ""), value["prompt"], *value["contexts"].values(), *replies_of(record), *lexical]


def form(records: Sequence[Record]) -> list[Problem]:
    """Every item has the sides, tones and contexts of the first, and as many replies in every cell."""
    first = records[0].value
    problems = []
    for record in records:
        if _shape(record.value) != _shape(first):
            reason = "sides, tones, contexts or numbers of replies differ from those of the first item"
            problems.append(record.problem(reason, "give them all, in its order"))
        if record.value["prompt"].count(MARKER) != 1:
            problems.append(record.problem(f"prompt must hold {MARKER} once", "mark where the context goes"))
    return problems


def _shape(value: Mapping[str, Any]) -> list[Any]:
    cells = [(side, tone, len(texts)) for side, tones in value["replies"].items() for tone, texts in tones.items()]
    return [list(value["contexts"]), cells, list(value.get("lexical", {}))]


def reply_lengths(
    records: Sequence[Record], longest: int = LONGEST_REPLY, ratio: float = MAX_SIDE_RATIO
) -> list[Problem]:
    """Replies are short, and neither side of an item is much longer."""
    problems = []
    for record in records:
        for text in replies_of(record):
            if not SHORTEST_REPLY <= word_count(text) <= longest:
                reason = f"'{excerpt(text)}' has {word_count(text)} words"
                problems.append(record.problem(reason, f"write {SHORTEST_REPLY} to {longest}"))
        counts: dict[str, int] = {}
        for side, text in zip(sides_of(record), replies_of(record), strict=True):
            counts[side] = counts.get(side, 0) + word_count(text)
        if max(counts.values()) > ratio * min(counts.values()):
            problems.append(
                record.problem(f"words by side: {counts}", f"keep the longer side within {ratio:g} times the shorter")
            )
    return problems


def encoding(records: Sequence[Record]) -> list[Problem]:
    """Plain ASCII alone."""
    return [
        record.problem(f"the character '{character}' is not plain ASCII", "use plain quotes, hyphens and letters")
        for record in records
        for character in sorted({c for text in texts_read(record) for c in text if not c.isascii()})
    ]


def primed(records: Sequence[Record], banned: set[str]) -> list[Problem]:
    """No reply uses a content word of an order, which would prime it, or another word of the same stem."""
    return [
        record.problem(f"'{excerpt(text)}' uses words of the orders: {', '.join(sorted(shared))}", "say it in others")
        for record in records
        for text in replies_of(record)
        if (shared := word_stems([text]) & banned)
    ]


def naming_emotions(records: Sequence[Record], emotions: WordList) -> list[Problem]:
    """No text uses a word of an emotion, which its vector raises; thanks in a letter say nothing of one."""
    return [
        record.problem(f"'{word}' in '{excerpt(text)}' names an emotion", "show what happens instead")
        for record in records
        for text in texts_read(record)
        for word in sorted({*emotions.found(text)} - COURTESIES)
    ]
