"""Rules of the framings: three of each kind, each with as many words as its two frames without a mood and nearly as many letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order
from emotion_vectors.stimuli.rules.function import texts
from emotion_vectors.stimuli.word_statistics import words as words_of

KINDS_OF_FRAMING = ("stakes", "urgency", "praise", "threat", "encouragement")
OF_A_FRAMING = 3
FRAME_WORDS = (12, 20)
MOST_LETTERS_APART = 10
OTHER_FRAMES = ("neutral", "vivid")
PAPERWORK = {
    "answer",
    "book",
    "form",
    "line",
    "list",
    "note",
    "page",
    "paper",
    "print",
    "question",
    "sheet",
    "task",
    "word",
    "write",
}
"""What flat frames are about, and vivid ones must not be."""


def check_framings(folder: Path, words: WordList) -> dict[str, Any]:
    """Check the framings and describe them.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    file = folder / "framings.jsonl"
    records = read_lines(file, "framings")
    pairs = [(record, record.value["framed"], record.value[other]) for record in records for other in OTHER_FRAMES]
    said = [(record, record.value[frame]) for record in records for frame in ("framed", *OTHER_FRAMES)]
    problems = [
        *texts.balanced(
            records, [record.value["kind"] for record in records], dict.fromkeys(KINDS_OF_FRAMING, OF_A_FRAMING)
        ),
        *texts.plain(said, words),
        *texts.lengths(said, FRAME_WORDS),
        *texts.as_long(pairs, 0),
    ]
    for frame in ("framed", *OTHER_FRAMES):
        problems += texts.distinct([(record, record.value[frame]) for record in records])
    for record in records:
        for word in sorted(PAPERWORK & {word.removesuffix("s") for word in words_of(record.value["vivid"])}):
            problems.append(record.problem(f"'{word}' in the vivid frame", "speak of nothing that is read or written"))
    for record, framed, other in pairs:
        if abs(len(framed) - len(other)) > MOST_LETTERS_APART:
            reason = f"{len(framed)} and {len(other)} letters"
            problems.append(record.problem(reason, f"bring them within {MOST_LETTERS_APART}"))
        if sorted(map(framed.count, ".,?")) != sorted(map(other.count, ".,?")):
            problems.append(record.problem("the two frames are not punctuated alike", "use the same marks"))
    reject_in_order(problems)
    return texts.described(file, said)
