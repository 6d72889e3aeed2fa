"""What the next larger model changes: pairs of scenarios where there are any, intervals combined elsewhere, signs as claims predict."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.sizes.differences import (
    BY_INTERVALS,
    COLUMNS,
    ON_ITEMS,
    Compared,
    ComparisonError,
    difference_table,
    neighbours,
    slopes_by_scenario,
)

SCENARIOS = [f"s{number}" for number in range(24)]
NUMBERS = {"estimate": 0.2, "low": 0.1, "high": 0.4, "n": 24, "of": "scenarios", "unit": "nats", "guard": ""}
CLAIMS = {
    "A1": {
        "parts": [
            {
                "name": "joint",
                "measured_by": {"measure": "act_slope", "experiment": "act", "emotions": ["happy", "calm"]},
            },
            {
                "name": "taken away",
                "measured_by": {"measure": "slope", "experiment": "items", "emotion": "calm", "turned": True},
            },
            {"name": "accuracy"},
        ]
    }
}


def model(name, shift, *, scenarios=SCENARIOS, **changed):
    """A model whose slopes are those of the scenarios, which differ much, plus a shift."""
    hard = np.random.default_rng(5).normal(size=len(scenarios))
    acts = pd.DataFrame(
        {"experiment": "act", "direction": "happy + calm", "scenario": scenarios, "slope_nats": hard + shift}
    )
    two = [
        pd.DataFrame(
            {"experiment": "items", "emotion": "calm", "scenario": scenarios, "variant": variant, "slope_nats": values}
        )
        for variant, values in (("a", hard + shift - 1), ("b", hard + shift + 1))
    ]
    parts = {"A1": {part["name"]: NUMBERS | changed for part in CLAIMS["A1"]["parts"]}}
    return Compared(name, parts, slopes_by_scenario(acts, pd.concat(two)))


@pytest.fixture
def table():
    return difference_table(model("small", 0.0), model("large", 0.5, estimate=0.9, guard="closed"), CLAIMS, 200, 1)


def test_what_scenarios_share_cancels(table):
    joint = table.set_index("part").loc["joint"]
    assert joint["difference"] == pytest.approx(0.5)
    assert joint["high"] - joint["low"] < 1e-9
    assert (joint["n"], joint["compared_by"]) == (24, ON_ITEMS)


def test_a_part_about_taking_a_vector_away_is_turned_as_its_estimate_is(table):
    assert table.set_index("part").loc["taken away", "difference"] == pytest.approx(-0.5)


def test_without_scenarios_two_intervals_are_combined(table):
    accuracy = table.set_index("part").loc["accuracy"]
    assert accuracy["compared_by"] == BY_INTERVALS
    assert accuracy["difference"] == pytest.approx(0.7)
    assert accuracy["low"] < accuracy["difference"] < accuracy["high"]


def test_a_gate_closed_for_one_model_marks_the_difference(table):
    assert table["gated"].all()
    assert list(table.columns) == COLUMNS


def test_models_that_read_other_scenarios_are_not_compared():
    others = model("large", 0.0, scenarios=[*SCENARIOS[:-1], "another"])
    with pytest.raises(ComparisonError, match="'joint': small and large have not read the same scenarios"):
        difference_table(model("small", 0.0), others, CLAIMS, 20, 1)


def test_what_one_model_lacks_is_left_out():
    lacking = Compared("large", {}, model("large", 0.0).slopes)
    assert difference_table(model("small", 0.0), lacking, CLAIMS, 20, 1).empty


def test_each_model_is_compared_with_the_next_larger_one():
    assert neighbours({"b": 500, "a": 135, "c": 1500}) == [("a", "b"), ("b", "c")]
    assert neighbours({"a": 135}) == []
