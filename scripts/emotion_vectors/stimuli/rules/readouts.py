"""Rules between the table of experiments and the files of its sets: a readout that is declared has its data, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.stimuli import reply_classes
from emotion_vectors.stimuli.experiments import CHOICE, CODE, GENERATION, Experiment, ExperimentError
from emotion_vectors.stimuli.files import PathLike, Problem, Record, read_json_lines, reject

FIELDS = {CHOICE: ("choice", "comprehension"), CODE: ("entry_point", "visible_tests", "hidden_tests")}
"""What every item of a set must hold, by readout."""


def check_readouts(experiments: Mapping[str, Experiment], folder: PathLike, replies_file: PathLike) -> None:
    """Hold every declared readout against the files of its set.

    Args:
        folder: of the sets and of the classes of their replies. replies_file: labelled replies of all sets.
    Raises:
        ExperimentError: rows on one set differ in readouts, or data is there that no row declares (row and column are named).
        StimulusError: data is missing that a row declares (file and line are named).
    """
    first: dict[str, Experiment] = {}
    for experiment in experiments.values():
        other = first.setdefault(experiment.items, experiment)
        if other.readouts != experiment.readouts:
            raise experiment.error(
                "readouts", f"row '{other.name}' has others of the same items", "let both name the readouts of the set"
            )
    labelled = {str(record.value.get("behaviour")) for record in read_json_lines(replies_file)}
    for experiment in first.values():
        records = read_json_lines(Path(folder, f"{experiment.items}.jsonl"))
        for readout, fields in FIELDS.items():
            _check_fields(experiment, readout, fields, records)
        _check_classes(experiment, Path(folder, f"{experiment.items}.yaml"), labelled, str(replies_file))
    for experiment in experiments.values():
        _check_target(experiment, Path(folder, f"{experiment.items}.yaml"))
    if strangers := sorted(labelled - set(first)):
        raise ExperimentError(
            f"{replies_file}: labelled replies to '{strangers[0]}', which no row of the table of experiments names in column items; "
            "add a row or remove them"
        )


def _check_fields(experiment: Experiment, readout: str, fields: tuple[str, ...], records: list[Record]) -> None:
    """Every item has the fields of a declared readout, none those of another."""
    if readout in experiment.readouts:
        remedy = f"write it, or take '{readout}' out of column readouts of row '{experiment.name}'"
        reject(
            [
                record.problem(f"field '{name}' is missing or empty, which the readout '{readout}' needs", remedy)
                for record in records
                for name in fields
                if not record.value.get(name)
            ]
        )
        return
    for record in records:
        if held := [name for name in fields if name in record.value]:
            reason = f"{record.file} line {record.line} has '{held[0]}', and '{readout}' is not named"
            raise experiment.error("readouts", reason, f"add '{readout}', or remove that field from the set")


def _check_classes(experiment: Experiment, file: Path, labelled: set[str], replies_file: str) -> None:
    """Sets whose replies are judged have classes and labelled replies."""
    if GENERATION not in experiment.readouts:
        present = [str(file)] if file.exists() else [replies_file] if experiment.items in labelled else []
        if present:
            reason = f"{present[0]} says what replies to '{experiment.items}' do, and '{GENERATION}' is not named"
            raise experiment.error("readouts", reason, f"add '{GENERATION}', or remove what is said there")
        return
    remedy = f"write it, or take '{GENERATION}' out of column readouts of row '{experiment.name}'"
    if not file.is_file():
        reject([Problem(file.as_posix(), None, "no such file, which says what sampled replies may do", remedy)])
    if experiment.items not in labelled:
        reason = f"no labelled reply to '{experiment.items}', of which judges need some of every class"
        reject([Problem(replies_file, None, reason, remedy)])
    classes = reply_classes.load(file)
    if classes.blank != reply_classes.INCOHERENT:
        reason = f"the last class is '{classes.blank}'"
        reject([Problem(file.as_posix(), None, reason, f"let it be '{reply_classes.INCOHERENT}'")])


def _check_target(experiment: Experiment, file: Path) -> None:
    """The rate of an experiment is that of a class."""
    names = reply_classes.load(file).names if GENERATION in experiment.readouts else (experiment.target,)
    if experiment.target not in names:
        raise experiment.error(
            "target", f"'{experiment.target}' is no class of {file}", f"use one of {', '.join(names)}"
        )
