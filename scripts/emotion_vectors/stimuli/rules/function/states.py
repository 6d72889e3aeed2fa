"""Rules of the situations of users: emotions of users crossed with those of replies, two wordings, replies of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.files import Problem, Record
from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.function.states import AGITATED, CALM, WITHOUT_REPLIES
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order
from emotion_vectors.stimuli.rules.function import texts
from emotion_vectors.stimuli.rules.function.word_counts import share_told
from emotion_vectors.stimuli.word_statistics import similarities, word_count

USERS = ("angry", "afraid", "sad", "excited", "calm", "bored")
REPLIES = ("calm", "amused", "worried", "compassionate", "enthusiastic")
OF_A_STATE = 2
PROMPT_WORDS, REPLY_WORDS = (24, 52), (8, 20)
MOST_LIKE_THE_OTHER_WORDING = 0.2
"""Jaccard overlap of four-word runs between two wordings of a message."""
MOST_UNEVEN = 1.15
"""Words of all replies of one temper over those of the other."""


def check_states(folder: Path, words: WordList) -> dict[str, Any]:
    """Check the situations and describe them.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    file = folder / "situations.jsonl"
    records = read_lines(file, "states")
    prompts = [(record, text) for record in records for text in record.value["prompts"]]
    replies = [(record, text) for record in records for temper in _tempers(record) for text in temper]
    cells = [(record.value["user"], record.value["reply"]) for record in records]
    reject_in_order(
        [
            *texts.balanced(records, cells, dict.fromkeys(product(USERS, REPLIES), OF_A_STATE)),
            *texts.plain([*prompts, *replies], words),
            *texts.lengths(prompts, PROMPT_WORDS),
            *texts.lengths(replies, REPLY_WORDS),
            *texts.distinct([(record, " ".join(record.value["prompts"])) for record in records]),
            *texts.distinct(replies),
            *_wordings(records),
            *_replies(records),
        ]
    )
    return texts.described(file, prompts) | {
        "situations_with_replies": sum("replies" in record.value for record in records),
        "replies": len(replies),
        "share_told_by_words": _told(records),
    }


def _told(records: Sequence[Record]) -> dict[str, float]:
    """How far words tell both emotions of a prompt and the temper of a reply, in other situations."""
    prompts = [text for record in records for text in record.value["prompts"]]
    names = [record.value["id"] for record in records for _ in record.value["prompts"]]
    told = {
        whose: share_told(prompts, [record.value[whose] for record in records for _ in record.value["prompts"]], names)
        for whose in ("user", "reply")
    }
    replies = [
        (text, temper, record.value["id"])
        for record in records
        for temper, of_temper in zip((CALM, AGITATED), _tempers(record), strict=False)
        for text in of_temper
    ]
    told["temper"] = share_told(*zip(*replies, strict=True))
    return {name: round(share, 4) for name, share in told.items()}


def _tempers(record: Record) -> list[list[str]]:
    """Calm replies and agitated ones; none where the fitting reply is amused."""
    return [record.value["replies"][temper] for temper in (CALM, AGITATED)] if "replies" in record.value else []


def _wordings(records: Sequence[Record]) -> list[Problem]:
    """The two wordings of a message say the same in different words."""
    problems = []
    for record in records:
        for _, _, share in similarities(record.value["prompts"], texts.RUN):
            if share > MOST_LIKE_THE_OTHER_WORDING:
                reason = f"the wordings share {share:.0%} of their four-word runs"
                problems.append(record.problem(reason, "say one of them otherwise"))
    return problems


def _replies(records: Sequence[Record]) -> list[Problem]:
    """Replies where they are wanted, and neither temper wordier than the other."""
    problems = []
    for record in records:
        if ("replies" in record.value) == (record.value["reply"] == WITHOUT_REPLIES):
            reason = f"a situation that asks for a reply that is {record.value['reply']}"
            problems.append(record.problem(reason, f"give it replies unless it is {WITHOUT_REPLIES}"))
            continue
        counts = [sum(map(word_count, temper)) for temper in _tempers(record)]
        if counts and max(counts) > MOST_UNEVEN * min(counts):
            reason = f"replies of {counts[0]} words if calm and of {counts[1]} if agitated"
            problems.append(record.problem(reason, f"keep the longer within {MOST_UNEVEN:g} times the shorter"))
    return problems
