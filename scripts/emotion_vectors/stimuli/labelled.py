"""Replies with the class of what they do or of the emotion that they voice: judges are fitted on some and held against others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.files import PathLike, Problem, Record, excerpt, read_json_lines, reject, repetitions
from emotion_vectors.stimuli.reply_classes import NONE, ReplyClasses
from emotion_vectors.stimuli.rules.events import read, reject_in_order, repeated

EMOTION_CLASSES = (*events.EMOTIONS, NONE)
"""The six emotions and none of them, in the order of every table."""
HANDS = ("first", "second")
"""Readers who labelled sampled replies independently of each other."""
LABELS_REMEDY = "correct it, see the README of the folder"


@dataclass(frozen=True)
class ConductReply:
    """A reply with the class of what it does; replies to the same `situation` are never split between training and test."""

    id: str
    behaviour: str
    situation: str
    text: str
    label: str


@dataclass(frozen=True)
class EmotionReply:
    """A reply with the emotion that its writer intended; replies to the same `situation` stand or fall together."""

    id: str
    situation: str
    text: str
    label: str


@dataclass(frozen=True)
class SampledReply:
    """A reply of a model that was asked to voice an emotion, as two hands read it; those to the same `situation` stand or fall together.

    situation: scenario of the events. valence: which of its three events was answered. asked: emotion that the model was to voice.
    first, second: emotion that each hand reads in the reply, or none; first_sense, second_sense: whether it makes sense to that hand.
    """

    id: str
    situation: str
    valence: str
    model: str
    asked: str
    text: str
    first: str
    second: str
    first_sense: bool
    second_sense: bool


def load_conduct(file: PathLike, sets: Sequence[ReplyClasses]) -> list[ConductReply]:
    """Every reply that is labelled with what it does, as in the file.

    Args:
        sets: classes of every set that replies may belong to.
    Raises:
        StimulusError: a line is not readable or breaks the schema, names a set or class that is not there, or has a blank text, or an id
            or a text occurs twice (all problems are listed with file, line and remedy).
    """
    records = read_json_lines(file)
    validator = schema("replies")
    reject(
        [
            record.problem(_where(error), LABELS_REMEDY)
            for record in records
            for error in validator.iter_errors(record.value)
        ]
    )
    reject([record.problem(reason, LABELS_REMEDY) for record in records for reason in _strange(record, sets)])
    ids = repetitions(records, [record.value["id"] for record in records])
    texts = repetitions(records, [excerpt(_plain(record.value["text"]), 10_000) for record in records])
    reject(ids + [Problem(text.file, text.line, excerpt(text.reason), text.remedy) for text in texts])
    return [ConductReply(**record.value) for record in records]


def of_set(replies: Sequence[ConductReply], classes: ReplyClasses) -> list[ConductReply]:
    """Replies of one behaviour set, in their order.

    Raises:
        ValueError: one of its classes has no reply.
    """
    chosen = [reply for reply in replies if reply.behaviour == classes.name]
    missing = set(classes.names) - {reply.label for reply in chosen}
    if missing:
        raise ValueError(f"no reply of class {', '.join(sorted(missing))} for behaviour '{classes.name}'; write some")
    return chosen


def load_emotion_replies(file: PathLike) -> list[EmotionReply]:
    """Every reply that is labelled with an emotion, as in the file.

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
    for situation, voiced in by_situation.items():
        if missing := [name for name in EMOTION_CLASSES if name not in voiced]:
            reason = f"no reply of {', '.join(missing)} to '{situation[:60]}'"
            problems.append(Problem(records[0].file, None, reason, "write it"))
    reject_in_order(problems)
    return [
        EmotionReply(value["id"], value["situation"], value["reply"], value["emotion"])
        for value in (record.value for record in records)
    ]


def load_sampled_replies(
    file: PathLike, event_files: Sequence[PathLike], models: Collection[str]
) -> list[SampledReply]:
    """Every reply that two hands labelled, as in the file.

    Args:
        event_files: scenarios that models may have answered. models: names of the rows of the table of models.
    Raises:
        StimulusError: a line is not readable or breaks the schema, names a model that is not there or an event that is not that of
            scenario and valence, or an id or a text occurs twice (all problems are listed with file, line, key and remedy).
    """
    records = read(file, "sampled_replies")
    problems = repetitions(records, [record.value["id"] for record in records]) + repeated(records, "text")
    known = {one.value["skeleton_id"]: one.value["event"] for other in event_files for one in read_json_lines(other)}
    for record in records:
        value = record.value
        if value["model"] not in models:
            remedy = "correct it, or add a row to workflow/models.tsv"
            problems.append(record.problem(f"$.model: unknown '{value['model']}'", remedy))
        if value["event"] != known.get(value["skeleton_id"], {}).get(value["valence"]):
            reason = f"$.event: '{excerpt(value['event'], 60)}' is not the {value['valence']} event of '{value['skeleton_id']}'"
            problems.append(record.problem(reason, "copy it from workflow/stimuli/events"))
    reject_in_order(problems)
    return [_sampled(record.value) for record in records]


def _sampled(value: dict[str, Any]) -> SampledReply:
    same = {key: value[key] for key in ("id", "valence", "model", "asked", "text")}
    sense = {f"{hand}_sense": value["sense"][hand] for hand in HANDS}
    return SampledReply(**same, situation=value["skeleton_id"], **value["labels"], **sense)


def check_apart(labelled: Sequence[EmotionReply], training: Sequence[EmotionReply], training_file: PathLike) -> None:
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


def facts_of(replies: Sequence[ConductReply] | Sequence[EmotionReply] | Sequence[SampledReply]) -> pd.DataFrame:
    """Everything that is known of replies but their texts, a row for each."""
    return pd.DataFrame([asdict(reply) for reply in replies]).drop(columns="text")


def _strange(record: Record, sets: Sequence[ReplyClasses]) -> list[str]:
    """What the schema cannot know: which sets have replies, and which classes each of them has."""
    value, known = record.value, {classes.name: classes.names for classes in sets}
    blank = [] if value["text"].strip() else ["field 'text' is blank"]
    name, label = value["behaviour"], value["label"]
    if name not in known:
        return [*blank, f"field 'behaviour': '{name}' is not one of {', '.join(known)}"]
    if label not in known[name]:
        return [*blank, f"unknown class '{label}' of {name} (known: {', '.join(known[name])})"]
    return blank


def _where(error: Any) -> str:
    field = ".".join(map(str, error.absolute_path))
    return f"field '{field}': {error.message}" if field else str(error.message)


def _plain(text: str) -> str:
    """A text without what does not count when two are compared: case and blanks."""
    return " ".join(text.casefold().split())
