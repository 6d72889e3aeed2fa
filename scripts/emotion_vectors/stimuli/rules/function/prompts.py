"""Rules of the prompts on which base and tuned models are compared: equally many of each kind, short, none alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order
from emotion_vectors.stimuli.rules.function import texts

KINDS_OF_PROMPT = ("neutral", "personal", "self")
OF_A_PROMPT = 40
WORDS_OF_A_PROMPT = (4, 32)
EXCLAMATIONS = 1


def check_prompts(folder: Path, words: WordList) -> dict[str, Any]:
    """Check the prompts and describe them.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    file = folder / "prompts.jsonl"
    records = read_lines(file, "prompts")
    said = [(record, record.value["text"]) for record in records]
    reject_in_order(
        [
            *texts.balanced(
                records, [record.value["kind"] for record in records], dict.fromkeys(KINDS_OF_PROMPT, OF_A_PROMPT)
            ),
            *texts.plain(said, words, EXCLAMATIONS),
            *texts.lengths(said, WORDS_OF_A_PROMPT),
            *texts.distinct(said),
        ]
    )
    return texts.described(file, said)
