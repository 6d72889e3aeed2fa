"""Doses and evidence on conduct, on numbers whose answer is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.conduct import doses, evidence
from emotion_vectors.conduct.responses import ItemKey, Responses
from emotion_vectors.statistics import effects as stats
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.experiments import Experiment
from emotion_vectors.stimuli.situations import Item
from tests.unit.conduct.conftest import LAYERS, MAIN, WIDTH, random


def experiment(**changes):
    values = {
        "name": "blackmail",
        "kind": "conduct",
        "items": "blackmail",
        "readouts": ("likelihood",),
        "target": "blackmail",
        "alternative": "open",
        "group": (),
        "variants": ("none", "tonight"),
        "pressure": ("none", "tonight"),
        "emotions": ("calm", "angry"),
        "ladder": ("calm",),
        "fine": ("angry",),
    }
    return Experiment(**(values | changes))


def test_every_condition_stands_once_with_both_signs():
    steps = {"main": [0.05, 0.1], "ladder": [0.2], "fine": [0.025], "null": [0.1]}
    table = doses.conditions([experiment(), experiment(name="other")], {"Gaussian": ["Gaussian 0"]}, steps)
    found = {(row.direction, row.strength_norm_fraction) for row in table.itertuples()}
    assert len(found) == len(table) == 2 * (2 + 1 + 2 + 1 + 1)
    assert {("calm", -0.2), ("angry", 0.025), ("Gaussian 0", -0.1)} <= found
    assert ("calm", 0.025) not in found


def test_every_group_of_a_set_keeps_situations():
    def item(number, tone):
        return Item(f"s{number}", "-", tone, "", "", {}, {}, ())

    items = [item(number, tone) for number, tone in enumerate(["warm"] * 8 + ["agitated"] * 3 + ["hostile"] * 5)]
    assert [each.scenario for each in doses.some_situations(items, 3)] == ["s0", "s8", "s11"]
    assert len(doses.some_situations(items, 1000)) == 16


def test_situations_are_spread_over_the_set():
    assert doses.evenly_spaced([f"b{n:02d}" for n in range(1, 13)], 4) == ["b01", "b05", "b08", "b12"]
    assert doses.evenly_spaced(["a", "b"], 5) == ["a", "b"]


def changes_of(finite, null):
    rows = [("calm", "emotion", sign * 0.1, scenario, sign * finite) for sign in (-1, 1) for scenario in ("b01", "b02")]
    rows += [
        (f"Gaussian {n}", "Gaussian", sign * 0.1, scenario, sign * value)
        for n, value in enumerate(null)
        for sign in (-1, 1)
        for scenario in ("b01", "b02")
    ]
    columns = ["direction", "kind", "strength_norm_fraction", "scenario", "delta_logodds_nats"]
    return pd.DataFrame(rows, columns=columns).assign(experiment="blackmail")


def test_finite_slopes_are_half_the_difference():
    finite = doses.finite_slopes(changes_of(0.3, [0.01, -0.02]), 0.1).set_index("direction")["finite_slope_nats"]
    assert finite["calm"] == pytest.approx(0.3)
    assert finite["Gaussian 1"] == pytest.approx(-0.02)


@pytest.mark.parametrize(
    ("slope", "finite", "cost", "reason"),
    [
        (0.3, 0.3, 0.0, ""),
        (0.3, -0.3, 0.0, "point the other way"),
        (0.3, 0.01, 0.0, "inside the null"),
        (0.3, 0.3, 0.9, "outside the coherent range"),
    ],
)
def test_finite_strengths_confirm_or_say_why_not(slope, finite, cost, reason):
    found = doses.confirmation(slope, finite, [0.02, -0.03, 0.01], cost, 0.5)
    assert (found == "") if reason == "" else (reason in found)


def test_quadratic_coefficients_are_those_of_a_parabola_through_zero():
    strengths = np.array([-1.0, -0.5, -0.25, 0.25, 0.5, 1.0])
    curves = np.stack([0.4 * strengths - 0.7 * strengths**2, 2.0 * strengths])
    np.testing.assert_allclose(evidence.quadratic_coefficients(strengths, curves), [-0.7, 0.0], atol=1e-12)


@pytest.fixture
def found(directions):
    keys = [ItemKey(f"b{n:02d}", variant, "-") for n in range(12) for variant in ("none", "tonight")]
    readings = random(24, LAYERS, WIDTH, seed=4)
    odds = (readings[:, MAIN] @ unit(directions.emotions[0, MAIN]))[:, None] * 0.1
    odds[1::2] += 1.0
    measured = Responses(keys, [("blackmail", "open")], odds, readings, random(24, 1, LAYERS, WIDTH), list(range(24)))
    effect = vars(
        stats.effect(
            0.3,
            (0.2, 0.4),
            np.linspace(-0.1, 0.1, 50),
            n=24,
            scale=stats.Scale(of="items", unit="nats", two_sided=True),
        )
    )
    slope = {"experiment": "blackmail", "emotion": "calm", "p": 0.01, **effect}
    adjusted = {"measure": "adjusted", "estimate": 0.12, "low": 0.05, "high": 0.17, "null_percentile": 60.0}
    effects = pd.DataFrame([slope | {"measure": "raw"}, slope | adjusted])
    costs = pd.DataFrame(
        [("calm", 0.1, 0.1), ("calm", -0.1, 0.2)],
        columns=["direction", "strength_norm_fraction", "neutral_logprob_fall_nats_per_token"],
    )
    return evidence.Evidence(
        experiments={"blackmail": experiment()},
        effects=effects,
        changes=changes_of(0.3, np.linspace(-0.05, 0.05, 20)),
        costs=costs,
        responses={"blackmail": measured},
        directions=directions,
        percentiles={("blackmail", "calm"): 98.0},
        guard_nats=0.5,
        bootstraps=200,
        flips=200,
        seed=0,
    )


def test_a_slope_carries_its_corrected_percentile_and_confirmation(found):
    by = {"measure": "slope", "experiment": "blackmail", "emotion": "calm"}
    effect, unconfirmed = evidence.measure(found, by)
    assert (effect.estimate, effect.low, effect.high, effect.null_percentile) == (0.3, 0.2, 0.4, 98.0)
    assert unconfirmed == ""
    turned, _ = evidence.measure(found, by | {"turned": True})
    assert (turned.estimate, turned.low, turned.high) == (-0.3, -0.4, -0.2)


def test_the_percentile_before_correction_and_the_slope_without_tone_stand_beside_a_slope_alone(found):
    by = {"experiment": "blackmail", "emotion": "calm"}
    said = "uncorrected percentile 100.0; without what tone explains "
    assert evidence.beside(found, by | {"measure": "slope"}) == f"{said}0.12 [0.05, 0.17]"
    assert evidence.beside(found, by | {"measure": "slope", "turned": True}) == f"{said}−0.12 [−0.17, −0.05]"
    alone = replace(found, effects=found.effects[found.effects["measure"] == "raw"])
    assert evidence.beside(alone, by | {"measure": "slope"}) == "uncorrected percentile 100.0"
    assert evidence.beside(found, by | {"measure": "reading"}) == ""


def test_pressure_that_lowers_is_as_far_from_the_null_as_pressure_that_raises(found):
    turned = replace(found.experiments["blackmail"], pressure=("tonight", "none"))
    by = {"measure": "pressure", "experiment": "blackmail"}
    raised, _ = evidence.measure(found, by)
    lowered, _ = evidence.measure(replace(found, experiments={"blackmail": turned}), by)
    assert lowered.estimate == pytest.approx(-raised.estimate)
    assert lowered.null_percentile == raised.null_percentile


def test_pressure_is_the_paired_change_of_the_log_odds(found):
    effect, _ = evidence.measure(found, {"measure": "pressure", "experiment": "blackmail"})
    assert effect.estimate == pytest.approx(1.0, abs=0.2)
    assert effect.n == 12
    assert effect.null_percentile > 99


def test_a_reading_that_makes_the_log_odds_correlates_with_them_within_a_variant(found):
    by = {"measure": "reading", "experiment": "blackmail", "emotion": "calm"}
    within = {"blackmail": experiment(variants=("none",))}
    effect, _ = evidence.measure(replace(found, experiments=within), by)
    assert effect.estimate == pytest.approx(1.0)
    assert effect.n == 12


def test_an_unknown_experiment_is_named(found):
    with pytest.raises(evidence.ConductError, match=r"'lying' is not in workflow/experiments\.tsv"):
        evidence.measure(found, {"measure": "pressure", "experiment": "lying"})


def test_a_guard_that_was_not_measured_is_named(found):
    with pytest.raises(evidence.ConductError, match="not measured for 'sad'"):
        evidence.cost_at(found.costs, "sad", 0.1)


def test_only_claims_with_measures_for_every_part_are_measured_here():
    slope = {"measure": "slope", "experiment": "blackmail", "emotion": "calm"}
    claims = {
        "A22": {"parts": [{"name": "one", "measured_by": slope}]},
        "A19": {"parts": [{"name": "one", "measured_by": slope}, {"name": "rate", "measured_by": {"measure": "rate"}}]},
    }
    assert [(claim, part) for claim, part, _ in evidence.measured_parts(claims)] == [("A22", "one"), ("A19", "one")]


def test_holm_corrects_over_the_registered_emotions_of_an_experiment():
    def part(emotion):
        return {"name": emotion, "measured_by": {"measure": "slope", "experiment": "blackmail", "emotion": emotion}}

    claims = {"A22": {"parts": [part("calm")]}, "A23": {"parts": [part("sad"), part("calm")]}}
    effects = pd.DataFrame(
        {"experiment": "blackmail", "measure": "raw", "emotion": ["calm", "sad", "angry"], "p": [0.01, 0.04, 0.001]}
    )
    found = evidence.holm_percentiles(claims, effects)
    assert found == pytest.approx({("blackmail", "calm"): 98.0, ("blackmail", "sad"): 96.0})
