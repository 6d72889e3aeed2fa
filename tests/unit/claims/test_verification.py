"""Verification can fail: every number and every verdict of the committed references, changed alone, is found out and named."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emotion_vectors.claims import registry, verification
from emotion_vectors.claims.judging import NOT_MEASURED, NOT_REPLICATED, NOT_TESTABLE, REPLICATED

WORKFLOW = Path(__file__).parents[3] / "workflow"
TIERS = ("quick", "default", "placebo")


@pytest.fixture(scope="module")
def registered() -> dict[str, dict]:
    return registry.load(sorted((WORKFLOW / "claims").glob("*.yaml")), WORKFLOW / "schemas/claim.schema.yaml")


@pytest.fixture(scope="module", params=TIERS)
def reference(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A committed reference; not to be changed."""
    return json.loads((WORKFLOW / f"reference/{request.param}.json").read_text())


Named = tuple[str, str, str]


def rows_of(content: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Model, name and numbers of every claim and part, and of what is no model, to be changed in place."""
    for model, claims in content["claims"].items():
        yield from ((model, claim, row) for claim, row in claims.items())
    for model, claims in content["parts"].items():
        yield from ((model, f"{claim} {part}", row) for claim, parts in claims.items() for part, row in parts.items())
    for model, claims in content.get("nonmodels", {}).items():
        for claim, entered in claims.items():
            for nonmodel, parts in entered.items():
                yield from ((model, f"{claim} {nonmodel}: {part}", row) for part, row in parts.items())


def changed(content: dict[str, Any], key: str, change: Callable[[Any], Any]) -> tuple[dict[str, Any], set[Named]]:
    """A run in which one key of every row is changed, and which values that really changed."""
    run, names = copy.deepcopy(content), set()
    for model, name, row in rows_of(run):
        if row.get(key) is not None and change(row[key]) != row[key]:
            row[key] = change(row[key])
            names.add((model, name, key))
    return run, names


def named(reference: dict[str, Any], run: dict[str, Any], registered: dict[str, dict]) -> set[Named]:
    found = verification.compare(reference, run, registered)
    return {(each.model, each.claim, each.key) for each in found.differences}


def test_a_reference_agrees_with_itself(reference, registered):
    found = verification.compare(reference, reference, registered)
    assert found.agrees, found.lines()
    assert found.numbers > 800
    verdicts = [row["verdict"] for _, _, row in rows_of(reference)]
    closed, unmeasured = verdicts.count(NOT_TESTABLE), verdicts.count(NOT_MEASURED)
    assert found.verdicts == Counter(
        {
            "from numbers": len(verdicts) - closed - unmeasured,
            "from closed gates": closed,
            "not measured": unmeasured,
        }
    )
    assert f"{len(verdicts)} of {len(verdicts)} verdicts follow" in found.summary()


@pytest.mark.parametrize("processor", [None, "one processor"])
@pytest.mark.parametrize("key", ["estimate", "low", "high"])
def test_every_flipped_sign_is_named(reference, registered, key, processor):
    reference = {**reference, "environment": {"processor": processor, "precision": "float32"}}
    run, changes = changed(reference, key, lambda value: -value)
    assert len(changes) > 100
    assert changes <= named(reference, run, registered)


@pytest.mark.parametrize("key", ["estimate", "low", "high"])
def test_every_number_set_to_zero_is_named(reference, registered, key):
    run, changes = changed(reference, key, lambda _: 0.0)
    assert len(changes) > 100
    assert changes <= named(reference, run, registered)


@pytest.mark.parametrize("key", ["estimate", "low", "high"])
@pytest.mark.parametrize("share", [0.11, -0.11])
def test_more_than_a_tenth_of_the_interval_is_named(reference, registered, key, share):
    run, changes = copy.deepcopy(reference), set()
    for model, name, row in rows_of(run):
        if row["estimate"] is not None and row["high"] > row["low"]:
            row[key] += share * max(row["high"] - row["low"], verification.LEAST_WIDTH * abs(row["estimate"]))
            changes.add((model, name, key))
    assert changes <= named(reference, run, registered)


def test_every_interval_with_its_ends_exchanged_is_named(reference, registered):
    run, changes = copy.deepcopy(reference), set()
    for model, name, row in rows_of(run):
        if row["low"] is not None and row["low"] != row["high"]:
            row["low"], row["high"] = row["high"], row["low"]
            changes |= {(model, name, "low"), (model, name, "high")}
    assert changes <= named(reference, run, registered)


@pytest.mark.parametrize("verdict", [REPLICATED, NOT_REPLICATED, NOT_TESTABLE, NOT_MEASURED])
def test_every_exchanged_verdict_is_named(reference, registered, verdict):
    run, changes = changed(reference, "verdict", lambda _: verdict)
    assert changes <= named(reference, run, registered)


@pytest.mark.parametrize(("key", "change"), [("n", lambda n: n + 1), ("unit", "nats of another kind {}".format)])
def test_counts_and_units_are_exact(reference, registered, key, change):
    run, changes = changed(reference, key, change)
    assert changes <= named(reference, run, registered)


def test_percentiles_may_differ_by_a_point(reference, registered):
    run, changes = changed(reference, "null_percentile", lambda value: value + (1.1 if value < 50 else -1.1))
    assert changes <= named(reference, run, registered)


@pytest.mark.parametrize("exchanged", [REPLICATED, NOT_REPLICATED])
def test_a_verdict_that_does_not_follow_from_its_numbers_is_named_though_the_reference_states_it_too(
    reference, registered, exchanged
):
    """Where a wrong verdict was committed with the reference, the run that repeats it is still found out."""
    wrong, changes = changed(reference, "verdict", lambda _: exchanged)
    assert changes <= named(wrong, wrong, registered)
    assert any(
        "as the registered rule judges" in line for line in verification.compare(wrong, wrong, registered).lines()
    )


def test_an_effect_whose_direction_is_misstated_is_named(reference, registered):
    run = copy.deepcopy(reference)
    (model, claims), *_ = run["parts"].items()
    row = claims["A01"]["above chance"]
    row["opposite"] = not row["opposite"]
    assert named(reference, run, registered) == {(model, "A01 above chance", "opposite")}


OF_TENTHS = re.compile(r"(?<![\d.])0\.(\d)(?=\d)")
"""The tenths of numbers of two decimals and more."""


@pytest.mark.parametrize("key", ["beside", "guard"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "all false 99999", id="all false"),
        pytest.param(lambda text: text and "sandbox broken", id="sandbox broken"),
        pytest.param(lambda text: OF_TENTHS.sub(lambda match: f"0.{9 - int(match[1])}", text), id="other tenths"),
        pytest.param(lambda text: text and f"{text}; and more", id="more"),
        pytest.param(lambda text: "", id="nothing"),
    ],
)
def test_every_other_text_is_named(reference, registered, key, change):
    run, changes = changed(reference, key, change)
    assert len(changes) > 5
    assert changes <= named(reference, run, registered)


def test_verdicts_of_a_gate_that_says_something_else_do_not_follow(reference, registered):
    run, changes = changed(reference, "guard", lambda text: text and "sandbox broken")
    verdicts = len(list(rows_of(reference)))
    summary = verification.compare(reference, run, registered).summary()
    assert f"{verdicts - len(changes)} of {verdicts} verdicts follow" in summary


def test_a_gate_that_keeps_its_limit_is_named_though_the_reference_says_so_too(reference, registered):
    """Of shares that are none at all a limit ten times lower is still broken; the others keep it."""
    wrong, _ = changed(reference, "guard", lambda text: text.replace("must be at least 0.", "must be at least 0.0"))
    kept = {
        (model, name, "guard")
        for model, name, row in rows_of(reference)
        if re.search(r"0\.[1-9]\d* \[[^]]*\] of n = \d+, must be at least 0\.", row.get("guard", ""))
    }
    assert len(kept) > 5
    assert named(wrong, wrong, registered) == kept
    assert any("this gate keeps its limit" in line for line in verification.compare(wrong, wrong, registered).lines())


def test_texts_of_another_processor_may_differ_in_their_last_digit(reference, registered):
    def one_more(text: str) -> str:
        return re.sub(r"(?<= )0\.(\d+)1(?!\d)", r"0.\g<1>2", text)

    run, changes = changed(reference, "beside", one_more)
    assert len(changes) > 5
    assert verification.compare(reference, run, registered).agrees


def test_on_the_processor_of_the_reference_a_thousandth_of_the_interval_is_allowed(reference, registered):
    reference = {**reference, "environment": {"processor": "one processor", "precision": "float32"}}
    run, changes = copy.deepcopy(reference), set()
    for model, name, row in rows_of(run):
        if row["estimate"] is not None and row["high"] - row["low"] > 0.01 * abs(row["estimate"]):
            row["estimate"] += 0.01 * (row["high"] - row["low"])
            changes.add((model, name, "estimate"))
    assert len(changes) > 100
    assert changes <= named(reference, run, registered)
    elsewhere = {**run, "environment": {"processor": "another", "precision": "float32"}}
    assert not [
        each
        for each in verification.compare(reference, elsewhere, registered).differences
        if each.tolerance is not None
    ]


def test_an_interval_without_width_leaves_room_for_rounding():
    row = {"estimate": 0.625, "low": 0.625, "high": 0.625}
    assert verification.tolerance_of("low", row, same_processor=True) == pytest.approx(0.625e-6)
    assert verification.tolerance_of("low", row, same_processor=False) == pytest.approx(0.625e-4)


@pytest.mark.parametrize("key", ["estimate", "low", "null_percentile", "null_95"])
@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_number_that_is_none_is_named(reference, registered, key, value):
    run = copy.deepcopy(reference)
    (model, claims), *_ = run["parts"].items()
    claims["A01"]["above chance"][key] = value
    assert (model, "A01 above chance", key) in named(reference, run, registered)


def test_a_model_that_was_not_run_is_named_throughout(reference, registered):
    run = {**reference, "claims": {}, "parts": {}, "nonmodels": {}}
    found = verification.compare(reference, run, registered)
    assert f"0 of {found.numbers} reference numbers" in found.summary()


def test_what_was_added_after_the_reference_is_no_difference_and_counted(reference, registered):
    run = copy.deepcopy(reference)
    for kind in ("claims", "parts"):
        run[kind]["another-model"] = copy.deepcopy(next(iter(run[kind].values())))
    found = verification.compare(reference, run, registered)
    assert found.agrees
    added = len(run["claims"]["another-model"]) + sum(map(len, run["parts"]["another-model"].values()))
    assert f"{added} claims and parts of this run are not in the reference" in found.summary()
