"""Claims as data: registered beforehand in YAML, judged by their own rule from evidence, never by hand.

A claim has one or more *parts*, each a measured effect with interval and null. Every part gets a verdict; the claim's verdict
follows from those of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import yaml

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.statistics.effects import Effect

REPLICATED, PARTIAL, NOT_REPLICATED = "replicated", "partial", "not replicated"
INCONCLUSIVE, NOT_TESTABLE, NOT_MEASURED = "inconclusive", "not testable", "not yet measured"
VERDICTS = (REPLICATED, PARTIAL, NOT_REPLICATED, INCONCLUSIVE, NOT_TESTABLE, NOT_MEASURED)


class ClaimError(MendableError, ValueError):
    """A claims file is malformed, or evidence does not fit the claims."""


@dataclass(frozen=True)
class Verdict:
    """A verdict and the reason for it in words; `opposite` of a part whose effect lies beyond the null on the other side."""

    verdict: str
    why: str
    opposite: bool = False


def load(
    files: Iterable[str | Path],
    schema_file: str | Path,
    faults: Callable[[dict[str, Any]], Iterable[str]] = lambda entry: (),
) -> dict[str, dict[str, Any]]:
    """Registered claims by id, in the order of the files.

    Args:
        faults: what else is wrong in an entry that fits the schema, such as `experiments.faults`.
    Raises:
        ClaimError: an entry breaks the schema or has faults (file, claim and key are named), or an id occurs twice.
    """
    validator = jsonschema.Draft202012Validator(yaml.safe_load(Path(schema_file).read_text()))
    claims: dict[str, dict[str, Any]] = {}
    for file in files:
        for number, entry in enumerate(_entries(Path(file)), start=1):
            name = entry.get("id", f"entry {number}") if isinstance(entry, dict) else f"entry {number}"
            for error in validator.iter_errors(entry):
                where = ".".join(map(str, error.absolute_path)) or "entry"
                raise ClaimError(f"{file}: {name}: {where}: {error.message}; see {schema_file}")
            names = [part["name"] for part in entry["parts"]]
            if len(set(names)) < len(names):
                raise ClaimError(f"{file}: {name}: two parts have the same name; rename one")
            for fault in faults(entry):
                raise ClaimError(f"{file}: {name}: {fault}")
            if name in claims:
                raise ClaimError(f"{file}: claim {name} is registered twice; give it an id of its own")
            claims[name] = entry
    return claims


def _entries(file: Path) -> list[Any]:
    try:
        entries = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        raise ClaimError(f"{file}: not YAML: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise ClaimError(f"{file}: holds no list of claims; see workflow/claims/README.md")
    return entries


def evidence(
    claim: str, part: str, effect: Effect, *, guard: str = "", unconfirmed: str = "", beside: str = ""
) -> dict[str, Any]:
    """One row of evidence.

    `guard` names a gate or guard that failed, `unconfirmed` says why finite strengths do not confirm a slope; both are empty when
    all is well. `beside` says in words and numbers what stands beside the estimate and is not judged, for instance what simpler
    explanations give.
    """
    texts = {"guard": guard, "unconfirmed": unconfirmed, "beside": beside}
    return {"claim": claim, "part": part, **asdict(effect), **texts}


def untested(claim: str, part: str, gate: str) -> dict[str, Any]:
    """Row of a part that nothing was measured for, because the gate of its readout stayed closed; `gate` says which and how."""
    missing = float("nan")
    nothing = Effect(missing, missing, missing, missing, missing, n=0, of="", unit="", reference=missing)
    return evidence(claim, part, nothing, guard=gate)


def close_unlabelled(claims: Mapping[str, Mapping[str, Any]], rows: pd.DataFrame) -> pd.DataFrame:
    """Evidence of a placebo with the claims closed that no emotion label enters: there the placebo repeats the study."""
    unlabelled = rows["claim"].isin([name for name, claim in claims.items() if claim.get("unlabelled")])
    guard = rows["guard"].mask(
        unlabelled, "no emotion label enters this claim, so permuted labels cannot test its rule"
    )
    return rows.assign(guard=guard)


def judge_part(part: Mapping[str, Any], row: Mapping[str, Any]) -> Verdict:
    """Verdict on one part by its registered thresholds.

    Estimates are turned so that the predicted side is the positive one. Replicated: the interval lies on the predicted side of
    the reference, the estimate exceeds the registered percentile of the null and the registered least size, and finite strengths
    confirm it where it is a slope. Partial: the same without the size or the confirmation. Not replicated: the interval excludes
    the predicted side, or the estimate is inside the null with an interval that excludes the smallest effect of interest.
    Otherwise inconclusive.
    """
    if row["guard"]:
        return Verdict(NOT_TESTABLE, row["guard"])
    sign = -1.0 if part["prediction"] == "negative" else 1.0
    reference = row["reference"]
    estimate, *ends = (sign * (row[key] - reference) for key in ("estimate", "low", "high"))
    low, high = sorted(ends)
    outside_null = row["null_percentile"] > part["null_percentile"]
    predicted_side = low > 0
    if predicted_side and outside_null:
        if row["unconfirmed"]:
            return Verdict(
                PARTIAL, f"on the predicted side and outside the null, but not confirmed: {row['unconfirmed']}"
            )
        if estimate >= part["at_least"]:
            return Verdict(REPLICATED, "on the predicted side, outside the null, large enough")
        return Verdict(
            PARTIAL, f"on the predicted side and outside the null, but below {part['at_least']:g} from the reference"
        )
    if high < 0:
        # Further from the reference than the null reaches; a percentile of a one-sided null would not tell on which side.
        opposite = bool(outside_null and abs(estimate) > abs(row["null_95"] - reference))
        beyond = ", and the effect lies beyond the null on the other one" if opposite else ""
        return Verdict(NOT_REPLICATED, f"the interval excludes the predicted side{beyond}", opposite=opposite)
    if not outside_null and high < part["smallest_effect"]:
        return Verdict(
            NOT_REPLICATED, f"inside the null, and the interval excludes {part['smallest_effect']:g} from the reference"
        )
    reasons = []
    if not outside_null:
        reasons.append("inside the null")
    if not predicted_side:
        reasons.append("the interval reaches the other side")
    return Verdict(INCONCLUSIVE, " and ".join(reasons))


def combine(verdicts: Mapping[str, Verdict]) -> Verdict:
    """Verdict on a claim from those of its parts: all alike, or partial as soon as one part holds at least in part.

    Parts that a gate stopped neither help nor hide the others: what could be tested decides, but never `replicated` alone.
    """
    tested = {verdict.verdict for verdict in verdicts.values() if verdict.verdict != NOT_TESTABLE}
    complete = all(verdict.verdict != NOT_TESTABLE for verdict in verdicts.values())
    why = next(iter(verdicts.values())).why
    if len(verdicts) > 1:
        why = "; ".join(f"{part}: {verdict.verdict}, {verdict.why}" for part, verdict in verdicts.items())
    if not tested:
        return Verdict(NOT_TESTABLE, why)
    if len(tested) == 1 and (complete or REPLICATED not in tested):
        return Verdict(tested.pop(), why)
    return Verdict(PARTIAL if tested & {REPLICATED, PARTIAL} else INCONCLUSIVE, why)


def judge(claims: Mapping[str, Mapping[str, Any]], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge every registered claim for one model.

    Args:
        rows: evidence, one row for each claim and part, with the `step` that brought it.
    Returns:
        Table of claims (with the numbers of the leading part) and table of parts.
    Raises:
        ClaimError: evidence for an unknown claim or part, twice for one part, or for some parts of a claim only.
    """
    _check_evidence(claims, rows)
    judged, parts = [], []
    for name, claim in claims.items():
        measured = rows[rows["claim"] == name].set_index("part")
        if measured.empty:
            judged.append({"claim": name, "verdict": NOT_MEASURED, "why": "no evidence in this study yet"})
            continue
        verdicts = {part["name"]: judge_part(part, measured.loc[part["name"]]) for part in claim["parts"]}
        for part in claim["parts"]:
            row = measured.loc[part["name"]].drop("claim").to_dict()
            facts = {"claim": name, "part": part["name"], **row, "null_95": _null_95(part, row)}
            parts.append(facts | asdict(verdicts[part["name"]]))
        leading = (
            measured.loc[claim["parts"][0]["name"]].drop(["claim", "guard", "unconfirmed", "beside", "step"]).to_dict()
        )
        judged.append({"claim": name, **leading, **asdict(combine(verdicts))})
    numbers = list(Effect.__dataclass_fields__)
    columns = ["claim", *numbers, "verdict", "why"]
    return pd.DataFrame(judged).reindex(columns=columns), pd.DataFrame(parts)


def _null_95(part: Mapping[str, Any], row: Mapping[str, Any]) -> float:
    """How far the null reaches, on the predicted side of the reference: a null on a negative prediction has two sides."""
    return float(2 * row["reference"] - row["null_95"] if part["prediction"] == "negative" else row["null_95"])


def _check_evidence(claims: Mapping[str, Mapping[str, Any]], rows: pd.DataFrame) -> None:
    numbers = ["estimate", "low", "high", "null_percentile"]
    if rows.empty or rows["guard"].isna().any() or rows.loc[rows["guard"] == "", numbers].isna().any(axis=None):
        raise ClaimError(
            "evidence is empty or holds missing values; delete the evidence files of this model and repeat"
        )
    for name, group in rows.groupby("claim"):
        if name not in claims:
            raise ClaimError(f"evidence for claim {name}, which is not registered; add it to workflow/claims/")
        registered = [part["name"] for part in claims[str(name)]["parts"]]
        if sorted(group["part"]) != sorted(registered):
            raise ClaimError(
                f"claim {name} is registered with parts {registered} but measured as {sorted(group['part'])}"
            )


def measured_share_replicated(judged: pd.DataFrame) -> tuple[int, int]:
    """Number of claims judged `replicated` and number of claims tested; under permuted labels the first must be small."""
    measured = judged[~judged["verdict"].isin((NOT_MEASURED, NOT_TESTABLE))]
    return int((measured["verdict"] == REPLICATED).sum()), len(measured)


NUMBER_KEYS = ("estimate", "low", "high", "null_percentile", "n", "unit", "verdict", "why")


def mark_missing(judged: pd.DataFrame) -> pd.DataFrame:
    """Rename the columns of numbers and units, which are empty where nothing was measured, to say so."""
    return judged.rename(columns={name: f"{name}_or_missing" for name in Effect.__dataclass_fields__})


def to_reference(judged: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Claims of one model in the form of the reference files; numbers of claims not measured are null."""
    return {row["claim"]: _without_nan(row, NUMBER_KEYS) for row in unmark(judged).to_dict("records")}


def parts_by_name(parts: pd.DataFrame) -> dict[str, dict[str, dict[str, Any]]]:
    """Parts of one model: claim -> part -> numbers, reference value, 95th percentile of the null and verdict."""
    keys = (*NUMBER_KEYS, "reference", "null_95", "of", "beside", "step", "opposite")
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in unmark(parts).to_dict("records"):
        found.setdefault(row["claim"], {})[row["part"]] = _without_nan(row, keys)
    return found


def unmark(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the names of its columns as they were before `mark_missing`."""
    return table.rename(columns=lambda name: name.removesuffix("_or_missing"))


def _without_nan(row: Mapping[Any, Any], keys: Sequence[str]) -> dict[str, Any]:
    found = {key: None if pd.isna(row[key]) else row[key] for key in keys}
    return found | ({"n": int(found["n"])} if found["n"] is not None else {})
