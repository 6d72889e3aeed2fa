"""The probe of training scenes: an emotion that tells the motives apart is found and named, and nothing is where there is none."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.acts.sensitivity import GateDraws
from emotion_vectors.conduct import gates as conduct_gates
from emotion_vectors.conduct.directions import Directions
from emotion_vectors.engine import capture, prompts
from emotion_vectors.organisms import motives, probe
from emotion_vectors.organisms.probe import MOTIVES, STAKES
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.vectors.emotion_vectors import EmotionVectors
from tests.act_tables import ACTS
from tests.random_tensors import random
from tests.unit.organisms.lending import CHARACTERS, SCENES

EMOTIONS = ["desperate", "calm", "happy", "sad", "angry", "proud"]
WIDTH, SETS, PROBED = 32, 200, 40
DRAWS = GateDraws(bootstraps=100, seed=1)
KNOWN = Directions(
    EmotionVectors(random(len(EMOTIONS), 3, WIDTH, seed=1), torch.ones(3), EMOTIONS),
    main=1,
    shuffled=random(SETS, len(EMOTIONS), WIDTH, seed=2),
)


def sides(leak: float = 0.0, seed: int = 3) -> torch.Tensor:
    """Differences of scenes: what motives change whatever the emotion, noise, and what leaks along desperate."""
    motive, noise = random(1, WIDTH, seed=seed), random(PROBED, WIDTH, seed=seed + 500)
    return motive + noise + leak * unit(KNOWN.emotions[0, 1])


def gates(motive_leak: float = 0.0, stake_leak: float = 0.0):
    between = {MOTIVES: sides(motive_leak), STAKES: sides(stake_leak)}
    return dict(zip(between, probe.gates("blackmail", between, KNOWN, DRAWS), strict=True))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_planted_leak_is_found_and_named(sign):
    gate = gates(motive_leak=6.0 * sign)[MOTIVES]
    assert not gate.passed
    assert gate.low > 1
    assert "desperate" in gate.quantity
    assert gate.n == PROBED


def test_nothing_is_found_where_nothing_leaks_more_often_than_the_null_allows():
    emotions = KNOWN.emotions[:, KNOWN.main]
    reached = [probe.most_apart(sides(seed=seed), emotions, KNOWN.shuffled)[1].mean() for seed in range(100, 200)]
    assert np.mean(np.array(reached) > 1) <= 0.12
    assert gates()[MOTIVES].passed


def test_what_contexts_bring_into_the_readings_is_shown_and_closes_nothing():
    gate = gates(stake_leak=6.0)[STAKES]
    assert gate.value > 1
    assert gate.passed
    assert gate.limit == "none"


def test_the_difference_is_counted_in_what_shuffled_sets_reach():
    between = sides(leak=2.0)
    emotion, values = probe.most_apart(between, KNOWN.emotions[:, 1], KNOWN.shuffled)
    mean = between.mean(0).double()
    largest = [max(abs(float(unit(of.double()) @ mean)) for of in of_set) for of_set in KNOWN.shuffled]
    by_hand = abs(float(unit(KNOWN.emotions[emotion, 1].double()) @ mean)) / np.quantile(largest, 0.95)
    assert values.mean() == pytest.approx(by_hand, rel=1e-4)


def test_the_states_are_those_before_the_reply_of_the_lessons_that_are_taught(llama):
    read = probe.differences(llama, SCENES, CHARACTERS, layer=2, budget=300, seed=1)
    generator = np.random.default_rng(1)
    (acting, other, idle) = motives.lessons_of(SCENES[0], CHARACTERS, generator)
    texts = [prompts.prompt_of(llama, lesson.item) for lesson in (acting, other, idle)]
    states = capture.at_last_token(llama, texts, budget=300)[:, 2]
    torch.testing.assert_close(read[MOTIVES][0], states[0] - states[1], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(read[STAKES][0], states[0] - states[2], atol=1e-4, rtol=1e-4)
    assert len(read[MOTIVES]) == len(SCENES)


def test_a_leak_closes_the_acts_that_its_scenes_train_and_no_other():
    table = conduct_gates.table(probe.gates("pleasing", {MOTIVES: sides(6.0)}, KNOWN, DRAWS))
    of_acts = probe.of_acts(table, ACTS)
    assert of_acts["behaviour"].tolist() == ["act_agreement", "act_harshness", "act_facts"]
    assert not of_acts["passed"].any()
    assert isinstance(of_acts, pd.DataFrame)
    assert list(of_acts) == list(table)
