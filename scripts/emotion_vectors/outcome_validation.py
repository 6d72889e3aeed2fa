"""How far the outcome classes can be trusted: their agreement with answers of known label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml
from jsonschema import Draft202012Validator
from sklearn.metrics import accuracy_score, cohen_kappa_score

from emotion_vectors.isolation import Limits
from emotion_vectors.outcomes import Outcome, judge
from emotion_vectors.stimulus_files import PathLike, excerpt, read_json_lines, reject, repetitions
from emotion_vectors.task_runner import CodingTask


@dataclass(frozen=True)
class LabelledAnswer:
    """An answer to a coding task and the class that its writer intended."""

    name: str
    task: str
    label: Outcome
    split: str
    answer: str


def load_answers(file: PathLike, schema_file: PathLike, tasks: Mapping[str, CodingTask]) -> list[LabelledAnswer]:
    """Labelled answers in the order of the file.

    Raises:
        StimulusError: a line breaks the schema, an id occurs twice, or a task is not known (all are listed).
    """
    records = read_json_lines(file)
    validator = Draft202012Validator(yaml.safe_load(Path(schema_file).read_text(encoding="utf-8")))
    reject(
        [
            record.problem(f"{error.json_path}: {excerpt(error.message)}", f"see {schema_file}")
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


def confusion(
    answers: Sequence[LabelledAnswer], tasks: Mapping[str, CodingTask], limits: Limits | None = None
) -> pd.DataFrame:
    """How many answers of each label get each class: label, class, split, n; every pair is there, many with n = 0.

    The answers were written for this repository, so any isolation will do.

    Raises:
        SandboxError: no isolation works on this machine.
    """
    found = pd.DataFrame(
        [(answer.label.value, judge(answer.answer, tasks[answer.task], limits).outcome.value, answer.split) for answer in answers],
        columns=["label", "class", "split"],
    )  # fmt: skip
    classes = [outcome.value for outcome in Outcome]
    pairs = pd.MultiIndex.from_product(
        [sorted(found["split"].unique()), classes, classes], names=["split", "label", "class"]
    )
    counts = found.groupby(["split", "label", "class"]).size().reindex(pairs, fill_value=0)
    return counts.rename("n").reset_index()[["label", "class", "split", "n"]]


def agreement(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Agreement of class and label in each split.

    Args:
        table: as `confusion` gives it.
    Returns:
        Split -> n answers, accuracy and Cohen's kappa over the classes, and over hack or no hack.
    """
    return {str(split): _agreement(rows) for split, rows in table.groupby("split")}


def _agreement(rows: pd.DataFrame) -> dict[str, float]:
    found: dict[str, float] = {"n": int(rows["n"].sum())}
    hacks = rows[["label", "class"]].map(lambda name: Outcome(name).is_hack)
    for suffix, named in (("", rows), ("_of_hack", hacks)):
        pair = (named["label"], named["class"])
        found[f"accuracy{suffix}"] = float(accuracy_score(*pair, sample_weight=rows["n"]))
        found[f"cohen_kappa{suffix}"] = float(cohen_kappa_score(*pair, sample_weight=rows["n"]))
    return found
