"""The table of acts, and what a row of it or a claim may ask for.

A row of `workflow/acts.tsv` names two sides of a set, or two tones, and the contexts between which the same replies are compared: in
one of them the act is the act, in the other the same words are none. The readout is in nats per reply (readout `acts` of the design).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.experiments import ExperimentError, key_faults, requests, rows_of_table
from emotion_vectors.stimuli.files import PathLike

TABLE = "workflow/acts.tsv"
SLOPE, DOSE, CURVATURE = "act_slope", "act_dose", "act_curvature"
TOLD_FEELINGS, SPREAD, GRADED, READING = "act_told", "act_spread", "act_graded", "act_reading"
JOINED = " + "
"""Measures that need finite strengths."""
ASKED: dict[str, set[str]] = {
    SLOPE: {"emotions"},
    TOLD_FEELINGS: set(),
    SPREAD: set(),
    GRADED: set(),
    READING: {"emotion"},
    DOSE: {"emotion", "strength"},
    CURVATURE: {"emotion"},
}
"""What a claim says beside the act, by measure."""
SECOND_REGISTRATION = 2
MAY_BE_ASKED: dict[str, set[str]] = {SLOPE: {"turned"}, GRADED: {"where_read"}}
CONTEXT, ORDER = "context", "order"
"""What moves a readout: a context in which the act is one, or an order alone."""
FIRST, SECOND = "first", "second"
"""Hands that wrote the items; those of the second are reported apart."""


@dataclass(frozen=True)
class Act:
    """One row of the table of acts; columns are described in its schema."""

    name: str
    items: str
    target: str
    alternative: str
    acted: str
    control: str
    plain: str
    mention: str
    mention_from: str
    moved_by: str
    grades: tuple[str, ...]
    orders: str
    emotions: tuple[str, ...]

    def error(self, column: str, reason: str, remedy: str) -> ExperimentError:
        """What is wrong in a column of this row, and how to mend it."""
        return ExperimentError(f"{TABLE}, row '{self.name}', column {column}: {reason}; {remedy}")


def load_acts(table_file: PathLike, schema_file: PathLike) -> dict[str, Act]:
    """Acts by name, in the order of the table.

    Raises:
        ExperimentError: a row has too few or too many columns, a cell is empty or breaks the schema, a name occurs twice, or the two
            contexts that are compared are one.
    """
    acts: dict[str, Act] = {}
    for where, values in rows_of_table(table_file, schema_file, fields(Act)):
        act = Act(**values)
        if act.name in acts:
            raise ExperimentError(f"{where}, column name: '{act.name}' occurs twice; rename one")
        if act.acted == act.control:
            raise act.error("control", f"'{act.control}' is also the context of the act", "name the other one")
        acts[act.name] = act
    return acts


def files_of(folder: PathLike, items: str) -> dict[str, Path]:
    """The files of a set, by the hand that wrote them."""
    return {FIRST: Path(folder, f"{items}.jsonl"), SECOND: Path(folder, SECOND, f"{items}.jsonl")}


def check_acts(acts: Mapping[str, Act], folder: PathLike, emotions: Collection[str], orders: Collection[str]) -> None:
    """Every set that a row names is there by both hands, and so are its orders and emotions.

    Args:
        folder: of the sets. emotions: those that have vectors. orders: keys of the file of orders.
    Raises:
        ExperimentError: something is not there (row and column are named).
    """
    for act in acts.values():
        for file in files_of(folder, act.items).values():
            if not file.is_file():
                raise act.error("items", f"no file {file}", "write it, as the README there says, or correct the row")
        if act.orders not in orders:
            raise act.error("orders", f"no orders for '{act.orders}'", f"write them to {folder}/orders.yaml")
        if unknown := sorted(set(act.emotions) - set(emotions)):
            raise act.error(
                "emotions", f"no vector is made for {', '.join(unknown)}", "name emotions of the table of norms"
            )


def claim_faults(claim: Mapping[str, Any], acts: Mapping[str, Act], strengths: Sequence[float]) -> Iterator[str]:
    """What a claim asks of these acts that cannot be measured: key, fault and remedy of each.

    Args:
        strengths: finite ones, of which both signs are tried.
    """
    of_acts = [(number, by) for _, number, by in requests({claim.get("id", ""): claim}) if by["measure"] in ASKED]
    if of_acts and claim.get("registration") != SECOND_REGISTRATION:
        yield f"registration: is missing; acts are judged by the rules of the second one: write {SECOND_REGISTRATION}"
    for number, by in of_acts:
        for key, fault in _faults(by, acts, strengths):
            yield f"parts.{number}.measured_by.{key}: {fault}"


def _faults(by: Mapping[str, Any], acts: Mapping[str, Act], strengths: Sequence[float]) -> Iterator[tuple[str, str]]:
    yield from key_faults(by, ASKED, MAY_BE_ASKED)
    act = acts.get(by["experiment"])
    if act is None:
        yield "experiment", f"'{by['experiment']}' is not in {TABLE}; add a row there or correct the claim"
        return
    row = f"row '{act.name}' of {TABLE}"
    asked = [by["emotion"]] if "emotion" in by else by.get("emotions", [])
    if unknown := [emotion for emotion in asked if emotion not in act.emotions]:
        yield (
            "emotion" if "emotion" in by else "emotions",
            f"{', '.join(unknown)} not in column emotions of {row}; add it there or correct the claim",
        )
    if "strength" in by and abs(by["strength"]) not in strengths:
        yield (
            "strength",
            f"{by['strength']:g} is not tried; use one of acts.strengths of the configuration, with either sign",
        )
    if by["measure"] in (GRADED, READING) and not act.grades:
        yield "experiment", f"column grades of {row} is '-'; name contexts there or correct the claim"


def dosed_emotions(claims: Mapping[str, Mapping[str, Any]], act: Act) -> list[str]:
    """Emotions that claims want to see at finite strengths on an act."""
    asked = [by for _, _, by in requests(claims) if by["experiment"] == act.name]
    return list(dict.fromkeys(by["emotion"] for by in asked if by["measure"] in (CURVATURE, DOSE)))


def joint_emotions(claims: Mapping[str, Mapping[str, Any]], act: Act) -> list[list[str]]:
    """Emotions of which claims want to see the sum on an act, beside each alone."""
    asked = [by.get("emotions", []) for _, _, by in requests(claims) if by["experiment"] == act.name]
    return [list(emotions) for emotions in dict.fromkeys(map(tuple, asked)) if len(emotions) > 1]


def told_acts(claims: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Acts that claims want to see while the model is told what it feels."""
    return list(dict.fromkeys(by["experiment"] for _, _, by in requests(claims) if by["measure"] == TOLD_FEELINGS))


def called(emotions: Sequence[str]) -> str:
    """Name of a direction: an emotion, or the sum of several."""
    return JOINED.join(emotions)
