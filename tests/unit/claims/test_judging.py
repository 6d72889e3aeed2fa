"""Verdicts by the registered rule, on parts and on claims."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_vectors.claims import judging, records
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.judging import (
    INCONCLUSIVE,
    NOT_MEASURED,
    NOT_REPLICATED,
    NOT_TESTABLE,
    PARTIAL,
    REPLICATED,
    Verdict,
)
from emotion_vectors.statistics.effects import Effect

PART = {"name": "slope", "prediction": "positive", "at_least": 0.4, "smallest_effect": 0.2, "null_percentile": 95}
EFFECT = Effect(estimate=0.6, low=0.3, high=0.9, null_percentile=99.0, null_95=0.1, n=20, of="items", unit="nats")


def claim(name: str = "A01", *parts: str) -> dict:
    return {
        **{"id": name, "paper": "someone2026", "place": "section 1", "statement": "Steering changes the reading."},
        **{"original": "qualitative", "metric": "Slope of the reading", "readout": "reading", "tier": "default"},
        "parts": [{**PART, "name": part} for part in parts or ("slope",)],
        "registered": "2026-11-21",
    }


def measured(**changes) -> dict:
    guard = changes.pop("guard", "")
    return evidence_row("A01", "slope", replace(EFFECT, **changes), guard=guard)


def mirrored(row: dict) -> dict:
    return {**row, **{key: -row[key] for key in ("estimate", "low", "high", "reference", "null_95")}}


def opposite(part: dict) -> dict:
    return {**part, "prediction": "positive" if part["prediction"] == "negative" else "negative"}


# One part ----------------------------------------------------------------------------------------------------------

OUTSIDE, INSIDE = 99.0, 40.0
"""Percentiles in the null."""


def measures(estimate: float, low: float, high: float, null_percentile: float = OUTSIDE) -> dict[str, float]:
    return {"estimate": estimate, "low": low, "high": high, "null_percentile": null_percentile}


BRANCHES = {
    "all conditions hold": ({}, REPLICATED, "large enough"),
    "exactly the least size": ({"estimate": 0.4}, REPLICATED, "large enough"),
    "too small": ({"estimate": 0.39}, PARTIAL, "below 0.4"),
    "other side": (measures(-0.6, -0.9, -0.3), NOT_REPLICATED, "excludes the predicted side"),
    "other side, inside the null": (measures(-0.6, -0.9, -0.3, INSIDE), NOT_REPLICATED, "predicted side"),
    "no effect, narrow": (measures(0.0, -0.1, 0.1, INSIDE), NOT_REPLICATED, "excludes 0.2"),
    "no effect, wide": (measures(0.0, -0.3, 0.3, INSIDE), INCONCLUSIVE, "inside the null and the"),
    "right side, inside the null": ({"null_percentile": 95.0}, INCONCLUSIVE, "inside the null"),
    "outside the null, wide": ({"low": -0.1}, INCONCLUSIVE, "reaches the other side"),
    "interval ends at the reference": ({"low": 0.0}, INCONCLUSIVE, "reaches the other side"),
    "outside the null, narrow, both sides": (measures(0.05, -0.01, 0.1), INCONCLUSIVE, "reaches the other side"),
    "guard, whatever the numbers": ({"guard": "baseline below 5 %"}, NOT_TESTABLE, "baseline below 5 %"),
}


@pytest.mark.parametrize("prediction", ["positive", "negative"])
@pytest.mark.parametrize("branch", BRANCHES)
def test_verdict_on_a_part(branch: str, prediction: str):
    changes, verdict, why = BRANCHES[branch]
    row, part = measured(**changes), dict(PART)
    if prediction == "negative":
        row, part = mirrored(row), opposite(part)
        row["low"], row["high"] = row["high"], row["low"]
    judged = judging.judge_part(part, row)
    assert judged.verdict == verdict
    assert why in judged.why


@pytest.mark.parametrize(
    ("low", "by_first", "by_second"),
    [
        (0.01, NOT_REPLICATED, INCONCLUSIVE),
        (0.0, NOT_REPLICATED, NOT_REPLICATED),
        (-0.1, NOT_REPLICATED, NOT_REPLICATED),
    ],
)
def test_an_interval_on_the_predicted_side_is_never_not_replicated_by_the_second_registration(
    low: float, by_first: str, by_second: str
):
    small = measured(estimate=0.05, low=low, high=0.1, null_percentile=40.0)
    assert judging.judge_part(PART, small).verdict == by_first
    assert judging.judge_part(PART, small, registration=2).verdict == by_second


def test_sizes_are_counted_from_the_reference_value():
    part = {**PART, "at_least": 0.3, "smallest_effect": 0.05}
    accuracy = measured(estimate=0.45, low=0.4, high=0.5, reference=0.2)
    assert judging.judge_part(part, accuracy).verdict == PARTIAL
    assert judging.judge_part(part, {**accuracy, "reference": 0.1}).verdict == REPLICATED
    assert judging.judge_part(part, {**accuracy, "reference": 0.6}).verdict == NOT_REPLICATED
    inside = {**accuracy, "null_percentile": 50.0}
    assert judging.judge_part(part, {**inside, "reference": 0.46}).verdict == NOT_REPLICATED
    assert judging.judge_part(part, {**inside, "reference": 0.44}).verdict == INCONCLUSIVE


numbers = st.floats(-10, 10)
percentiles = st.floats(0, 100)


@st.composite
def parts(draw) -> dict:
    return {
        "name": "slope",
        "prediction": draw(st.sampled_from(["positive", "negative"])),
        "at_least": draw(st.floats(0, 5)),
        "smallest_effect": draw(st.floats(0.001, 5)),
        "null_percentile": draw(st.floats(50, 100)),
    }


@st.composite
def rows(draw) -> dict:
    low, estimate, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return measured(
        estimate=estimate,
        low=low,
        high=high,
        reference=draw(numbers),
        null_percentile=draw(percentiles),
        guard=draw(st.sampled_from(["", "incoherent"])),
    )


@given(part=parts(), row=rows(), share=st.floats(0, 1))
def test_never_replicated_when_the_interval_holds_the_reference(part: dict, row: dict, share: float):
    row["reference"] = min(max(row["low"] + share * (row["high"] - row["low"]), row["low"]), row["high"])
    assert judging.judge_part(part, row).verdict not in {REPLICATED, PARTIAL}


@given(part=parts(), row=rows())
def test_mirrored_evidence_and_prediction_give_the_same_verdict(part: dict, row: dict):
    expected = judging.judge_part(part, row)
    turned = mirrored(row)
    assert judging.judge_part(opposite(part), turned) == expected
    turned["low"], turned["high"] = turned["high"], turned["low"]
    assert judging.judge_part(opposite(part), turned) == expected


@given(part=parts(), row=rows())
def test_every_verdict_is_registered_and_reasoned(part: dict, row: dict):
    judged = judging.judge_part(part, row)
    assert judged.verdict in set(judging.VERDICTS) - {NOT_MEASURED}
    assert judged.why


# All parts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        *(([kind, kind], kind) for kind in (REPLICATED, PARTIAL, NOT_REPLICATED, INCONCLUSIVE, NOT_TESTABLE)),
        ([REPLICATED, PARTIAL], PARTIAL),
        ([REPLICATED, NOT_REPLICATED], PARTIAL),
        ([REPLICATED, NOT_TESTABLE], PARTIAL),
        ([PARTIAL, NOT_REPLICATED], PARTIAL),
        ([PARTIAL, INCONCLUSIVE], PARTIAL),
        ([NOT_REPLICATED, INCONCLUSIVE], INCONCLUSIVE),
        ([PARTIAL, NOT_TESTABLE], PARTIAL),
        ([NOT_REPLICATED, NOT_TESTABLE], NOT_REPLICATED),
        ([INCONCLUSIVE, NOT_TESTABLE], INCONCLUSIVE),
        ([REPLICATED, REPLICATED, NOT_TESTABLE], PARTIAL),
        ([REPLICATED, NOT_REPLICATED, NOT_TESTABLE], PARTIAL),
        ([NOT_REPLICATED, NOT_TESTABLE, NOT_TESTABLE], NOT_REPLICATED),
        ([NOT_REPLICATED, INCONCLUSIVE, NOT_TESTABLE], INCONCLUSIVE),
        ([REPLICATED, NOT_REPLICATED, INCONCLUSIVE], PARTIAL),
    ],
)
def test_verdict_on_a_claim(kinds: list[str], expected: str):
    verdicts = {f"part {number}": Verdict(kind, f"reason {number}") for number, kind in enumerate(kinds)}
    for order in itertools.permutations(verdicts):
        judged = judging.combine({name: verdicts[name] for name in order})
        assert judged.verdict == expected
        assert judged.why == "; ".join(f"{name}: {verdicts[name].verdict}, {verdicts[name].why}" for name in order)


@pytest.mark.parametrize("kind", [REPLICATED, PARTIAL, NOT_REPLICATED, INCONCLUSIVE, NOT_TESTABLE])
def test_a_single_part_gives_its_verdict_and_reason(kind: str):
    assert judging.combine({"slope": Verdict(kind, "too small")}) == Verdict(kind, "too small")


@given(kinds=st.lists(st.sampled_from(sorted(set(judging.VERDICTS) - {NOT_MEASURED})), min_size=1, max_size=5))
def test_a_claim_is_replicated_only_when_every_part_is(kinds: list[str]):
    judged = judging.combine({f"part {number}": Verdict(kind, "reason") for number, kind in enumerate(kinds)})
    assert (judged.verdict == REPLICATED) == (set(kinds) == {REPLICATED})
    assert (judged.verdict == NOT_TESTABLE) == (set(kinds) == {NOT_TESTABLE})


def test_judge_gives_numbers_of_the_leading_part_and_all_parts():
    registered = {"A01": claim("A01", "first", "second"), "A02": claim("A02")}
    second = replace(EFFECT, estimate=-0.6, low=-0.9, high=-0.3)
    evidence = pd.DataFrame([evidence_row("A01", "second", second), evidence_row("A01", "first", EFFECT)])
    judged, judged_parts = judging.judge(registered, evidence.assign(step="steer_feels"))
    judged = judged.set_index("claim")
    assert judged.loc["A01", ["estimate", "low", "high", "verdict"]].tolist() == [0.6, 0.3, 0.9, PARTIAL]
    assert judged.loc["A02", "verdict"] == NOT_MEASURED
    assert judged_parts[["part", "verdict"]].values.tolist() == [["first", REPLICATED], ["second", NOT_REPLICATED]]
    assert judging.measured_share_replicated(judged.reset_index(), judged_parts) == (0, 1)
    reference = records.claim_records(judged.reset_index())
    assert reference["A02"]["estimate"] is None
    assert reference["A01"]["verdict"] == PARTIAL


def test_an_effect_beyond_the_null_on_the_other_side_says_so():
    row = evidence_row("A01", "slope", replace(EFFECT, estimate=-0.6, low=-0.9, high=-0.3))
    beyond = judging.judge_part(PART, row)
    assert (beyond.verdict, beyond.opposite) == (NOT_REPLICATED, True)
    assert beyond.why.endswith("the effect lies beyond the null on the other one")
    inside = judging.judge_part(PART, row | {"null_percentile": 40.0})
    assert inside.verdict == NOT_REPLICATED
    assert not inside.opposite
    assert inside.why == "the interval excludes the predicted side"
    assert not judging.judge_part(PART, evidence_row("A01", "slope", EFFECT)).opposite


def test_a_null_short_of_the_reference_makes_no_opposite_effect():
    """Beyond every value of a one-sided null on the side of the claim, and yet below the value it is counted from."""
    numbers = {"estimate": 0.44, "low": 0.40, "high": 0.46, "reference": 0.5, "null_percentile": 100.0, "null_95": 0.32}
    found = judging.judge_part(PART, evidence_row("A01", "slope", replace(EFFECT, **numbers)))
    assert (found.verdict, found.opposite) == (NOT_REPLICATED, False)


def test_the_reach_of_a_null_is_given_on_the_predicted_side():
    registered = {"A01": claim() | {"parts": [opposite(PART)]}}
    row = evidence_row("A01", "slope", replace(EFFECT, estimate=0.07, low=0.06, high=0.08, reference=1.0, null_95=1.2))
    _, judged = judging.judge(registered, pd.DataFrame([row]).assign(step="one"))
    assert judged["null_95"].item() == pytest.approx(0.8)
