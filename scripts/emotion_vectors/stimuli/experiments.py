"""The table of behaviour experiments, and what a row of it or a claim may ask for.

A row of `workflow/experiments.tsv` names a set of items and two of its sides; the readout is the mean log-probability per token of
the target side minus that of the alternative side, in nats (likelihood readout of the design). Several experiments may share a set.
Nothing here loads what runs models: the workflow checks the table and the claims whenever it is planned.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import schemas
from emotion_vectors.artefacts.errors import MendableError

TABLE = "workflow/experiments.tsv"
NO_VARIANT = "-"
LIKELIHOOD, CHOICE, GENERATION, CODE = "likelihood", "choice", "generation", "code"
"""Readouts of a set."""
CONDUCT, TONE, CONTENT = "conduct", "tone", "content"
ASKED: dict[str, set[str]] = {
    "slope": {"emotion"},
    "curvature": {"emotion"},
    "reading": {"emotion"},
    "pressure": set(),
    "rate": {"emotion", "strength", "against"},
}
"""What a claim says beside the experiment, by measure."""
MAY_BE_ASKED: dict[str, set[str]] = {"slope": {"turned"}}
"""What it may say besides."""


class ExperimentError(MendableError, ValueError):
    """The table of experiments is malformed, or does not fit the items, the emotions or the claims."""


@dataclass(frozen=True)
class Experiment:
    """One row of the table of experiments; lists are separated by spaces there, '-' stands for none."""

    name: str
    kind: str
    items: str
    readouts: tuple[str, ...]
    target: str
    alternative: str
    group: tuple[str, ...]
    variants: tuple[str, ...]
    pressure: tuple[str, ...]
    emotions: tuple[str, ...]
    ladder: tuple[str, ...]
    fine: tuple[str, ...]

    def takes(self, variant: str, group: str) -> bool:
        """Whether the slopes of an item of this variant and group are taken."""
        return variant in (self.variants or (NO_VARIANT,)) and (not self.group or group in self.group)

    def error(self, column: str, reason: str, remedy: str) -> ExperimentError:
        """What is wrong in a column of this row, and how to mend it."""
        return ExperimentError(f"{TABLE}, row '{self.name}', column {column}: {reason}; {remedy}")


def of_rows(rows: Iterable[Mapping[str, Any]]) -> list[Experiment]:
    """Experiments from rows of the table that were read before, as a rule hands them to a step."""
    return [Experiment(**row) for row in rows]


def sets_with(readout: str, experiments: Mapping[str, Experiment]) -> list[str]:
    """Sets of which a readout is taken, sorted."""
    return sorted({experiment.items for experiment in experiments.values() if readout in experiment.readouts})


def load_experiments(table_file: str | Path, schema_file: str | Path) -> dict[str, Experiment]:
    """Experiments by name, in the order of the table.

    Raises:
        ExperimentError: a row has too few or too many columns, a cell is empty or breaks the schema, a name occurs twice, pressure
            is not two variants, or ladder or fine name an emotion that has no dose.
    """
    experiments: dict[str, Experiment] = {}
    for where, values in rows_of_table(table_file, schema_file, fields(Experiment)):
        experiment = Experiment(**values)
        if experiment.name in experiments:
            raise ExperimentError(f"{where}, column name: experiment '{experiment.name}' occurs twice; rename one")
        if len(experiment.pressure) not in (0, 2):
            raise ExperimentError(
                f"{where}, column pressure: '{' '.join(experiment.pressure)}'; name the variant without and the one with pressure, "
                "or '-' for none"
            )
        for column in ("ladder", "fine"):
            if unknown := set(getattr(experiment, column)) - set(experiment.emotions):
                raise ExperimentError(
                    f"{where}, column {column}: {', '.join(sorted(unknown))} not in column emotions; add it there"
                )
        experiments[experiment.name] = experiment
    return experiments


def rows_of_table(
    table_file: str | Path, schema_file: str | Path, columns: Sequence[Field[Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and values of every row of a table of experiments, each as the field of its column holds it.

    Raises:
        ExperimentError: other columns than these, or more or fewer cells, or a cell breaks the schema (the column is named).
    """
    validator = schemas.validator(schema_file)
    for where, row in _cells_of_table(table_file, [field.name for field in columns]):
        for error in validator.iter_errors(row):
            column = error.absolute_path[0]
            raise ExperimentError(f"{where}, column {column}: {error.message}; correct it as {schema_file} says")
        yield where, {field.name: _parsed_cell(row[field.name], field.type) for field in columns}


def _cells_of_table(file: str | Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Place and cells of every row of a table of experiments.

    Raises:
        ExperimentError: other columns than these, a row with more or fewer cells, or a cell that is empty or has spaces around it.
    """
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(reader, [])
        if sorted(header) != sorted(columns):
            raise ExperimentError(
                f"{file} line 1: columns {header}; there must be {', '.join(columns)}, separated by tabs"
            )
        for cells in reader:
            where = f"{file} line {reader.line_num}"
            if not cells:
                continue
            if len(cells) != len(header):
                raise ExperimentError(
                    f"{where}, row '{cells[0]}': {len(cells)} columns where the header has {len(header)}; separate them by single tabs, "
                    "and write '-' where there is none"
                )
            row = dict(zip(header, cells, strict=True))
            for column, cell in row.items():
                if not cell or cell != cell.strip():
                    fault = "has spaces around it; remove them" if cell.strip() else "is empty; write '-' for none"
                    raise ExperimentError(f"{where}, column {column}: '{cell}' {fault}")
            yield where, row


def _parsed_cell(text: str, kind: Any) -> Any:
    """A cell as the field of its column holds it: a text, or a list of what spaces separate."""
    if kind == "str":
        return text
    return () if text == "-" else tuple(text.split())


def check_names(experiments: Mapping[str, Experiment], folder: str | Path, emotions: Collection[str]) -> None:
    """Every set that a row names is there, and every emotion has a vector.

    Args:
        folder: of the sets. emotions: those of the norms table.
    Raises:
        ExperimentError: one is not (row and column are named).
    """
    for experiment in experiments.values():
        file = Path(folder, f"{experiment.items}.jsonl")
        if not file.is_file():
            raise experiment.error(
                "items", f"no file {file}", "write it, as the README beside it says, or correct the row"
            )
        unknown = [emotion for emotion in experiment.emotions if emotion not in emotions]
        if unknown:
            raise experiment.error(
                "emotions",
                f"no vector is made for {', '.join(unknown)}",
                "name emotions of workflow/norms/warriner2013.csv",
            )


def requests(claims: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Claim, number of the part from 0, and `measured_by`, of every part that says how it is measured."""
    for name, claim in claims.items():
        for number, part in enumerate(claim["parts"]):
            if "measured_by" in part:
                yield name, number, part["measured_by"]


def claim_faults(claim: Mapping[str, Any], experiments: Mapping[str, Experiment]) -> Iterator[str]:
    """What a claim asks of these experiments that cannot be measured: key, fault and remedy of each."""
    for _, number, by in requests({claim.get("id", ""): claim}):
        if by["measure"] in ASKED:
            for key, fault in _faults(by, experiments):
                yield f"parts.{number}.measured_by.{key}: {fault}"


def _faults(by: Mapping[str, Any], experiments: Mapping[str, Experiment]) -> Iterator[tuple[str, str]]:
    yield from key_faults(by, ASKED, MAY_BE_ASKED)
    experiment = experiments.get(by["experiment"])
    if experiment is None:
        yield "experiment", f"'{by['experiment']}' is not in {TABLE}; add a row there or correct the claim"
        return
    row = f"row '{experiment.name}' of {TABLE}"
    if "emotion" in ASKED[by["measure"]] & set(by) and by["emotion"] not in experiment.emotions:
        yield "emotion", f"'{by['emotion']}' is not in column emotions of {row}; add it there or correct the claim"
    if by["measure"] == "pressure" and not experiment.pressure:
        yield "experiment", f"column pressure of {row} is '-'; name two variants there or correct the claim"


def key_faults(
    by: Mapping[str, Any], asked: Mapping[str, set[str]], may_be_asked: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Keys that a measure needs and does not have, or has and says nothing about, each with its fault and remedy."""
    measure, keys = by["measure"], set(by) - {"measure", "experiment"}
    for key in sorted(asked[measure] - keys):
        yield key, f"is missing; the measure {measure} needs {', '.join(sorted(asked[measure]))}"
    for key in sorted(keys - asked[measure] - may_be_asked.get(measure, set())):
        yield key, f"says nothing about the measure {measure}; remove it"
