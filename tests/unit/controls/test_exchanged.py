"""Sides exchanged by scenario: log-odds and gradients turn together, and an effect that all scenarios share is gone."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.acts import odds
from emotion_vectors.acts.measurements import ActMeasurements
from emotion_vectors.acts.responses import ActGradients
from emotion_vectors.claims.judging import REPLICATED
from emotion_vectors.controls import exchanged
from emotion_vectors.stimuli.acts.table import FIRST
from tests.act_tables import ACTS
from tests.random_tensors import random
from tests.unit.acts.planted import WIDTH, directions, gradients

ACT = ACTS["act_agreement"]
LIMITS = {"prediction": "positive", "at_least": 0.25, "smallest_effect": 0.25, "null_percentile": 95}
SLOPE = {"measure": "act_slope", "experiment": ACT.name, "emotions": ["calm"]}
GRADED = {"measure": "act_graded", "experiment": ACT.name}
DOSE = {"measure": "act_dose", "experiment": ACT.name, "emotion": "calm", "strength": 0.1}
PARTS = [{"name": by["measure"], **LIMITS, "measured_by": by} for by in (SLOPE, GRADED, DOSE)]
CLAIMS = {"S99b": {"registration": 2, "parts": PARTS}}
STORIES = directions(noise=0.1)


def measured(slope: float, rise: float) -> ActMeasurements:
    """An act with the same slope in every scenario, and log-odds that rise from grade to grade alike in all of them."""
    acted = gradients(STORIES.direction(["calm"]), slope, 0.1)
    scenarios = [f"s{number}" for number in range(len(acted))]
    values = torch.stack([acted, torch.zeros_like(acted)], 1)[:, :, :, None]
    known = ActGradients(
        values,
        words=torch.zeros(len(acted), 1, WIDTH),
        controls=torch.zeros(len(acted), 2, 0, WIDTH),
        scenarios=scenarios,
        hands=[FIRST] * len(acted),
        contexts=[ACT.acted, ACT.control],
        pairs=[(ACT.target, ACT.alternative)],
        controlled=[],
    )
    noise = 0.1 * random(len(scenarios), len(ACT.grades), seed=8).double().numpy()
    rows = [
        (scenario, FIRST, "context", grade, "", "", "", "", 0, cell, side * (rise * place + noise[number, place]) / 2)
        for number, scenario in enumerate(scenarios)
        for place, grade in enumerate(ACT.grades)
        for cell, side in ((ACT.target, 1), (ACT.alternative, -1))
    ]
    columns = ["scenario", "hand", *odds.CONDITION, "reply", "cell", "logprob_nats"]
    replies = pd.DataFrame(rows, columns=columns)
    return ActMeasurements(
        acts={ACT.name: ACT},
        effects=pd.DataFrame(),
        gates=pd.DataFrame(),
        replies={ACT.items: replies},
        readings={},
        gradients={ACT.items: known},
        finite=None,
        directions=STORIES,
        main=0,
        bootstraps=100,
        flips=100,
        seed=1,
    )


def test_what_every_scenario_shows_is_replicated_as_it_stands_and_gone_with_sides_exchanged(monkeypatch):
    known = measured(slope=1.0, rise=0.6)
    with monkeypatch.context() as patch:
        patch.setattr(exchanged, "exchange", lambda measured, _seed: measured)
        true = [row["verdict"] for row in exchanged.verdicts(known, CLAIMS, 0)]
    assert true == [REPLICATED] * 2
    rows = pd.DataFrame(row for seed in range(30) for row in exchanged.verdicts(known, CLAIMS, seed))
    assert {*rows["part"]} == {"act_slope", "act_graded"}
    assert (rows["verdict"] == REPLICATED).groupby(rows["part"]).mean().max() <= 0.15


def test_the_registered_rule_decides(monkeypatch):
    """With a percentile that no estimate can exceed, what every scenario shows is not replicated either."""
    monkeypatch.setattr(exchanged, "exchange", lambda measured, _seed: measured)
    strict = {"S99b": {"registration": 2, "parts": [part | {"null_percentile": 101} for part in PARTS]}}
    assert REPLICATED not in {row["verdict"] for row in exchanged.verdicts(measured(1.0, 0.6), strict, 0)}


def test_log_odds_and_gradients_of_a_scenario_turn_together_and_twice_is_once():
    known = measured(slope=1.0, rise=0.6)
    turned = exchanged.exchange(known, 3)
    before, after = (odds.by_grade(each.odds(ACT), ACT.grades) for each in (known, turned))
    signs = np.sign(after[:, -1] / before[:, -1])
    np.testing.assert_allclose(after, signs[:, None] * before)
    assert {*signs} == {-1.0, 1.0}
    of_gradients = turned.gradients[ACT.items].values / known.gradients[ACT.items].values
    np.testing.assert_allclose(np.nanmean(of_gradients.reshape(len(signs), -1).numpy(), axis=1), signs)
    again = exchanged.exchange(turned, 3)
    assert torch.equal(again.gradients[ACT.items].values, known.gradients[ACT.items].values)
    pd.testing.assert_frame_equal(again.replies[ACT.items], known.replies[ACT.items])


def test_a_coin_falls_by_scenario_set_and_seed_alone():
    names = [f"s{number}" for number in range(400)]
    signs = exchanged.signs("blackmail", names, 1)
    assert exchanged.signs("blackmail", names[::-1], 1) == signs[::-1]
    assert abs(np.mean(signs)) < 0.15
    for others in (exchanged.signs("hacking", names, 1), exchanged.signs("blackmail", names, 2)):
        assert abs(np.mean(np.multiply(signs, others))) < 0.15


@pytest.mark.parametrize("measure", ["act_dose", "act_curvature", "act_told"])
def test_finite_strengths_and_told_feelings_are_not_exchanged(measure):
    part = PARTS[0] | {"measured_by": {"measure": measure, "experiment": ACT.name}}
    claims = {"S99b": {"registration": 2, "parts": [part]}}
    assert [*exchanged.verdicts(measured(1.0, 0.6), claims, 0)] == []
