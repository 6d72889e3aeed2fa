"""Rules of the activities: eight of each category, and gate pairs whose sides differ in what is done, not in length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order
from emotion_vectors.stimuli.rules.function import texts

CATEGORIES = ("helpful", "engaging", "social", "self_curiosity", "neutral", "aversive", "misaligned", "unsafe")
OF_A_CATEGORY, GATE_PAIRS = 8, 20
ACTIVITY_WORDS, GATE_WORDS = (7, 15), (5, 14)
GATE_SPREAD = 2
"""Words between the two sides of a gate pair, at most."""


def check_activities(folder: Path, words: WordList) -> dict[str, Any]:
    """Check activities and gate pairs and describe them.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    file, gate_file = folder / "activities.jsonl", folder / "gate_pairs.jsonl"
    records, gates = read_lines(file, "activities"), read_lines(gate_file, "gate_pairs")
    said = [(record, record.value["text"]) for record in records]
    pairs = [(record, record.value["better"], record.value["worse"]) for record in gates]
    gate_said = [(record, text) for record, *both in pairs for text in both]
    categories = [record.value["category"] for record in records]
    problems = [
        *texts.balanced(records, categories, dict.fromkeys(CATEGORIES, OF_A_CATEGORY)),
        *texts.balanced(gates, ["gate pairs"] * len(gates), {"gate pairs": GATE_PAIRS}),
        *texts.plain([*said, *gate_said], words),
        *texts.lengths(said, ACTIVITY_WORDS),
        *texts.lengths(gate_said, GATE_WORDS),
        *texts.as_long(pairs, GATE_SPREAD),
        *texts.distinct([*said, *((record, better) for record, better, _ in pairs)]),
    ]
    problems += [
        record.problem(f"'{text}' is more than a phrase after 'to'", "write it in the infinitive, without a full stop")
        for record, text in [*said, *gate_said]
        if not text[0].islower() or text[-1] in ".?!"
    ]
    reject_in_order(problems)
    return {"activities": texts.described(file, said), "gate_pairs": texts.described(gate_file, gate_said)}
