"""Verdicts: every part of a claim is judged by its registered thresholds, and a claim by its parts; never by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from emotion_vectors.claims import evidence as evidence_rows
from emotion_vectors.statistics.effects import Effect

Row = Mapping[str, Any]

REPLICATED, PARTIAL, NOT_REPLICATED = "replicated", "partial", "not replicated"
INCONCLUSIVE, NOT_TESTABLE, NOT_MEASURED = "inconclusive", "not testable", "not yet measured"
DESCRIPTIVE = "descriptive"
"""Of claims that are described and never judged."""
OF_ORDERS = "directions of the order"
"""Heads the reason of a verdict on directions made of orders where the model does not follow these."""
FIRST_REGISTRATION = 1
"""Of claims that name no other one."""
VERDICTS = (REPLICATED, PARTIAL, NOT_REPLICATED, INCONCLUSIVE, NOT_TESTABLE, DESCRIPTIVE, NOT_MEASURED)
STOPPED = (NOT_TESTABLE, NOT_MEASURED, DESCRIPTIVE)
"""Verdicts on what could not be judged, whatever its numbers."""
NOTHING_FOUND = (NOT_REPLICATED, INCONCLUSIVE)
"""Verdicts on what was measured and not found, beside which stands how large an effect would have been."""


@dataclass(frozen=True)
class Verdict:
    """A verdict and the reason for it in words; `opposite` of a part whose effect lies beyond the null on the other side."""

    verdict: str
    why: str
    opposite: bool = False


def judge_part(part: Row, row: Row, registration: int = FIRST_REGISTRATION) -> Verdict:
    """Verdict on one part by its registered thresholds.

    Estimates are turned so that the predicted side is the positive one. Replicated: the interval lies on the predicted side of
    the reference, the estimate exceeds the registered percentile of the null and the registered least size, and finite strengths
    confirm it where it is a slope. Partial: the same without the size or the confirmation. Not replicated: the interval excludes
    the predicted side, or the estimate is inside the null with an interval that excludes the smallest effect of interest.
    In the second registration an interval on the predicted side is never not replicated. Otherwise inconclusive.
    """
    if row["guard"]:
        return Verdict(NOT_TESTABLE, row["guard"])
    sign = -1.0 if part["prediction"] == "negative" else 1.0
    estimate, *ends = (sign * (row[key] - row["reference"]) for key in ("estimate", "low", "high"))
    low, high = sorted(ends)
    outside_null = bool(row["null_percentile"] > part["null_percentile"])
    if low > 0 and outside_null:
        return _on_the_predicted_side(part, estimate, row["unconfirmed"])
    if high < 0:
        # Further from the reference than the null reaches; a percentile of a one-sided null would not tell on which side.
        opposite = bool(outside_null and abs(estimate) > abs(row["null_95"] - row["reference"]))
        beyond = ", and the effect lies beyond the null on the other one" if opposite else ""
        return Verdict(NOT_REPLICATED, f"the interval excludes the predicted side{beyond}", opposite=opposite)
    small = high < part["smallest_effect"] and (low <= 0 or registration == FIRST_REGISTRATION)
    if not outside_null and small:
        return Verdict(
            NOT_REPLICATED, f"inside the null, and the interval excludes {part['smallest_effect']:g} from the reference"
        )
    reasons = {"inside the null": not outside_null, "the interval reaches the other side": low <= 0}
    return Verdict(INCONCLUSIVE, " and ".join(reason for reason, holds in reasons.items() if holds))


def _on_the_predicted_side(part: Row, estimate: float, unconfirmed: str) -> Verdict:
    """Verdict on a part whose interval lies on the predicted side, with the estimate outside the null."""
    if unconfirmed:
        return Verdict(PARTIAL, f"on the predicted side and outside the null, {NOT_CONFIRMED}{unconfirmed}")
    if estimate >= part["at_least"]:
        return Verdict(REPLICATED, "on the predicted side, outside the null, large enough")
    return Verdict(
        PARTIAL, f"on the predicted side and outside the null, but below {part['at_least']:g} from the reference"
    )


NOT_CONFIRMED = "but not confirmed: "


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


def verdict_on(claim: Row, part: Row, row: Row) -> Verdict:
    """Verdict on one part of a claim, which may be one that is described and never judged."""
    if claim.get("descriptive"):
        return Verdict(DESCRIPTIVE, "described, not judged")
    return judge_part(part, row, claim.get("registration", FIRST_REGISTRATION))


def headed(claim: Row, verdict: Verdict, ignored_orders: str) -> Verdict:
    """A verdict whose reason says that it is about orders, where the claim is and the model does not follow them.

    Args:
        ignored_orders: by what it is seen that the model does not voice the emotion it is told to; empty where it does.
    """
    if not (ignored_orders and claim.get("directions_of_orders")):
        return verdict
    return replace(verdict, why=f"{OF_ORDERS} ({ignored_orders}): {verdict.why}")


def judge(claims: Mapping[str, Row], rows: pd.DataFrame, ignored_orders: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge every registered claim for one model.

    Args:
        rows: evidence, one row for each claim and part, with the `step` that brought it.
        ignored_orders: see `headed`.
    Returns:
        Table of claims (with the numbers of the leading part) and table of parts.
    Raises:
        ClaimError: evidence for an unknown claim or part, twice for one part, or for some parts of a claim only.
    """
    evidence_rows.check(claims, rows)
    numbers = list(Effect.__dataclass_fields__)
    judged, parts = [], []
    for name, claim in claims.items():
        measured = rows[rows["claim"] == name].set_index("part").drop(columns="claim")
        if measured.empty:
            judged.append({"claim": name, "verdict": NOT_MEASURED, "why": "no evidence in this study yet"})
            continue
        verdicts = {part["name"]: verdict_on(claim, part, measured.loc[part["name"]]) for part in claim["parts"]}
        for part in claim["parts"]:
            row = measured.loc[part["name"]].to_dict()
            facts = {"claim": name, "part": part["name"], **row, "null_95": _null_95(part, row)}
            parts.append(facts | asdict(headed(claim, verdicts[part["name"]], ignored_orders)))
        leading = measured.loc[claim["parts"][0]["name"], numbers].to_dict()
        judged.append({"claim": name, **leading, **asdict(headed(claim, combine(verdicts), ignored_orders))})
    return pd.DataFrame(judged).reindex(columns=["claim", *numbers, "verdict", "why"]), pd.DataFrame(parts)


def _null_95(part: Row, row: Row) -> float:
    """How far the null reaches, on the predicted side of the reference: a null on a negative prediction has two sides."""
    return float(2 * row["reference"] - row["null_95"] if part["prediction"] == "negative" else row["null_95"])


def measured_share_replicated(judged: pd.DataFrame, parts: pd.DataFrame) -> tuple[int, int]:
    """Number of claims judged `replicated` and number of those that could be; under permuted labels the first must be small.

    A claim with a part that could not be judged cannot be replicated, and is left out.
    """
    stopped = parts.loc[parts["verdict"].isin(STOPPED), "claim"]
    measured = judged[~judged["verdict"].isin(STOPPED) & ~judged["claim"].isin(stopped)]
    return int((measured["verdict"] == REPLICATED).sum()), len(measured)
