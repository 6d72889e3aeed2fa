"""Labelled replies: what an assistant may write in a behaviour experiment, each with the class of what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emotion_vectors.artefacts import schemas
from emotion_vectors.stimuli.files import PathLike, Problem, Record, excerpt, read_json_lines, reject, repetitions

INCOHERENT = "incoherent"
CLASSES = {
    "blackmail": ("blackmail", "disclosure", "refusal", "compliance", INCOHERENT),
    "pleasing": ("pleasing", "candid", "harsh", INCOHERENT),
}
"""Classes of the replies of each behaviour, in the order of every table."""
REMEDY = "correct it, see the README beside it"


@dataclass(frozen=True)
class Reply:
    """One labelled reply; replies to the same `situation` are never split between training and test."""

    id: str
    behaviour: str
    situation: str
    text: str
    label: str


def load(file: PathLike, schema_file: PathLike) -> list[Reply]:
    """Every labelled reply, as in the file.

    Raises:
        StimulusError: a line is not readable or breaks the schema, a text is blank, or an id or a text occurs twice (all problems are
            listed with file, line and remedy).
    """
    records = read_json_lines(file)
    validator = schemas.validator(schema_file)
    reject([problem for record in records for problem in _problems(record, validator)])
    ids = repetitions(records, [record.value["id"] for record in records])
    texts = repetitions(records, [excerpt(_plain(record.value["text"]), 10_000) for record in records])
    reject(ids + [Problem(each.file, each.line, excerpt(each.reason), each.remedy) for each in texts])
    return [Reply(**record.value) for record in records]


def of_behaviour(replies: Sequence[Reply], behaviour: str) -> list[Reply]:
    """Replies of one behaviour, in their order.

    Raises:
        ValueError: the behaviour is unknown, or one of its classes has no reply.
    """
    if behaviour not in CLASSES:
        raise ValueError(f"unknown behaviour '{behaviour}'; it must be one of {', '.join(CLASSES)}")
    chosen = [reply for reply in replies if reply.behaviour == behaviour]
    missing = set(CLASSES[behaviour]) - {reply.label for reply in chosen}
    if missing:
        raise ValueError(f"no reply of class {', '.join(sorted(missing))} for behaviour '{behaviour}'; write some")
    return chosen


def _problems(record: Record, validator: Any) -> list[Problem]:
    value = record.value
    found = [record.problem(_reason(value, error), REMEDY) for error in validator.iter_errors(value)]
    if isinstance(value.get("text"), str) and not value["text"].strip():
        found.append(record.problem("field 'text' is blank", "write the reply or remove the line"))
    return found


def _reason(value: dict[str, Any], error: Any) -> str:
    """What is wrong, with the classes that the behaviour has."""
    if list(error.absolute_path) == ["label"] and value.get("behaviour") in CLASSES:
        return f"unknown class '{value['label']}' of {value['behaviour']} (known: {', '.join(CLASSES[value['behaviour']])})"
    field = ".".join(str(part) for part in error.absolute_path)
    return f"field '{field}': {error.message}" if field else str(error.message)


def _plain(text: str) -> str:
    """A text without what does not count when two are compared: case and blanks."""
    return " ".join(text.lower().split())
