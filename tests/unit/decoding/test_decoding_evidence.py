"""Evidence on decoding (A01, A02): a planted effect is found with its size and sign, and with nothing planted nothing is."""

import numpy as np
import pytest
import torch

from emotion_vectors.decoding import decoding_evidence, hit_tables, implicit_messages, nearest_direction
from emotion_vectors.decoding.decoding_evidence import PermutedRates
from emotion_vectors.decoding.implicit_messages import MessageStates
from emotion_vectors.statistics import permutation
from emotion_vectors.vectors.emotion_vectors import from_cells

TOPICS, EMOTIONS, LAYERS, WIDTH, LAYER = 10, 8, 3, 24, 1
NAMES = [f"e{number}" for number in range(EMOTIONS)]
DRAWS = {"bootstraps": 200, "seed": 0}


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def cells_of(signal, seed=0):
    return signal * noise(EMOTIONS, LAYERS, WIDTH, seed=9) + noise(TOPICS, EMOTIONS, LAYERS, WIDTH, seed=seed)


def judged_stories(signal, words=None, seed=0):
    cells = cells_of(signal, seed)
    null = decoding_evidence.permuted_stories(cells, LAYER, sets=1, shuffles=60, seed=1)
    hits = nearest_direction.held_out_hits(cells, hit_tables.leave_one_out(TOPICS))[LAYER].astype(float)
    baseline = hits if words is None else words
    table = decoding_evidence.on_stories(hits, baseline, null, **DRAWS)
    return hits, null, table.set_index("part")


def test_stories_decoded_above_chance_and_above_words_are_found_with_their_size():
    hits, _, found = judged_stories(1.0, words=np.eye(TOPICS, EMOTIONS))
    assert set(found["claim"]) == {"A01"}
    above = found.loc["above chance"]
    assert above["estimate"] == hits.mean() > 0.8
    assert (above["reference"], above["n"], above["null_percentile"]) == (1 / EMOTIONS, TOPICS * EMOTIONS, 100)
    assert above["low"] > above["reference"]
    difference = found.loc["above words"]
    assert difference["estimate"] == pytest.approx(hits.mean() - np.eye(TOPICS, EMOTIONS).mean())
    assert difference["low"] > 0
    assert difference["null_percentile"] > 95


def test_words_that_decode_better_count_against_the_vectors():
    _, _, found = judged_stories(0.3, words=np.ones((TOPICS, EMOTIONS)))
    assert found.loc["above words", "high"] < 0
    assert found.loc["above words", "null_percentile"] < 5


def test_stories_without_a_signal_stay_inside_the_null():
    percentiles = [judged_stories(0.0, seed=seed)[2].loc["above chance", "null_percentile"] for seed in range(4)]
    assert np.mean(percentiles) < 90
    assert judged_stories(0.0)[2].loc["above words", "estimate"] == 0


def test_the_null_permutes_labels_at_all_layers_first_and_at_the_main_layer_then():
    cells, generator = cells_of(1.0), np.random.default_rng(5)
    folds = hit_tables.leave_one_out(TOPICS)
    null = decoding_evidence.permuted_stories(cells, LAYER, sets=2, shuffles=3, seed=5)
    assert (null.by_layer.shape, null.main.shape) == ((2, LAYERS), (3,))
    for row in null.by_layer:
        expected = nearest_direction.held_out_hits(permutation.shuffle_labels(cells, generator), folds).mean((1, 2))
        np.testing.assert_array_equal(row, expected)
    for rate in null.main:
        shuffled = permutation.shuffle_labels(cells, generator)
        assert rate == nearest_direction.held_out_hits(shuffled, folds)[LAYER].mean()


def test_bands_are_percentiles_of_each_layer_and_of_the_main_layer_for_words():
    null = PermutedRates(np.array([[0.1, 0.5], [0.3, 0.9]]), np.array([0.0, 1.0]))
    bands = null.bands()
    assert bands == pytest.approx({0: 0.29, 1: 0.88, hit_tables.NO_LAYER: 0.95})


def measured_messages(signal, seed=0):
    """Five messages of each emotion, whose states carry its vector."""
    vectors, truth = noise(EMOTIONS, LAYERS, WIDTH, seed=9), NAMES * 5
    states = signal * vectors.repeat(5, 1, 1) + noise(len(truth), LAYERS, WIDTH, seed=seed)
    return MessageStates([f"m{number}" for number in range(len(truth))], truth, states, states), vectors


def judged_messages(signal, seed=0):
    measured, vectors = measured_messages(signal, seed)
    shuffled = noise(80, EMOTIONS, LAYERS, WIDTH, seed=seed + 50)
    null = decoding_evidence.permuted_messages(measured, shuffled[:20], shuffled[:, :, [LAYER]], LAYER)
    ranks = nearest_direction.ranks_of_truth(
        nearest_direction.read(measured.reply_token, vectors - vectors.mean(0)), measured.classes
    )
    top3 = (ranks[LAYER] <= 3).astype(float).reshape(5, EMOTIONS).T
    return null, top3, decoding_evidence.on_messages(top3, np.zeros_like(top3), null, **DRAWS)


def test_messages_read_above_chance_are_found_with_their_size():
    null, top3, row = judged_messages(1.0)
    assert (row["claim"], row["part"], row["beside"]) == ("A02", "top-3 rate", "word counts 0.00")
    assert row["estimate"] == top3.mean() > 0.8
    assert row["reference"] == 3 / EMOTIONS
    assert row["low"] > row["reference"]
    assert row["null_percentile"] == 100
    assert null.main.mean() == pytest.approx(3 / EMOTIONS, abs=0.05)
    assert null.by_layer.shape == (20, LAYERS)


def test_messages_without_a_signal_stay_inside_the_null():
    rows = [judged_messages(0.0, seed)[2] for seed in range(6)]
    assert np.mean([row["null_percentile"] for row in rows]) < 85
    assert np.mean([row["estimate"] for row in rows]) == pytest.approx(3 / EMOTIONS, abs=0.08)


def test_shuffled_rates_are_those_of_each_set_and_layer():
    measured, _ = measured_messages(1.0)
    sets = noise(3, EMOTIONS, LAYERS, WIDTH, seed=4)
    found = implicit_messages.shuffled_rates(measured.reply_token, sets, measured.classes)
    readings = nearest_direction.read(measured.reply_token, sets[2])
    assert found[2, 1] == (nearest_direction.ranks_of_truth(readings, measured.classes)[1] <= 3).mean()


def test_vectors_of_the_cells_read_their_own_stories():
    cells = cells_of(1.0)
    states = cells.mean(0)
    ranks = nearest_direction.ranks_of_truth(nearest_direction.read(states, from_cells(cells)), range(EMOTIONS))
    assert (ranks == 1).all()
