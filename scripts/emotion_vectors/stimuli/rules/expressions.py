"""Rules that the expressions obey: replies to a held-out scenario and its neutral event, one in the voice of each emotion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.files import PathLike, Problem, Record, file_digests, repetitions
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import alike, between, read, reject_in_order, within, wording
from emotion_vectors.stimuli.word_statistics import opening, shared_openings, word_count

REPLY_WORDS = (22, 32)
REPLY_SPREAD = 3
"""Most words between the longest and the shortest reply to a scenario."""
MAX_OPENING_WORD = 4
"""Most replies of one emotion that begin with the same word."""


def check_expressions(file: PathLike, held_out_file: PathLike, words: WordList) -> dict[str, Any]:
    """Check the expressions and describe them.

    Args:
        held_out_file: the scenarios that they answer.
    Raises:
        StimulusError: all broken rules, one on each line.
    """
    expressions = read(file, "expressions")
    scenarios = list(dict.fromkeys(event.scenario for event in events.load_events(held_out_file)))
    problems = _every_reply(expressions, scenarios) + _lengths(expressions) + _openings(expressions)
    problems += alike(expressions, [record.value["reply"] for record in expressions])
    for record in expressions:
        problems += wording(record, record.value["reply"], words, exclamations=1)
    reject_in_order(problems)
    return _describe(expressions, file)


def _every_reply(expressions: Sequence[Record], scenarios: Sequence[str]) -> list[Problem]:
    """One reply for each held-out scenario and emotion, with an id that says both."""
    problems = repetitions(expressions, [record.value["id"] for record in expressions])
    wanted = {f"{scenario}-{emotion}" for scenario in scenarios for emotion in events.EMOTIONS}
    for record in expressions:
        name = f"{record.value['skeleton_id']}-{record.value['emotion']}"
        if record.value["id"] != name:
            problems.append(record.problem(f"id '{record.value['id']}' is not '{name}'", "make them agree"))
        elif name not in wanted:
            problems.append(record.problem(f"no held-out scenario '{record.value['skeleton_id']}'", "correct the id"))
    missing = sorted(wanted - {record.value["id"] for record in expressions})
    return problems + [Problem(expressions[0].file, None, f"no reply '{name}'", "write it") for name in missing]


def _lengths(expressions: Sequence[Record]) -> list[Problem]:
    problems = []
    lengths: dict[str, list[int]] = {}
    for record in expressions:
        count = word_count(record.value["reply"])
        lengths.setdefault(record.value["skeleton_id"], []).append(count)
        if not within(count, REPLY_WORDS):
            problems.append(record.problem(f"reply of {count} words", between(REPLY_WORDS)))
    for name, counts in lengths.items():
        if max(counts) - min(counts) > REPLY_SPREAD:
            reason, remedy = f"replies of {counts} words to '{name}'", f"bring them within {REPLY_SPREAD} words"
            problems.append(Problem(expressions[0].file, None, reason, remedy))
    return problems


def _openings(expressions: Sequence[Record]) -> list[Problem]:
    """No emotion can be told by the word with which its replies begin, and no two replies begin with the same three words."""
    problems = []
    for group in shared_openings([record.value["reply"] for record in expressions]):
        for first, second in pairwise(expressions[row] for row in group):
            reason = f"begins with '{opening(second.value['reply'])}' like line {first.line}"
            problems.append(second.problem(reason, "begin one of the two otherwise"))
    counts = Counter((record.value["emotion"], opening(record.value["reply"], 1)) for record in expressions)
    for (emotion, word), count in counts.items():
        if count > MAX_OPENING_WORD:
            reason = f"{count} replies of {emotion} begin with '{word}', more than {MAX_OPENING_WORD}"
            problems.append(Problem(expressions[0].file, None, reason, "vary them"))
    return problems


def _describe(expressions: Sequence[Record], file: PathLike) -> dict[str, Any]:
    replies = {
        emotion: [record.value["reply"] for record in expressions if record.value["emotion"] == emotion]
        for emotion in events.EMOTIONS
    }
    return {
        "replies": len(expressions),
        "mean_words": {name: round(float(np.mean([*map(word_count, of)])), 2) for name, of in replies.items()},
        "with_exclamation_mark": {name: sum("!" in text for text in of) for name, of in replies.items()},
        "sha256": file_digests([file], Path(file).parent)[Path(file).name],
    }
