"""Rules that expressions obey, replies to a scenario and its neutral event in the voice of each emotion, and orders to voice one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.files import (
    PathLike,
    Problem,
    Record,
    file_digests,
    read_document,
    read_json_lines,
    reject,
    repetitions,
)
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import (
    EVENT_WORDS,
    SCENARIO_WORDS,
    alike,
    between,
    event_texts,
    read,
    reject_in_order,
    within,
    wording,
)
from emotion_vectors.stimuli.word_statistics import letter_words, opening, shared_openings, word_count

REPLY_WORDS = (22, 32)
REPLY_SPREAD = 3
"""Most words between the longest and the shortest reply to a scenario."""
MAX_OPENING_WORD = 4
"""Most replies of one emotion that begin with the same word."""
FRESH_PER_THEME = 3
FRESH_WORDS = {"scenario": SCENARIO_WORDS, "event": EVENT_WORDS}
ORDER_WORDS = (8, 20)


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


def check_fresh(file: PathLike, met: Sequence[PathLike], words: WordList) -> dict[str, Any]:
    """Check the events with replies that no direction and no judge has met, three of each theme, and describe them.

    Args:
        met: files of the scenarios that directions are made of and tested on.
    Raises:
        StimulusError: all broken rules, one on each line.
    """
    scenes = read(file, "fresh")
    replies = [
        Record(
            scene.file,
            scene.line,
            {"skeleton_id": scene.value["skeleton_id"], "emotion": emotion, "reply": scene.value["replies"][emotion]},
        )
        for scene in scenes
        for emotion in events.EMOTIONS
    ]
    problems = repetitions(scenes, [scene.value["skeleton_id"] for scene in scenes]) + _met(scenes, met)
    counts = Counter(scene.value["theme"] for scene in scenes)
    problems += [
        Problem(scenes[0].file, None, f"{count} scenes of theme '{theme}', not {FRESH_PER_THEME}", "write or remove")
        for theme, count in counts.items()
        if count != FRESH_PER_THEME
    ]
    for scene in scenes:
        lengths = {name: word_count(scene.value[name]) for name in FRESH_WORDS}
        for name, bounds in FRESH_WORDS.items():
            if not within(lengths[name], bounds):
                problems.append(scene.problem(f"{name} of {lengths[name]} words", between(bounds)))
        problems += wording(scene, f"{scene.value['scenario']} {scene.value['event']}", words, exclamations=0)
    problems += _lengths(replies) + _openings(replies) + alike(replies, [reply.value["reply"] for reply in replies])
    for reply in replies:
        problems += wording(reply, reply.value["reply"], words, exclamations=0)
    reject_in_order(problems)
    return {"themes": dict(counts), **_describe(replies, file)}


def _met(scenes: Sequence[Record], files: Sequence[PathLike]) -> list[Problem]:
    """Fresh scenarios and events that repeat one from which a direction is made or on which it is tested."""
    others = [(record, text) for file in files for record in read_json_lines(file) for text in event_texts(record)]
    fresh = [(scene, scene.value[name]) for scene in scenes for name in FRESH_WORDS]
    known, texts = zip(*others, *fresh, strict=True)
    return [problem for problem in alike(known, texts) if problem.file == scenes[0].file]


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


def check_orders(file: PathLike, words: WordList) -> dict[str, Any]:
    """Check the orders and count them by kind and wording.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    document, known = read_document(file), events.load_orders(file)
    counts = Counter(order.text for order in known)
    problems: list[Problem] = []
    for order in known:
        where = (order.kind, order.wording, order.name)
        problems += [document.problem(where, *fault) for fault in _order_faults(order, counts[order.text], words)]
    reject(problems)
    by_wording = Counter(f"{order.kind}, {order.wording}" for order in known)
    return {"orders": len(known), "by_wording": dict(by_wording)}


def _order_faults(order: events.Order, times: int, words: WordList) -> list[tuple[str, str]]:
    """What is wrong with one order, each fault with its remedy."""
    faults = []
    if not within(word_count(order.text), ORDER_WORDS):
        faults.append((f"an order of {word_count(order.text)} words", between(ORDER_WORDS)))
    if order.name in letter_words(order.text) and order.kind != events.OF_VOICES:
        faults.append((f"it names {order.name} as the study's own order does", "use other words"))
    if order.kind == events.OF_VOICES or order.wording == events.CLAUSE:
        faults += [(f"the emotion word '{word}'", "describe it without one") for word in words.found(order.text)]
    if times > 1:
        faults.append(("the same order stands twice", "rewrite one of the two"))
    return faults
