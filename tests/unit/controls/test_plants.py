"""Planted effects: the slope that is planted is the one that is there, large ones are found, shams are not, and the whole is counted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.acts.slopes import Resamples, along
from emotion_vectors.conduct.kinds import EMOTION, GAUSSIAN, SHUFFLED
from emotion_vectors.controls import plants, shares
from emotion_vectors.controls.plants import Plant
from emotion_vectors.controls.shares import SIZES
from emotion_vectors.engine import prompts
from emotion_vectors.engine.gradients import respond
from emotion_vectors.statistics.algebra import unit
from tests.act_tables import CLAIMS
from tests.random_tensors import random
from tests.unit.acts.planted import NORM, SCENARIOS, TOPICS, WIDTH, WORDINGS, directions
from tests.unit.organisms.lending import SCENES

LIMITS = {"at_least": 0.25, "smallest_effect": 0.25, "null_percentile": 95}
ASKED = {"measure": "act_slope", "experiment": "act_lending", "emotions": ["calm"]}
PART = {"name": "calm", "prediction": "positive", **LIMITS, "measured_by": ASKED}
PLANT = Plant("S99b", PART, registration=2, kind=EMOTION, size=2.0, side=1, draw=0)
STORIES = directions(noise=0.1)
# A mean gradient that scenarios share, as real ones do, and noise of each.
GRADIENTS = 0.5 * random(1, 1, WIDTH, seed=40) + 0.3 * random(SCENARIOS, WORDINGS, WIDTH, seed=41)
RESAMPLES = Resamples.draw(SCENARIOS, WORDINGS, TOPICS, 200, seed=1)


def found(plant, seed=0):
    return plants.judged(plant, GRADIENTS, STORIES, RESAMPLES, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("changes", "asked", "slope"),
    [
        ({}, {}, 0.5),
        ({"prediction": "negative"}, {}, -0.5),
        ({}, {"turned": True}, -0.5),
        ({"prediction": "negative"}, {"turned": True}, 0.5),
    ],
)
def test_a_plant_lies_on_the_side_that_its_part_expects(changes, asked, slope):
    part = PART | changes | {"measured_by": ASKED | asked}
    assert replace(PLANT, part=part).slope == slope
    assert replace(PLANT, part=part, side=-1, size=0.5).slope == -slope / 4


def test_the_slope_of_the_vector_is_the_planted_one_and_across_it_nothing_changes():
    """With every scenario drawn once: the mean gradient along the vector is set, the rest is what it was."""

    class Once:
        def integers(self, low, high, size):
            return np.arange(size)

    planted, drawn = plants.sow(PLANT, GRADIENTS, STORIES, Once())
    vector = unit(STORIES.direction(["calm"]))
    assert along(planted.mean((0, 1)), vector[None], NORM)[0] == pytest.approx(0.5, abs=1e-5)
    across = torch.eye(WIDTH) - torch.outer(vector, vector)
    torch.testing.assert_close(planted @ across, GRADIENTS @ across, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(drawn.cells, STORIES.cells)


@pytest.mark.parametrize("kind", plants.SHAMS)
def test_a_sham_gives_the_vector_no_slope_on_average_over_studies(kind):
    sham = replace(PLANT, kind=kind)
    vector = unit(STORIES.direction(["calm"]))[None]
    slopes = [
        along(plants.sow(sham, GRADIENTS, STORIES, np.random.default_rng(seed))[0].mean((0, 1)), vector, NORM)[0]
        for seed in range(300)
    ]
    assert abs(np.mean(slopes)) < 3 * np.std(slopes) / np.sqrt(300)
    assert np.std(slopes) > 0


def test_large_plants_are_found_on_their_own_side_and_judged_by_the_registered_rules():
    for_claim, against = (found(replace(PLANT, size=8.0, side=side)) for side in (1, -1))
    assert (for_claim["found"], for_claim["verdict"]) == (True, "replicated")
    assert (against["found"], against["verdict"]) == (True, "not replicated")
    assert for_claim["slope_nats"] == 2.0
    assert for_claim["estimate"] == pytest.approx(2.0, abs=0.5)


def test_a_plant_below_the_smallest_effect_is_never_replicated():
    small = [found(replace(PLANT, size=0.2), seed) for seed in range(20)]
    assert {row["verdict"] for row in small if row["estimate"] < 0.25}.isdisjoint({"replicated"})


def test_shams_are_seldom_found_although_they_are_large():
    shams = [found(replace(PLANT, kind=kind, size=2.0), seed) for kind in (GAUSSIAN, SHUFFLED) for seed in range(60)]
    assert np.mean([row["found"] for row in shams]) <= 0.05


def test_power_rises_with_size(monkeypatch):
    monkeypatch.setattr(f"{__name__}.GRADIENTS", GRADIENTS + 2.0 * random(SCENARIOS, WORDINGS, WIDTH, seed=42))
    power = [np.mean([found(replace(PLANT, size=size), seed)["found"] for seed in range(30)]) for size in (0.5, 1.5, 6)]
    assert power[0] < power[1] < power[2]
    assert power[2] > 0.95


def test_a_neuron_in_the_weights_moves_the_gradient_as_its_plant_does_in_proportion_to_its_size(make_model):
    """What stands behind a plant, for real: one neuron with a nearly open gate, which reads a vector and writes what moves the act."""
    model, item, layer = make_model("llama"), SCENES[0].at_stake, 1
    packed, weights, vector = (
        prompts.encode(model, item),
        torch.tensor([[0.5, 0.5, -0.5, -0.5]]),
        unit(random(32, seed=1)),
    )
    block, seen = model.blocks[layer + 1], []
    handle = block.post_attention_layernorm.register_forward_hook(lambda _module, _inputs, states: seen.append(states))
    written = unit(respond(model, packed, weights).gradients[0, layer + 1])
    handle.remove()
    gate = 3 * unit(seen[0][0].detach().mean(0))

    def gradient(size):
        with torch.no_grad():
            for weight, value in ((block.mlp.gate_proj.weight[0], gate), (block.mlp.up_proj.weight[0], vector)):
                weight.copy_(value)
            block.mlp.down_proj.weight[:, 0] = size * written
        return respond(model, packed, weights).gradients[0, layer]

    added = {size: gradient(size) - gradient(0.0) for size in (-0.01, 0.01, 0.02)}
    slopes = {size: float(change @ vector) for size, change in added.items()}
    assert slopes[0.01] > 0
    assert slopes[0.02] == pytest.approx(2 * slopes[0.01], rel=0.02)
    assert slopes[-0.01] == pytest.approx(-slopes[0.01], rel=0.02)
    # Not along the vector alone: the norm and the gate before the neuron read other directions too, which a plant does not.
    assert 0.5 < float(unit(added[0.01]) @ vector) < 0.99


def test_every_slope_of_a_registered_claim_is_planted_in_every_size_on_both_sides_beside_its_shams():
    planned = pd.DataFrame(vars(plant) | {"name": plant.part["name"]} for plant in plants.planned(CLAIMS, 2))
    slopes = [
        (name, part["name"])
        for name, claim in CLAIMS.items()
        for part in claim["parts"]
        if part.get("measured_by", {}).get("measure") == "act_slope"
    ]
    counts = planned.groupby(["claim", "name"]).size()
    assert sorted(counts.index) == sorted(slopes)
    assert set(counts) == {2 * (2 * len(SIZES) + len(plants.SHAMS))}


def test_shares_count_what_was_found_by_size_and_of_shams():
    found_of = {(EMOTION, 0.5): (False, True), (EMOTION, 2.0): (True, True), (GAUSSIAN, 2.0): (False,)}
    rows = [(*sown, found) for sown, of_all in found_of.items() for found in of_all]
    table = pd.DataFrame(rows, columns=["kind", "size", "found"])
    said = shares.summary({"one": table, "other": table})
    assert said["found_share"] == {"0.5": 0.5, "2": 1.0}
    assert (said["sham_share"], said["shams"]) == (0.0, 2)
    # Exact interval of none of two: 1 - 0.025 ** (1 / 2).
    assert said["sham_interval"] == pytest.approx([0.0, 1 - 0.025**0.5])
    assert said["models"]["one"]["plants_of_a_size"] == 2
