"""Budgets of circuits: what always holds, and what was counted by hand."""

from itertools import combinations

import numpy as np
import pytest
import torch

from emotion_vectors.circuits import assembly, sharing
from emotion_vectors.circuits.assembly import AssemblyError, CircuitLimits
from emotion_vectors.circuits.sharing import Indices
from emotion_vectors.models.points import HEADS, NEURONS


def test_limits_of_the_original_model():
    assert assembly.limits(NEURONS, 28, 8192) == CircuitLimits(392, 4, 156)
    assert assembly.limits(HEADS, 28, 24) == CircuitLimits(168, 2, 24)


def test_a_model_with_few_heads_spends_what_it_has():
    assert assembly.limits(HEADS, 18, 4) == CircuitLimits(72, 2, 4)
    assert assembly.limits(HEADS, 4, 1) == CircuitLimits(4, 1, 1)


@pytest.mark.parametrize("seed", range(40))
def test_budget_floor_and_cap_always_hold(seed):
    """Whatever the importance, negative, zero, or all in one layer."""
    generator = np.random.default_rng(seed)
    layers = int(generator.integers(1, 32))
    within = assembly.limits(str(generator.choice([NEURONS, HEADS])), layers, int(generator.integers(1, 40)))
    kinds = [
        generator.normal(size=layers),
        np.zeros(layers),
        -np.ones(layers),
        np.eye(layers)[0],
        generator.random(layers) ** 20,
    ]
    for importance in kinds:
        counts = assembly.allot(importance.tolist(), within)
        assert sum(counts) == within.budget
        assert min(counts) >= within.floor
        assert max(counts) <= within.cap


def test_the_rest_goes_in_proportion_by_largest_remainders():
    assert assembly.allot([1.0, 2.0, -5.0, 4.0], CircuitLimits(18, 2, 18)) == [2 + 1, 2 + 3, 2, 2 + 6]
    assert assembly.allot([1.0, 1.0, 1.0], CircuitLimits(8, 1, 8)) == [3, 3, 2]


def test_what_a_cap_turns_away_goes_to_the_others_in_proportion():
    assert assembly.allot([100.0, 3.0, 1.0], CircuitLimits(14, 0, 6)) == [6, 6, 2]
    assert assembly.allot([1.0, 0.0, 0.0], CircuitLimits(9, 1, 4)) == [4, 3, 2]


def test_more_importance_never_means_fewer_components():
    generator = np.random.default_rng(5)
    for _ in range(20):
        importance = generator.random(12)
        counts = np.array(assembly.allot(importance.tolist(), CircuitLimits(150, 4, 40)))
        assert (np.diff(counts[np.argsort(importance)]) >= 0).all()


def test_an_impossible_budget_is_refused():
    with pytest.raises(AssemblyError, match="a budget of 9 for 2 layers"):
        assembly.allot([1.0, 1.0], CircuitLimits(9, 1, 4))


def test_quotas_take_the_importance_of_their_own_sublayer():
    importance = torch.zeros(1, 2, 4)
    importance[0, 0, 3], importance[0, 1, 0] = 1.0, 1.0
    assert np.argmax(assembly.quotas(importance, HEADS, 24)[0]) == 3
    assert np.argmax(assembly.quotas(importance, NEURONS, 99)[0]) == 0


def test_circuits_hold_the_top_components_of_every_layer():
    scores = {
        NEURONS: torch.tensor([[[0.1, 0.9, 0.5], [3.0, 1.0, 2.0]]]),
        HEADS: torch.tensor([[[1.0, -1.0], [0.0, 2.0]]]),
    }
    counts = {NEURONS: [[2, 1]], HEADS: [[1, 0]]}
    assert assembly.circuits(scores, counts, ["fear"]) == {
        "fear": {"0": {NEURONS: [1, 2], HEADS: [0]}, "1": {NEURONS: [0], HEADS: []}}
    }
    assert assembly.members(scores[NEURONS][:, 0], [2]).tolist() == [[False, True, True]]
    assert not assembly.members(scores[HEADS][:, 1], [0]).any()


QUOTAS = [[3, 1, 2], [2, 2, 2], [1, 4, 1]]


def test_indices_are_those_of_sets():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(5, 3, 3, 7, generator=generator)
    layers = [assembly.members(scores[:, :, layer], [each[layer] for each in QUOTAS]) for layer in range(3)]
    found = sharing.pair_indices(iter(layers))
    for row in range(5):
        sets = [
            {(layer, int(part)) for layer in range(3) for part in layers[layer][row, emotion].nonzero()}
            for emotion in range(3)
        ]
        expected = np.mean([len(a & b) / len(a | b) for a, b in combinations(sets, 2)])
        assert float(found[row]) == pytest.approx(expected)
    same = sharing.half_indices((layer, layer) for layer in layers)
    assert same.tolist() == [1.0] * 5
    shifted = sharing.half_indices((layer[:4], layer[1:]) for layer in layers)
    assert shifted.shape == (4,)
    assert float(shifted.max()) < 1


def test_chance_is_that_of_random_sets_of_the_same_sizes():
    found = sharing.random_indices(7, QUOTAS, 1050, 0)
    assert found.shape == (1050,)
    generator = np.random.default_rng(0)
    by_hand = []
    for _ in range(1000):
        sets = [
            {(layer, int(part)) for layer in range(3) for part in generator.choice(7, each[layer], replace=False)}
            for each in QUOTAS
        ]
        by_hand.append(np.mean([len(a & b) / len(a | b) for a, b in combinations(sets, 2)]))
    assert float(found.mean()) == pytest.approx(np.mean(by_hand), abs=0.01)
    assert float(found.std()) == pytest.approx(np.std(by_hand), rel=0.15)


def test_halves_split_the_scenarios():
    first = sharing.splits(9, 30, 0)
    assert set(first.sum(1).tolist()) == {4.0}
    assert len({tuple(row) for row in first.tolist()}) > 20


def test_evidence_on_circuits_that_share_heads_and_not_neurons():
    spread = torch.linspace(-0.01, 0.01, 40)
    found = {
        NEURONS: Indices(
            measured=torch.tensor([0.05]),
            resampled=0.05 + spread,
            chance=0.01 + spread,
            halves=0.6 + spread,
        ),
        HEADS: Indices(
            measured=torch.tensor([0.5]),
            resampled=0.5 + spread,
            chance=0.2 + spread,
            halves=0.8 + spread,
        ),
    }
    gap, shared, own = sharing.sharing_evidence(found, 64)
    assert (gap["part"], shared["part"], own["part"]) == ("heads minus neurons", "heads above chance", "neurons differ")
    assert gap["estimate"] == pytest.approx(0.45)
    assert shared["reference"] == pytest.approx(0.2)
    assert own["reference"] == 1.0
    assert [row["null_percentile"] for row in (gap, shared, own)] == [100.0] * 3
