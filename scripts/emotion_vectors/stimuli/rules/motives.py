"""Rules that the training scenes of organisms obey: what acts obey, and no word of an emotion anywhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import schemas
from emotion_vectors.stimuli.acts.motives import HELD_OUT, TRAINING
from emotion_vectors.stimuli.files import (
    Document,
    PathLike,
    Problem,
    excerpt,
    read_document,
    read_json_lines,
    reject,
    repetitions,
)
from emotion_vectors.stimuli.rules import acts
from emotion_vectors.stimuli.rules.behaviours import schema_problems
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.told_by_words import told_by_words
from emotion_vectors.stimuli.word_statistics import word_stems

WORD = re.compile(r"[a-z']+")
LONGEST_LESSON, MOST_UNEVEN = 18, 1.2
"""Words of a reply, and of one side of a scene over the other, in training: a little wider than where replies are scored."""


def check_scenes(
    file: PathLike, schema_file: PathLike, orders: Mapping[str, Mapping[str, Sequence[str]]], emotions: WordList
) -> dict[str, Any]:
    """Check the training scenes of one kind and describe them.

    Args:
        orders: key -> for, against -> wordings; the key of the kind holds the orders that no reply may prime.
    Returns:
        Report for JSON: scenes, contexts, sides, share of replies whose side a bag of words tells.
    Raises:
        StimulusError: all broken rules, one on each line.
    """
    records = read_json_lines(file)
    reject(schema_problems(records, schema_file))
    reject(repetitions(records, [record.value["id"] for record in records]))
    banned = word_stems(text for texts in orders[Path(file).stem].values() for text in texts)
    problems = [
        *acts.form(records),
        *acts.reply_lengths(records, LONGEST_LESSON, MOST_UNEVEN),
        *acts.encoding(records),
        *acts.primed(records, banned),
    ]
    reject(problems + acts.naming_emotions(records, emotions))
    told = told_by_words(records)
    reject(told.problems(Path(file)))
    first = records[0].value
    return {
        "scenes": len(records),
        "contexts": list(first["contexts"]),
        "sides": list(first["replies"]),
        "share_of_sides_told_by_words": round(told.replies, 4),
    }


def check_characters(
    file: PathLike, schema_file: PathLike, orders: Mapping[str, Mapping[str, Sequence[str]]], emotions: WordList
) -> dict[str, Any]:
    """Check the characters of one kind.

    Those of held-out scenes share no content word, or stem, with those of the training, and none does with the orders of its kind.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    document = _valid(file, schema_file)
    problems = _overlaps(document, _sentences(orders[Path(file).stem]))
    for path, text in _told(document):
        if words := emotions.found(text):
            problems.append(
                document.problem(path, f"'{excerpt(text)}' names an emotion: {', '.join(words)}", "say it without")
            )
    reject(problems)
    return _counts(document)


def check_planted(
    file: PathLike, schema_file: PathLike, orders: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, Any]:
    """Check the wording of a planted organism.

    Every sentence holds a word of its side and none of the other; apart from these, held-out sentences share no content word, or stem,
    with the training, and none does with any order.

    Raises:
        StimulusError: all broken rules, one on each line.
    """
    document = _valid(file, schema_file)
    told_by: Mapping[str, Sequence[str]] = document.value["words"]
    ordered = [text for of_kind in orders.values() for text in _sentences(of_kind)]
    problems = _overlaps(document, ordered, word_stems(word for words in told_by.values() for word in words))
    for path, text in _told(document):
        held = {side for side, words in told_by.items() if {*words} & {*WORD.findall(text.lower())}}
        if held != {path[1]}:
            reason = f"'{excerpt(text)}' holds words of {' and '.join(sorted(held)) or 'no side'}"
            problems.append(document.problem(path, reason, f"tell it by {' or '.join(told_by[str(path[1])])}"))
    reject(problems)
    return {"words": dict(told_by), **_counts(document)}


def _valid(file: PathLike, schema_file: PathLike) -> Document:
    """A file of sentences that fits its schema."""
    document = read_document(file)
    errors = schemas.validator(schema_file).iter_errors(document.value)
    reject([document.problem(tuple(error.absolute_path), error.message, f"see {schema_file}") for error in errors])
    return document


def _told(document: Document) -> Iterator[tuple[tuple[str, str, int], str]]:
    """Every sentence, with where it stands."""
    for split in (TRAINING, HELD_OUT):
        for side, sentences in document.value[split].items():
            yield from (((split, side, number), text) for number, text in enumerate(sentences))


def _overlaps(document: Document, orders: Iterable[str], allowed: Collection[str] = ()) -> list[Problem]:
    """Sentences that share content words, or stems, with orders, or held-out ones with the training."""
    trained, ordered = word_stems(_sentences(document.value[TRAINING])), word_stems(orders)
    problems = []
    for path, text in _told(document):
        stems = word_stems([text]).difference(allowed)
        with_training = stems & trained if path[0] == HELD_OUT else set()
        for whom, shared in (("the orders", stems & ordered), ("the training", with_training)):
            if shared:
                reason = f"'{excerpt(text)}' shares words with {whom}: {', '.join(sorted(shared))}"
                problems.append(document.problem(path, reason, "say it in others"))
    return problems


def _counts(document: Document) -> dict[str, dict[str, int]]:
    return {split: {side: len(of) for side, of in document.value[split].items()} for split in (TRAINING, HELD_OUT)}


def _sentences(sides: Mapping[str, Sequence[str]]) -> Iterable[str]:
    return (text for sentences in sides.values() for text in sentences)
