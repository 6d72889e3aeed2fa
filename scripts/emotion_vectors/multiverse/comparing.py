"""Verdicts under other choices beside the registered ones: what stays as it is, claim by claim and part by part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from emotion_vectors.claims import nonmodels
from emotion_vectors.claims.judging import NOT_TESTABLE, STOPPED, Row, Verdict, combine, verdict_on
from emotion_vectors.claims.registry import superseded_by
from emotion_vectors.multiverse.choices import (
    ANALYSIS,
    FLOAT32,
    PRECISION,
    REGISTERED,
    THRESHOLD,
    THRESHOLDS,
    Threshold,
    analyses,
)
from emotion_vectors.placebos.counting import WHOLE
from emotion_vectors.statistics.wording import listing, number

Key = tuple[str, str, str]
"""Model, claim and part; the part is empty for the whole claim."""
NOT_THERE = Verdict(NOT_TESTABLE, "not measured under this choice")
"""Of a part for which a model would have to run again: the claim is not judged as if it had fewer parts."""
NUMBERS = ("estimate", "low", "high", "null_percentile")
COLUMNS = ["model", "claim", "part", "choice", "kind", "registered", "verdict", "varied", "unchanged"]
"""Of the table, before `in_force`: whether no measured claim of a later registration takes the place of this one."""
NOT_RUN = "not run yet"


@dataclass(frozen=True)
class VerdictPair:
    """Verdicts by the study's own choices and by another one; touched: what the other choice can have changed."""

    choice: str
    kind: str
    registered: Mapping[Key, str]
    other: Mapping[Key, str]
    touched: Collection[Key]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of the table, of what has a verdict by both choices.

        Varied is what was judged by either choice and could have another verdict by it.
        """
        for key, verdict in self.registered.items():
            if key not in self.other:
                continue
            varied = key in self.touched and not {verdict, self.other[key]} <= {*STOPPED}
            yield (
                *key,
                self.choice,
                self.kind,
                verdict,
                self.other[key],
                varied,
                varied and verdict == self.other[key],
            )


def verdicts(claims: Mapping[str, Row], study: Mapping[str, Any]) -> dict[Key, str]:
    """Verdicts on claims and parts of a study by the rules of these claims, from the numbers that it holds.

    Args:
        claims: registered claims, with the thresholds to judge by; study: content of claims.json or of a reference file.
    """
    said: dict[Key, str] = {}
    for model, by_claim in study["parts"].items():
        entered = study.get("nonmodels", {}).get(model, {})
        for claim, rows in by_claim.items():
            entry = claims[claim]
            parts = {
                part["name"]: verdict_on(entry, part, rows[part["name"]])
                for part in entry["parts"]
                if part["name"] in rows
            }
            lacking = {part["name"]: NOT_THERE for part in entry["parts"] if part["name"] not in rows}
            whole = nonmodels.capped(combine(parts | lacking), nonmodels.passing(entry, entered.get(claim, {})))
            said[model, claim, WHOLE] = whole.verdict
            said |= {(model, claim, part): verdict.verdict for part, verdict in parts.items()}
    return said


def by_threshold(name: str, threshold: Threshold, claims: Mapping[str, Row], study: Mapping[str, Any]) -> VerdictPair:
    """Verdicts by the registered thresholds and by others; touched is what thresholds on this side can change, however far they lie.

    Verdicts move one way with every threshold, so that the farthest one tells. Only a cap by non-models moves against the rule of its
    claim; what the threshold itself changes is counted in any case.
    """
    registered = verdicts(claims, study)
    other, farthest = (verdicts(others.of(claims), study) for others in (threshold, threshold.without_end()))
    can_change = {key for key, verdict in registered.items() if {other[key], farthest[key]} != {verdict}}
    return VerdictPair(name, THRESHOLD, registered, other, can_change)


def touched(base: Mapping[str, Any], other: Mapping[str, Any]) -> set[Key]:
    """Parts whose numbers or gates differ between two studies, and claims with such a part."""
    keys: set[Key] = set()
    for model, by_claim in base["parts"].items():
        for claim, rows in by_claim.items():
            others = other["parts"].get(model, {}).get(claim, {})
            changed = {part for part, row in rows.items() if part in others and _differ(row, others[part])}
            keys |= {(model, claim, part) for part in changed} | ({(model, claim, WHOLE)} if changed else set())
    return keys


def _differ(row: Row, other: Row) -> bool:
    return any(row[key] != other[key] for key in (*NUMBERS, "guard"))


def compare(
    claims: Mapping[str, Row], study: Mapping[str, Any], analysed: Mapping[str, Any], exact: Mapping[str, Any]
) -> pd.DataFrame:
    """Table of all choices that could be judged: columns `COLUMNS` and `in_force`, one row a model, claim, part and choice.

    Args:
        study: content of its claims.json; analysed: the same by choice of the analysis, the study's own among them, or nothing;
        exact: reference of the same study in float32, empty where there is none or it ran in float32 itself.
    """
    compared = [by_threshold(name, threshold, claims, study) for name, threshold in THRESHOLDS.items()]
    if base := analysed.get(REGISTERED):
        of_base = verdicts(claims, base)
        compared += [
            VerdictPair(name.replace("_", " "), ANALYSIS, of_base, verdicts(claims, content), touched(base, content))
            for name, content in analysed.items()
            if name != REGISTERED
        ]
    if exact:
        compared.append(
            VerdictPair(FLOAT32, PRECISION, verdicts(claims, study), verdicts(claims, exact), touched(study, exact))
        )
    table = pd.DataFrame([row for pair in compared for row in pair.rows()], columns=COLUMNS)
    measured = {claim for by_claim in study["parts"].values() for claim in by_claim}
    return table.assign(in_force=[superseded_by(claim, measured) is None for claim in table["claim"]])


def whole_claims(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table on whole claims that no measured one of a later registration replaces."""
    return table[(table["part"] == WHOLE) & table["in_force"]]


def shares(whole: pd.DataFrame, by: str) -> dict[str, tuple[int, int]]:
    """Verdicts that stay as they are, and all that could change, by a column; without a row where none could.

    Args:
        whole: as `whole_claims` gives it.
    """
    varied = whole[whole["varied"]]
    return {str(name): (int(group["unchanged"].sum()), len(group)) for name, group in varied.groupby(by, sort=False)}


def in_words(table: pd.DataFrame) -> str:
    """How many verdicts on claims each choice leaves as they are, of those that it could change, and which choices were not judged."""
    counted, judged = shares(whole_claims(table), "choice"), {*table["choice"]}
    known = [name for name in analyses(0, 0) if name != REGISTERED]
    said, left_out = [], []
    for name in (*THRESHOLDS, *(name.replace("_", " ") for name in known), FLOAT32):
        if name in judged:
            said.append(f"{_out_of(*counted.get(name, (0, 0)))} ({name})")
        else:
            left_out.append(name)
    return listing(said) + (f"; {NOT_RUN}: {listing(left_out)}" if left_out else "") + _analysed_alone(table)


def _analysed_alone(table: pd.DataFrame) -> str:
    """On which models choices of the analysis were judged, where some have published tables alone; nothing where it was on all or none."""
    analysed = list(dict.fromkeys(table.loc[table["kind"] == ANALYSIS, "model"]))
    complete = not analysed or {*analysed} == {*table["model"]}
    return "" if complete else f"; choices of the analysis on {listing(analysed)} alone"


def changed(table: pd.DataFrame) -> str:
    """Claims whose verdict half or twice the size changes on any model."""
    sized = [name for name, threshold in THRESHOLDS.items() if threshold.size != 1]
    whole = whole_claims(table)
    rows = whole[whole["choice"].isin(sized) & whole["varied"] & ~whole["unchanged"]]
    return listing(sorted(set(map(str, rows["claim"])))) if len(rows) else "none"


def _out_of(unchanged: int, varied: int) -> str:
    return f"{number(unchanged, 0)} of {number(varied, 0)}"
