"""How well directions tell emotions apart on held-out prompts: against scikit-learn, plain loops and planted signals."""

import numpy as np
import pytest
import torch
from sklearn.metrics import silhouette_samples

from emotion_vectors.circuits import depths, emotion_directions, pair_cosines, separation
from emotion_vectors.decoding import nearest_direction
from emotion_vectors.models.layers import from_depth
from emotion_vectors.statistics import effects, permutation
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.resampling import Draws
from tests.random_tensors import random
from tests.unit.circuits.prompts import LAYERS, NAMES, WIDTH, make_states


def curve(signal, sets=60):
    fit, test = make_states(signal), make_states(signal, seed=50, prefix="h", scenarios=12)
    used, tested = fit.residual[:, :, 1], test.residual[:, :, 1]
    return separation.accuracy_curve(used, tested, used.mean((0, 1)), test.scenarios, sets, seed=0), test


def test_held_out_prompts_are_read_one_by_one():
    """Nothing of a prompt's event but the prompt itself decides: changing the others changes no hit of it."""
    fit, test = make_states().residual[:, :, 1], make_states(seed=50).residual[:, :, 1]
    vectors, centre = emotion_directions.centroids(fit), fit.mean((0, 1))
    hits = separation.held_out_hits(test, centre, vectors)
    changed = test.clone()
    changed[:, 1:] = random(*changed[:, 1:].shape, seed=9)
    assert (separation.held_out_hits(changed, centre, vectors)[:, :, 0] == hits[:, :, 0]).all()
    scores = torch.nn.functional.cosine_similarity((test[2, 3, 4] - centre[4])[None], vectors[:, 4])
    assert hits[4, 2, 3] == (int(scores.argmax()) == 3)


def test_accuracy_is_high_where_there_is_an_emotion_and_chance_elsewhere():
    found, _ = curve(signal=25.0)
    assert found.values.shape == (LAYERS, 12)
    assert found.values[:2].mean() == pytest.approx(1 / 6, abs=0.12)
    assert found.values[2:].mean() > 0.6
    assert found.null.mean() == pytest.approx(1 / 6, abs=0.05)
    deeper = found.effect(
        separation.contrast_weights(LAYERS), 200, 0, scale=effects.Scale(of="s", unit="u", two_sided=True)
    )
    assert deeper.low > 0.2
    assert deeper.null_percentile > 95
    table = found.table(200, 0)
    assert list(table["value"]) == pytest.approx(found.values.mean(1))
    assert (table["low"] <= table["value"]).all()


def test_without_emotion_accuracy_is_inside_its_null():
    found, _ = curve(signal=0.0)
    effect = found.effect(
        separation.deep_weights(LAYERS), 200, 0, scale=effects.Scale(of="s", unit="u", reference=1 / 6)
    )
    assert 1 < effect.null_percentile < 99
    assert effect.estimate == pytest.approx(1 / 6, abs=0.1)


def test_null_accuracies_are_those_of_the_slow_way():
    test, sets = random(7, 6, WIDTH), random(5, 6, WIDTH, seed=2)
    slow = [
        (
            nearest_direction.ranks_of_truth(
                nearest_direction.cosines(test.flatten(0, 1)[:, None], each[:, None]), list(range(6)) * 7
            )
            == 1
        ).mean()
        for each in sets
    ]
    np.testing.assert_allclose(separation.accuracies_under(test, sets), slow)


def test_silhouettes_are_those_of_scikit_learn():
    states = random(7, 6, WIDTH)
    labels = permutation.label_sets(3, 7, 6, seed=0)
    found = separation.silhouettes(separation.cosine_distances(states), labels)
    points = (states - states.mean(1, keepdim=True)).flatten(0, 1).double().numpy()
    for values, classes in zip(found, labels, strict=True):
        np.testing.assert_allclose(values, silhouette_samples(points, classes, metric="cosine"), atol=1e-5)
    assert torch.equal(labels[0], torch.arange(6).repeat(7))
    assert all(sorted(row) == list(range(6)) for row in labels.reshape(-1, 6).tolist())


def test_silhouette_does_not_see_the_scene():
    test = make_states(4.0, seed=50)
    found = separation.silhouette_curve(test.residual[:, :, 1], test.scenarios, 40, seed=0)
    assert found.values[2:].mean() > 0.3
    assert found.null.mean() < 0.05
    assert found.values[:2].mean() < 0.1


def test_layers_from_forty_percent_of_depth_on():
    assert from_depth(30, depths.DEEP) == list(range(11, 30))
    weights = separation.contrast_weights(5)
    np.testing.assert_allclose(weights, [-1, 1 / 4, 1 / 4, 1 / 4, 1 / 4])


def test_cosines_find_the_pair_that_is_close():
    states = make_states(3.0, scenarios=20)
    anger, disgust = NAMES.index("anger"), NAMES.index("disgust")
    states.residual[:, [anger, disgust]] += 4 * random(WIDTH, seed=4)
    found = pair_cosines.cosine_curves(states.residual[:, :, 1], states.scenarios, Draws(100, 50, 0))
    pair = found.pairs.index((anger, disgust))
    others = np.delete(found.values, pair, axis=1)[2:]
    assert (found.values[2:, pair] > others.max(1)).all()
    assert (found.values[2:, pair] > 0.3).all()
    np.testing.assert_allclose(
        found.values.sum(1),
        pair_cosines.pair_cosines(unit(emotion_directions.centroids(states.residual[:, :, 1])).movedim(0, 1)).sum(1),
        atol=1e-3,
    )
    others = found.of_others([pair, 0])
    assert others.shape == (found.resampled.shape[0] * 13,)
    deep = separation.deep_weights(len(found.values))
    assert np.quantile(others, 0.95) < deep @ found.values[:, pair]
    assert -0.2 < found.shuffled_95() < 1
    table = found.table(NAMES)
    row = table[(table["layer"] == 3) & (table["left"] == "anger") & (table["right"] == "disgust")].iloc[0]
    assert row["cosine"] == pytest.approx(found.values[3, pair])
    assert row["low"] < row["cosine"] < row["high"] + 0.05
