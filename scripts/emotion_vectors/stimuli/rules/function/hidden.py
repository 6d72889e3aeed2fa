"""Rules of the dialogues with a hidden emotion: every pair equally often, and no word of a turn that tells what is hidden."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.files import reject
from emotion_vectors.stimuli.function.hidden import EMOTIONS_OF_HIDING
from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order
from emotion_vectors.stimuli.rules.function import texts
from emotion_vectors.stimuli.rules.function.dialogues import dialogue_texts
from emotion_vectors.stimuli.rules.function.word_counts import beyond_chance, share_told

OF_A_HIDDEN_PAIR = 6
PREAMBLE_WORDS, TURNS_WORDS = (9, 26), (20, 56)


def check_hidden(folder: Path, words: WordList) -> dict[str, Any]:
    """Check the dialogues and describe them.

    Returns:
        Report for JSON; `share_told_by_words`: of what is hidden and of what is shown, by the words of the preamble and of the turns.
    Raises:
        StimulusError: all broken rules, one on each line; how far words tell emotions only once the others are kept.
    """
    file = folder / "dialogues.jsonl"
    records = read_lines(file, "hidden")
    preambles = [(record, record.value["preamble"]) for record in records]
    turns = [(record, " ".join(record.value["turns"])) for record in records]
    said = [(record, f"{preamble} {rest}") for (record, preamble), (_, rest) in zip(preambles, turns, strict=True)]
    cells = [(record.value["hidden"], record.value["shown"]) for record in records]
    reject_in_order(
        [
            *texts.balanced(records, cells, dict.fromkeys(permutations(EMOTIONS_OF_HIDING, 2), OF_A_HIDDEN_PAIR)),
            *texts.lengths(preambles, PREAMBLE_WORDS),
            *texts.lengths(turns, TURNS_WORDS),
            *dialogue_texts(said, words),
        ]
    )
    names = [record.value["id"] for record in records]
    labels = {kind: [record.value[kind] for record in records] for kind in ("hidden", "shown")}
    told = {
        kind: {
            part: round(share_told([text for _, text in of_part], labels[kind], names), 4)
            for part, of_part in (("preamble", preambles), ("turns", turns))
        }
        for kind in labels
    }
    reject(beyond_chance(str(file), "what is hidden, from the turns alone,", told["hidden"]["turns"], labels["hidden"]))
    return texts.described(file, turns) | {
        "words_of_preambles": texts.described(file, preambles)["words"],
        "share_told_by_words": told,
    }
