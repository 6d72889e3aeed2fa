"""Offers of two activities: the tokens of each, choices in packs against the plain forward, and additions on one activity alone."""

import numpy as np
import pytest
import torch

from emotion_vectors.conduct.doses import Doses
from emotion_vectors.preferences import measurements, questions, steering
from emotion_vectors.preferences.measurements import Preferences
from emotion_vectors.preferences.tournament import schedule
from emotion_vectors.stimuli.function.activities import Activity, GatePair
from tests.random_tensors import random

LAYER = 2
TEXTS = ("walk into the quiet garden", "close the kitchen door", "sing at the bridge", "rest in a boat")
ACTIVITIES = [Activity(f"a{number}", "neutral", text) for number, text in enumerate(TEXTS)]
PAIRS = np.array([[0, 1], [2, 3], [3, 0]])
BUDGET = 400


@pytest.fixture(scope="module")
def model(make_model):
    return make_model("llama", max_position_embeddings=2048)


def alone(model, first, second, side=None, vector=None):
    """Log-odds of (A) by the library's own forward, with a vector added on the tokens of one side by a hook written here."""
    offered = questions.offer(model, first, second)

    def add(_module, _inputs, output):
        hidden = (output[0] if isinstance(output, tuple) else output).clone()
        hidden[:, offered.spans[side]] += vector
        return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

    handle = model.blocks[LAYER].register_forward_hook(add) if vector is not None else None
    try:
        with torch.no_grad():
            logits = model.network(input_ids=torch.tensor([offered.ids]), use_cache=False).logits[0, -1]
    finally:
        if handle:
            handle.remove()
    a, b = offered.letters
    return float(logits[a] - logits[b])


def preferred(model, one, other, vector=None):
    """Preference for an activity over another one, both orders averaged, with a vector on the tokens of the first."""
    return (alone(model, one, other, 0, vector) - alone(model, other, one, 1, vector)) / 2


@pytest.mark.parametrize("text", [*TEXTS, "walk", "sing", "rest"])
def test_spans_hold_the_tokens_of_the_activity_and_no_others(model, text):
    offered = questions.offer(model, text, "go")
    other = questions.offer(model, "go", text)
    decoded = [model.tokenizer.decode(ids.ids[ids.spans[side]]) for ids, side in ((offered, 0), (other, 1))]
    assert [one.strip() for one in decoded] == [text] * 2
    asked, span = questions.asked_to(model, text)
    assert model.tokenizer.decode(asked.ids[span]).strip() == text


@pytest.mark.parametrize("budget", [1, BUDGET, 100_000])
def test_preferences_are_those_of_the_plain_forward(model, budget):
    measured = measurements.measure(model, ACTIVITIES, PAIRS, LAYER, max(budget, 300))
    expected = [preferred(model, TEXTS[one], TEXTS[other]) for one, other in PAIRS]
    torch.testing.assert_close(measured["log_odds"], torch.tensor(expected), atol=1e-4, rtol=0)
    leaning = [sum(alone(model, *(TEXTS[at] for at in order)) for order in (pair, pair[::-1])) / 2 for pair in PAIRS]
    torch.testing.assert_close(measured["leaning"], torch.tensor(leaning), atol=1e-4, rtol=0)
    assert measured["states"].shape == (4, model.layers, model.width)


def test_gradients_are_central_differences_of_additions_on_one_activity(model):
    measured = measurements.measure(model, ACTIVITIES, PAIRS, LAYER, BUDGET)
    vector = random(model.width, seed=5)
    vector /= vector.norm()
    for row, pair in enumerate(PAIRS):
        for side, (one, other) in enumerate((pair, pair[::-1])):
            slope = float(measured["gradients"][row, side] @ vector)
            plus, minus = (preferred(model, TEXTS[one], TEXTS[other], sign * 0.05 * vector) for sign in (1, -1))
            assert (plus - minus) / 0.1 == pytest.approx(slope, rel=0.03, abs=2e-3)


def test_additions_of_finite_strength_are_those_of_the_plain_forward(model):
    vectors = random(3, model.width, seed=2)
    asked = [(0, 1), (3, 2)]
    changes = steering.steer(model, ACTIVITIES, asked, Doses(LAYER, vectors, BUDGET))
    for condition, vector in enumerate(vectors):
        for task, (one, other) in enumerate(asked):
            expected = preferred(model, TEXTS[one], TEXTS[other], vector) - preferred(model, TEXTS[one], TEXTS[other])
            assert float(changes[condition, task]) == pytest.approx(expected, abs=1e-4)
    assert changes.abs().min() > 1e-4


def test_known_pairs_are_asked_for_the_better_one(model):
    pairs = [GatePair("g1", TEXTS[0], TEXTS[1]), GatePair("g2", TEXTS[1], TEXTS[0])]
    first, second = measurements.known_better(model, pairs, LAYER, BUDGET).tolist()
    assert first == pytest.approx(-second, abs=1e-5)
    assert first == pytest.approx(preferred(model, TEXTS[0], TEXTS[1]), abs=1e-4)


def test_steered_activities_meet_their_opponents_of_the_first_rounds():
    pairs = schedule(4, 3, seed=0).reshape(-1, 2)
    nothing = np.zeros(0)
    known = Preferences(ACTIVITIES, pairs, nothing, nothing, torch.zeros(0), torch.zeros(0), nothing)
    asked = steering.tasks(known, activities=2, rounds=2)
    assert sorted(one for one, _ in asked) == [0, 0, 3, 3]
    assert {tuple(sorted(task)) for task in asked} <= {tuple(sorted(pair)) for pair in pairs[:4].tolist()}
