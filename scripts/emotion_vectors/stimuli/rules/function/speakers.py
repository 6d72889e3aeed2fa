"""Rules of the dialogues of two speakers: every pair of emotions equally often, and no word of one that tells the emotion of the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.files import Record, reject
from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.function.speakers import EMOTIONS_OF_SPEAKERS
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order
from emotion_vectors.stimuli.rules.function import texts
from emotion_vectors.stimuli.rules.function.dialogues import dialogue_texts
from emotion_vectors.stimuli.rules.function.word_counts import beyond_chance, share_told

OF_A_PAIR_OF_SPEAKERS = 2
DIALOGUE_WORDS = (36, 80)


def check_speakers(folder: Path, words: WordList) -> dict[str, Any]:
    """Check the dialogues and describe them.

    Returns:
        Report for JSON; `share_told_by_words`: of the present speaker's emotion by the words of its turns, and by those of the other's.
    Raises:
        StimulusError: all broken rules, one on each line; how far words tell emotions only once the others are kept.
    """
    file = folder / "dialogues.jsonl"
    records = read_lines(file, "speakers")
    said = [(record, " ".join(record.value["turns"])) for record in records]
    cells = [tuple(record.value["emotions"]) for record in records]
    design = dict.fromkeys(product(EMOTIONS_OF_SPEAKERS, repeat=2), OF_A_PAIR_OF_SPEAKERS)
    reject_in_order(
        [*texts.balanced(records, cells, design), *texts.lengths(said, DIALOGUE_WORDS), *dialogue_texts(said, words)]
    )
    present = {f"speaker {speaker + 1}": _told(records, speaker, of=speaker) for speaker in (0, 1)}
    other = {f"speaker {speaker + 1}": _told(records, 1 - speaker, of=speaker) for speaker in (0, 1)}
    reject(
        [
            problem
            for speaker, share in other.items()
            for problem in beyond_chance(
                str(file), f"the emotion of {speaker} by the other", share, [first for first, _ in cells]
            )
        ]
    )
    return texts.described(file, said) | {"share_told_by_words": {"present": present, "other": other}}


def _told(records: Sequence[Record], speaker: int, of: int) -> float:
    """Share of dialogues in which the words of one speaker tell the emotion of one, the same or the other."""
    turns = [" ".join(record.value["turns"][speaker::2]) for record in records]
    labels = [record.value["emotions"][of] for record in records]
    return round(share_told(turns, labels, [record.value["id"] for record in records]), 4)
