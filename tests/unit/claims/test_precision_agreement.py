"""Two studies that differ in precision alone: agreement is counted step by step, and studies of one precision are refused."""

import copy
import json
from pathlib import Path

import pytest

from emotion_vectors.claims import registry
from emotion_vectors.claims.precision_agreement import PrecisionError, agreement

WORKFLOW = Path(__file__).parents[3] / "workflow"
ROUNDED = {"processor": "one processor", "precision": "bfloat16 and float32"}


@pytest.fixture(scope="module")
def registered():
    return registry.load(sorted((WORKFLOW / "claims").glob("*.yaml")), WORKFLOW / "schemas/claim.schema.yaml")


@pytest.fixture(scope="module")
def exact():
    """The committed numbers, as of a study in float32; not to be changed."""
    content = json.loads((WORKFLOW / "reference/default.json").read_text())
    return {**content, "environment": {"processor": "one processor", "precision": "float32"}}


@pytest.fixture
def rounded(exact):
    """The same numbers as if they had been made in bfloat16, to be changed by a test."""
    return {**copy.deepcopy(exact), "environment": dict(ROUNDED)}


def parts_of(study):
    for model, claims in study["parts"].items():
        for parts in claims.values():
            yield from ((model, row) for row in parts.values())


def test_equal_numbers_agree_in_every_step(exact, rounded, registered):
    found = agreement(exact, rounded, registered)
    assert found["differences"] == []
    assert set(found["models"]) == set(exact["parts"])
    for model, steps in found["models"].items():
        assert set(steps) == {row["step"] for of, row in parts_of(exact) if of == model}
        for step in steps.values():
            assert step["same_verdict"] == step["parts"]
            assert step["within_tolerance"] == step["measured"]
            assert step["largest_share"] in (0.0, None)


def test_every_part_of_the_study_is_counted_once(exact, rounded, registered):
    found = agreement(exact, rounded, registered)["models"].values()
    rows = [row for _, row in parts_of(exact)]
    assert sum(step["parts"] for steps in found for step in steps.values()) == len(rows)
    measured = [row for row in rows if row["estimate"] is not None]
    assert sum(step["measured"] for steps in found for step in steps.values()) == len(measured)


@pytest.mark.parametrize("share", [0.05, 0.099, 0.101, 0.5, -3.0])
def test_a_shift_is_measured_in_widths_of_the_interval(exact, rounded, registered, share):
    model, row = next(each for each in parts_of(rounded) if each[1]["estimate"] and each[1]["high"] > each[1]["low"])
    row["estimate"] += share * (row["high"] - row["low"])
    found = agreement(exact, rounded, registered)["models"][model][row["step"]]
    assert found["largest_share"] == pytest.approx(abs(share), rel=1e-6)
    assert found["measured"] - found["within_tolerance"] == (abs(share) > 0.1)


@pytest.mark.parametrize("key", ["low", "high"])
def test_an_end_of_an_interval_counts_as_its_estimate_does(exact, rounded, registered, key):
    model, row = next(each for each in parts_of(rounded) if each[1]["estimate"] and each[1]["high"] > each[1]["low"])
    row[key] += 0.3 * (row["high"] - row["low"])
    assert agreement(exact, rounded, registered)["models"][model][row["step"]]["largest_share"] == pytest.approx(0.3)


def test_another_verdict_is_counted_and_named(exact, rounded, registered):
    model, row = next(each for each in parts_of(rounded) if each[1]["verdict"] == "replicated")
    row["verdict"] = "not replicated"
    found = agreement(exact, rounded, registered)
    step = found["models"][model][row["step"]]
    assert step["parts"] - step["same_verdict"] == 1
    assert any("verdict: reference replicated, found not replicated" in line for line in found["differences"])


def test_numbers_that_are_lost_are_not_within_tolerance(exact, rounded, registered):
    model, row = next(each for each in parts_of(rounded) if each[1]["estimate"] is not None)
    row.update(estimate=None, low=None, high=None)
    step = agreement(exact, rounded, registered)["models"][model][row["step"]]
    assert step["measured"] - step["within_tolerance"] == 1


def test_a_model_that_ran_in_one_precision_alone_agrees_in_nothing(exact, rounded, registered):
    model = next(iter(rounded["parts"]))
    del rounded["parts"][model], rounded["claims"][model]
    steps = agreement(exact, rounded, registered)["models"][model].values()
    assert {(step["same_verdict"], step["within_tolerance"], step["largest_share"]) for step in steps} == {(0, 0, None)}


@pytest.mark.parametrize(
    ("of_exact", "of_rounded"), [("float32", "float32"), ("bfloat16", "bfloat16"), ("bfloat16 and float32", "float32")]
)
def test_studies_that_do_not_differ_as_told_are_refused(exact, rounded, registered, of_exact, of_rounded):
    exact = {**exact, "environment": {**exact["environment"], "precision": of_exact}}
    rounded["environment"]["precision"] = of_rounded
    with pytest.raises(PrecisionError, match=rf"ran in {of_exact} and in {of_rounded}, .* compute\.precision: float32"):
        agreement(exact, rounded, registered)
