"""Rules that the training scenes of organisms obey: what acts obey, and no word of an emotion anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import schemas
from emotion_vectors.stimuli.acts.motives import HELD_OUT, TRAINING
from emotion_vectors.stimuli.files import (
    PathLike,
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
    banned = acts.word_stems(text for texts in orders[Path(file).stem].values() for text in texts)
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
    document = read_document(file)
    errors = schemas.validator(schema_file).iter_errors(document.value)
    reject([document.problem(tuple(error.absolute_path), error.message, f"see {schema_file}") for error in errors])
    trained = acts.word_stems(_sentences(document.value[TRAINING]))
    ordered = acts.word_stems(_sentences(orders[Path(file).stem]))
    problems = []
    for split, sides in document.value.items():
        for side, sentences in sides.items():
            for number, text in enumerate(sentences):
                stems = acts.word_stems([text])
                overlaps = {
                    "the orders": stems & ordered,
                    "the training": stems & trained if split == HELD_OUT else set(),
                }
                for whom, shared in overlaps.items():
                    if shared:
                        reason = f"'{excerpt(text)}' shares words with {whom}: {', '.join(sorted(shared))}"
                        problems.append(document.problem((split, side, number), reason, "say it in others"))
                if words := emotions.found(text):
                    reason = f"'{excerpt(text)}' names an emotion: {', '.join(words)}"
                    problems.append(document.problem((split, side, number), reason, "say it without"))
    reject(problems)
    return {
        split: {side: len(sentences) for side, sentences in sides.items()} for split, sides in document.value.items()
    }


def _sentences(sides: Mapping[str, Sequence[str]]) -> Iterable[str]:
    return (text for sentences in sides.values() for text in sentences)
