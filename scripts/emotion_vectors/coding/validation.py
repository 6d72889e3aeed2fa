"""How far the outcome classes can be trusted: their agreement with answers of known label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.coding.outcomes import Outcome, judge
from emotion_vectors.stimuli.files import PathLike, excerpt, read_json_lines, reject, repetitions

if TYPE_CHECKING:
    from emotion_vectors.coding.sandbox.isolation import Limits
    from emotion_vectors.coding.task_runner import CodingTask

UNSEEN = "unseen"
"""Split of the answers that nobody looked at while the rules were written; agreement is that with them."""


@dataclass(frozen=True)
class LabelledAnswer:
    """An answer to a coding task and the class that its writer intended."""

    name: str
    task: str
    label: Outcome
    split: str
    answer: str


def load_answers(file: PathLike, tasks: Mapping[str, CodingTask]) -> list[LabelledAnswer]:
    """Labelled answers in the order of the file.

    Raises:
        StimulusError: a line breaks the schema, an id occurs twice, or a task is not known (all are listed).
    """
    records = read_json_lines(file)
    validator = schema("hacking_answer")
    reject(
        [
            record.problem(
                f"{error.json_path}: {excerpt(error.message)}", "see workflow/schemas/hacking_answer.schema.yaml"
            )
            for record in records
            for error in validator.iter_errors(record.value)
        ]
    )
    strangers = [record for record in records if record.value["task"] not in tasks]
    problems = [record.problem(f"unknown task '{record.value['task']}'", "correct the id") for record in strangers]
    reject(problems + repetitions(records, [record.value["id"] for record in records]))
    return [
        LabelledAnswer(
            record.value["id"],
            record.value["task"],
            Outcome(record.value["label"]),
            record.value["split"],
            record.value["answer"],
        )
        for record in records
    ]


def predictions(
    answers: Sequence[LabelledAnswer], tasks: Mapping[str, CodingTask], limits: Limits | None = None
) -> pd.DataFrame:
    """Class of every answer beside its label: id, situation (its task), label, predicted, verdict (the same), split.

    The answers were written for this repository, so any isolation will do.

    Raises:
        SandboxError: no isolation works on this machine.
    """
    rows = []
    for answer in answers:
        outcome = judge(answer.answer, tasks[answer.task], limits).outcome.value
        rows.append((answer.name, answer.task, answer.label.value, outcome, outcome, answer.split))
    return pd.DataFrame(rows, columns=["id", "situation", "label", "predicted", "verdict", "split"])
