"""Decoding emotions from activations and words: planted signals are found, noise is not, held-out topics stay out."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.decoding import hit_tables, nearest_direction
from emotion_vectors.vectors.emotion_vectors import from_cells

TOPICS, EMOTIONS, LAYERS, WIDTH = 12, 6, 2, 40


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def signal():
    """One direction for every emotion and layer."""
    return noise(EMOTIONS, LAYERS, WIDTH, seed=9)


@pytest.fixture
def cells(signal):
    """A strong signal under noise, with offsets of each topic that no reading may use."""
    topic_offset = 5 * noise(1, 1, LAYERS, WIDTH, seed=2)
    return signal + 0.5 * noise(TOPICS, EMOTIONS, LAYERS, WIDTH) + topic_offset


def test_cosines_are_those_of_each_layer():
    states, directions = noise(4, LAYERS, WIDTH), noise(EMOTIONS, LAYERS, WIDTH, seed=1)
    found = nearest_direction.cosines(states, directions)
    assert found.shape == (LAYERS, 4, EMOTIONS)
    expected = torch.nn.functional.cosine_similarity(states[3, 1], directions[2, 1], dim=0)
    torch.testing.assert_close(found[1, 3, 2], expected)


def test_a_planted_signal_is_decoded_completely(cells):
    hits = nearest_direction.held_out_hits(cells, hit_tables.leave_one_out(TOPICS))
    assert hits.shape == (LAYERS, TOPICS, EMOTIONS)
    assert hits.all()


def test_pure_noise_is_decoded_at_chance():
    cells = noise(40, EMOTIONS, LAYERS, WIDTH)
    rate = nearest_direction.held_out_hits(cells, hit_tables.leave_one_out(40)).mean()
    assert abs(rate - 1 / EMOTIONS) < 4 * np.sqrt(5 / 36 / (40 * EMOTIONS * LAYERS))


def test_a_signal_of_the_held_out_topic_alone_cannot_be_decoded():
    """Were the held-out topic part of the vectors, so strong a signal in it would carry them."""
    rates = []
    for topic in range(TOPICS):
        cells = noise(TOPICS, EMOTIONS, LAYERS, WIDTH, seed=topic)
        cells[topic] += 50 * noise(EMOTIONS, LAYERS, WIDTH, seed=100 + topic)
        folds = [([other for other in range(TOPICS) if other != topic], [topic])]
        rates.append(nearest_direction.held_out_hits(cells, folds).mean())
        vectors = from_cells(cells)
        leaking = nearest_direction.cosines(cells[topic] - cells.mean((0, 1)), vectors).argmax(-1)
        assert (leaking == torch.arange(EMOTIONS)).float().mean() > 0.8
    assert np.mean(rates) < 2 / EMOTIONS


def test_a_held_out_topic_does_not_move_the_readings_of_another(cells):
    folds = [(list(range(2, TOPICS)), [0, 1])]
    before = nearest_direction.held_out_hits(cells, folds)
    changed = cells.clone()
    changed[1] = noise(EMOTIONS, LAYERS, WIDTH, seed=50)
    after = nearest_direction.held_out_hits(changed, folds)
    assert (after[:, 0] == before[:, 0]).all()
    assert not (after[:, 1] == before[:, 1]).all()


def test_a_held_out_story_is_not_centred_by_its_own_topic(cells):
    """Centring by the own topic would use the labels of its other stories and hide an offset of the topic."""
    moved = cells.clone()
    moved[0] += 1e4
    hits = nearest_direction.held_out_hits(moved, [(list(range(1, TOPICS)), [0])])
    assert hits.mean() <= 0.5


def test_lengths_of_the_vectors_do_not_decide(cells):
    """A trap others fell into: the longest vector wins raw projections, whatever the text."""
    states, vectors = cells[0] - cells.mean((0, 1)), from_cells(cells)
    longer = vectors * torch.logspace(-3, 3, EMOTIONS)[:, None, None]
    torch.testing.assert_close(nearest_direction.cosines(states, longer), nearest_direction.cosines(states, vectors))
    raw = torch.einsum("ild,eld->lie", states, longer).argmax(-1)
    assert (raw == torch.arange(EMOTIONS)).float().mean() < 0.7, "the trap is set: raw projections do follow length"


def test_scale_of_the_activations_does_not_change_hits():
    cells = 0.4 * noise(EMOTIONS, LAYERS, WIDTH, seed=9) + noise(TOPICS, EMOTIONS, LAYERS, WIDTH)
    folds = hit_tables.leave_one_out(TOPICS)
    hits = nearest_direction.held_out_hits(cells, folds)
    assert 0.3 < hits.mean() < 1
    assert (nearest_direction.held_out_hits(cells * 700 + 3, folds) == hits).mean() > 0.99


def test_folds_hold_out_each_topic_once():
    folds = hit_tables.leave_one_out(4)
    assert [test for _, test in folds] == [[0], [1], [2], [3]]
    assert all(sorted(train + test) == [0, 1, 2, 3] for train, test in folds)


def test_schemes_train_and_test_on_disjoint_topics_and_on_the_corpora_they_name():
    corpora = ["scenes", "plain", "scenes", "plain", "plain"]
    found = hit_tables.schemes(corpora)
    assert set(found) == {
        hit_tables.BOTH,
        "scenes alone",
        "plain alone",
        "scenes to plain",
        "plain to scenes",
    }
    for name, folds in found.items():
        for train, test in folds:
            assert not set(train) & set(test)
            if name.endswith("alone"):
                assert {corpora[topic] for topic in train + test} == {name.removesuffix(" alone")}
    assert found["scenes to plain"] == [([0, 2], [1, 3, 4])]
    assert sorted(topic for _, test in found["plain alone"] for topic in test) == [1, 3, 4]
    assert list(hit_tables.schemes(["scenes"] * 3)) == [hit_tables.BOTH]


def test_hits_come_back_from_their_table_at_their_place():
    hits = np.random.default_rng(0).random((2, 3, 2)) < 0.5
    table = hit_tables.tabulate_hits(
        hits, ["t2", "t0", "t1"], ["sad", "calm"], method="vectors", scheme=hit_tables.BOTH
    )
    assert table.columns.tolist() == ["layer", "topic", "emotion", "hit", "method", "scheme"]
    row = table[(table["layer"] == 1) & (table["topic"] == "t0") & (table["emotion"] == "calm")]
    assert row["hit"].item() == hits[1, 1, 1]
    found = hit_tables.hit_table(table.sample(frac=1, random_state=0), "vectors", 1)
    np.testing.assert_array_equal(found, hits[1][[1, 2, 0]][:, [1, 0]])
    with pytest.raises(KeyError, match=r"no hits of method 'words'.*layer 1"):
        hit_tables.hit_table(table, "words", 1)


@pytest.mark.parametrize("corpora", [["plain", "scenes"] * 4, ["scenes"] * 5 + ["plain"] * 3])
def test_every_topic_of_a_scheme_is_tested_once_by_all_others_it_may_learn_from(corpora):
    topics = {name: [topic for topic, corpus in enumerate(corpora) if corpus == name] for name in ("scenes", "plain")}
    found = hit_tables.schemes(corpora)
    assert found[hit_tables.BOTH] == hit_tables.leave_one_out(8)
    for name, own in topics.items():
        folds = found[f"{name} alone"]
        assert [test for _, test in folds] == [[topic] for topic in own]
        assert all(sorted(train + test) == own for train, test in folds)
    assert found["plain to scenes"] == [(topics["plain"], topics["scenes"])]


def test_a_corpus_of_one_topic_is_tested_but_not_alone():
    found = hit_tables.schemes(["scenes", "scenes", "plain"])
    assert list(found) == [hit_tables.BOTH, "scenes alone", "scenes to plain", "plain to scenes"]
    assert found["plain to scenes"] == [([2], [0, 1])]


def test_a_table_of_hits_has_one_row_for_every_story_and_layer():
    hits = np.random.default_rng(1).random((3, 4, 5)) < 0.5
    topics, emotions = [f"t{topic}" for topic in range(4)], [f"e{emotion}" for emotion in range(5)]
    table = hit_tables.tabulate_hits(hits, topics, emotions, method="vectors", scheme="plain alone")
    assert len(table) == hits.size
    assert table["hit"].dtype == bool
    assert not table.duplicated(["layer", "topic", "emotion"]).any()
    assert set(table["scheme"]) == {"plain alone"}
    for layer in range(3):
        np.testing.assert_array_equal(hit_tables.hit_table(table, "vectors", layer, "plain alone"), hits[layer])


def test_hits_of_methods_schemes_and_layers_are_kept_apart():
    generator, tables, hits = np.random.default_rng(2), [], {}
    for method in ("vectors", "word-residual"):
        for scheme in (hit_tables.BOTH, "scenes alone"):
            hits[method, scheme] = generator.random((2, 6, 4)) < 0.5
            tables.append(
                hit_tables.tabulate_hits(
                    hits[method, scheme], list("abcdef"), list("ghij"), method=method, scheme=scheme
                )
            )
    table = pd.concat(tables, ignore_index=True).sample(frac=1, random_state=3)
    for (method, scheme), expected in hits.items():
        found = hit_tables.hit_table(table, method, 1, scheme)
        assert found.dtype == float
        np.testing.assert_array_equal(found, expected[1])
    np.testing.assert_array_equal(hit_tables.hit_table(table, "vectors", 0), hits["vectors", hit_tables.BOTH][0])
    absent = (
        ("vectors", 2, hit_tables.BOTH),
        ("vectors", 0, "plain alone"),
        ("words", 0, hit_tables.BOTH),
    )
    for method, layer, scheme in absent:
        with pytest.raises(KeyError, match=rf"'{method}', scheme '{scheme}' at layer {layer}"):
            hit_tables.hit_table(table, method, layer, scheme)


def test_rank_of_the_truth_counts_better_classes_and_ties():
    scores = torch.tensor([[0.9, 0.1, 0.5], [0.5, 0.5, 0.1], [0.2, 0.2, 0.2]])
    assert nearest_direction.ranks_of_truth(scores, [0, 1, 2]).tolist() == [1, 2, 3]
    assert nearest_direction.ranks_of_truth(scores[None].repeat(2, 1, 1), [2, 0, 0]).tolist() == [[2, 2, 3]] * 2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("truth", [0, 1], ids=["of the truth", "of another class"])
def test_a_score_that_is_no_number_has_no_rank(value, truth):
    """Compared with the others, a NaN would be better than the best."""
    with pytest.raises(ValueError, match="not finite"):
        nearest_direction.ranks_of_truth(torch.tensor([[value, 0.3, 0.2]]), [truth])


def test_readings_ignore_what_all_items_share(signal):
    states = signal + 0.3 * noise(EMOTIONS, LAYERS, WIDTH)
    readings = nearest_direction.read(states, signal - signal.mean(0))
    offset = 100 * noise(1, LAYERS, WIDTH, seed=4)
    torch.testing.assert_close(
        nearest_direction.read(states + offset, signal - signal.mean(0)), readings, atol=1e-4, rtol=0
    )
    assert (readings.argmax(-1) == torch.arange(EMOTIONS)).all()
    uncentred = nearest_direction.cosines(states + offset, signal - signal.mean(0)).argmax(-1)
    right = (uncentred == torch.arange(EMOTIONS)).float().mean()
    assert right < 0.5, "the trap is set: without centring the offset decides"
