"""Replies in the voice of an emotion, or of none: some that the judge of emotions is fitted on, others that it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.files import PathLike, Problem, reject, repetitions
from emotion_vectors.stimuli.rules.events import read, reject_in_order

NONE = "none"
CLASSES = (*events.EMOTIONS, NONE)
"""The six emotions and none of them, in the order of every table."""


@dataclass(frozen=True)
class LabelledReply:
    """One reply with the class that its writer intended; replies to the same `situation` stand or fall together."""

    id: str
    situation: str
    text: str
    label: str


def load(file: PathLike) -> list[LabelledReply]:
    """Every labelled reply, as in the file.

    Raises:
        StimulusError: a line is not readable or breaks the schema, an id or a reply occurs twice, or a situation has not exactly one
            reply of every class (all problems are listed with file, line and remedy).
    """
    records = read(file, "emotion_replies")
    problems = repetitions(records, [record.value["id"] for record in records])
    problems += repetitions(records, [_plain(record.value["reply"]) for record in records])
    problems += repetitions(records, [f"{record.value['emotion']}: {record.value['situation']}" for record in records])
    by_situation: dict[str, set[str]] = {}
    for record in records:
        by_situation.setdefault(record.value["situation"], set()).add(record.value["emotion"])
    for situation, found in by_situation.items():
        if missing := [name for name in CLASSES if name not in found]:
            name = records[0].file
            problems.append(Problem(name, None, f"no reply of {', '.join(missing)} to '{situation[:60]}'", "write it"))
    reject_in_order(problems)
    return [
        LabelledReply(value["id"], value["situation"], value["reply"], value["emotion"])
        for value in (record.value for record in records)
    ]


def check_apart(labelled: Sequence[LabelledReply], training: Sequence[LabelledReply], training_file: PathLike) -> None:
    """The judge is held against nothing that it was fitted on.

    Raises:
        StimulusError: a situation or a reply occurs in both sets (all are listed).
    """
    known = {_plain(text) for reply in labelled for text in (reply.situation, reply.text)}
    reject(
        [
            Problem(
                str(training_file), None, f"{reply.id}: '{text[:60]}' stands in replies.jsonl too", "write another one"
            )
            for reply in training
            for text in (reply.situation, reply.text)
            if _plain(text) in known
        ]
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
