"""Rules of the negation and prefix pairs: they end alike and differ in little, and negation is crossed with meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product, takewhile
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.files import Problem, Record
from emotion_vectors.stimuli.function.lines import read_lines
from emotion_vectors.stimuli.function.negations import LESS, MORE, NAMED, SHOWN
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.events import reject_in_order, wording
from emotion_vectors.stimuli.rules.function import texts
from emotion_vectors.stimuli.word_statistics import words

EMOTIONS_NEGATED = ("happy", "calm", "proud", "excited", "hopeful", "afraid", "angry", "sad", "nervous", "guilty")
OF_A_NEGATION, PREFIX_PAIRS = 2, 80
NEGATIONS = frozenset(
    {"not", "never", "no", "none", "nobody", "nothing", "neither", "nor", "without", "far", "anything"}
)
CERTAIN = NEGATIONS - {"anything"}
"""Those that no other sentence of a pair has; 'never anything but' is held against 'always anything but'."""
SENTENCE_WORDS, PREFIX_WORDS, SUFFIX_WORDS = (11, 17), (6, 16), (8, 16)
LEAST_SHARED_END, MOST_DIFFERENT, MOST_LONGER, PREFIX_SPREAD = 4, 4, 1, 3
NO_WORDS = WordList(frozenset(), ())
"""Of sentences that name an emotion, form alone is checked as elsewhere."""
MOST_OF_AN_EMOTION = 6
"""Prefix pairs in which one emotion occurs."""


def check_negations(folder: Path, emotion_words: WordList) -> dict[str, Any]:
    """Check negation pairs and prefix pairs and describe them.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    file, prefix_file = folder / "negations.jsonl", folder / "prefixes.jsonl"
    records, prefixed = read_lines(file, "negations"), read_lines(prefix_file, "prefixes")
    pairs = [(record, record.value[MORE], record.value[LESS]) for record in records]
    said = [(record, text) for record, *both in pairs for text in both]
    cells = [tuple(record.value[key] for key in ("kind", "negated", "emotion")) for record in records]
    design = dict.fromkeys(product((NAMED, SHOWN), (MORE, LESS), EMOTIONS_NEGATED), OF_A_NEGATION)
    before = [(record, text) for record in prefixed for text in record.value["prefixes"]]
    after = [(record, record.value["suffix"]) for record in prefixed]
    reject_in_order(
        [
            *texts.balanced(records, cells, design),
            *texts.lengths(said, SENTENCE_WORDS),
            *texts.as_long(pairs, MOST_LONGER),
            *texts.distinct([(record, text) for record, text, _ in pairs]),
            *(problem for pair in pairs for problem in _nearly_the_same(*pair)),
            *(problem for record in records for problem in _named_or_shown(record, emotion_words)),
            *_prefixes(prefixed),
            *texts.plain([*before, *after], emotion_words),
            *texts.lengths(before, PREFIX_WORDS),
            *texts.lengths(after, SUFFIX_WORDS),
            *texts.as_long([(record, *record.value["prefixes"]) for record in prefixed], PREFIX_SPREAD),
            *texts.distinct(after),
        ]
    )
    return {"negations": texts.described(file, said), "prefixes": texts.described(prefix_file, [*before, *after])}


def _nearly_the_same(record: Record, more: str, less: str) -> list[Problem]:
    """Two sentences end with the same words, differ in few, and the right one of them is negated."""
    problems, both = [], (words(more), words(less))
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*map(reversed, both), strict=False)))
    if same < LEAST_SHARED_END:
        problems.append(
            record.problem(f"only the last {same} words are the same", f"let {LEAST_SHARED_END} or more be")
        )
    first, second = map(Counter, both)
    different = max((first - second).total(), (second - first).total())
    if different > MOST_DIFFERENT:
        problems.append(
            record.problem(f"{different} words of one sentence are not in the other", f"at most {MOST_DIFFERENT}")
        )
    negated = record.value["negated"]
    added = {MORE: first - second, LESS: second - first}
    if not NEGATIONS & {*added[negated]} or CERTAIN & {*added[LESS if negated == MORE else MORE]}:
        problems.append(
            record.problem(f"the sentence '{negated}' is not the one that is negated", "correct it, or the sentences")
        )
    return problems


def _named_or_shown(record: Record, emotion_words: WordList) -> list[Problem]:
    """Both sentences contain the word of the emotion and no other such word, or neither contains any."""
    value, problems = record.value, []
    for side in (MORE, LESS):
        if value["kind"] == SHOWN:
            problems += wording(record, value[side], emotion_words, exclamations=0)
            continue
        problems += wording(record, value[side], NO_WORDS, exclamations=0)
        named = emotion_words.found(value[side])
        if named != [value["emotion"]]:
            reason = f"'{side}' names {', '.join(named) or 'no emotion'}"
            problems.append(record.problem(reason, f"name '{value['emotion']}' and no other"))
    return problems


def _prefixes(records: Sequence[Record]) -> list[Problem]:
    """Enough pairs, and no emotion in too many of them."""
    counts = Counter(emotion for record in records for emotion in record.value["emotions"])
    return texts.balanced(records, ["prefix pairs"] * len(records), {"prefix pairs": PREFIX_PAIRS}) + [
        Problem(records[0].file, None, f"'{emotion}' is in {number} pairs", f"keep it to {MOST_OF_AN_EMOTION}")
        for emotion, number in counts.items()
        if number > MOST_OF_AN_EMOTION
    ]
