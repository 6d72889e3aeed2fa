"""Geometry of vectors: known structures are recovered, lengths and shared noise decide nothing."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats as scipy_stats
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV

from emotion_vectors.geometry import arrangement
from emotion_vectors.statistics.algebra import VectorError, unit
from tests.random_tensors import random

COUNT, WIDTH = 12, 32


@pytest.fixture
def plane():
    """Vectors with two planted axes, the first of more weight than the second, under noise in every direction."""
    generator = np.random.default_rng(0)
    valence, arousal = generator.normal(size=(2, 40))
    first, second = torch.linalg.qr(random(WIDTH, 2))[0].T
    vectors = (
        5 * torch.tensor(valence)[:, None] * first
        + 3 * torch.tensor(arousal)[:, None] * second
        + random(40, WIDTH, seed=1)
    )
    return vectors.float(), pd.DataFrame({"valence": valence, "arousal": arousal})


def test_components_do_not_depend_on_vector_length():
    vectors = random(COUNT, WIDTH)
    longer = vectors * torch.linspace(0.1, 9.0, COUNT)[:, None]
    expected, found = arrangement.principal_components(vectors), arrangement.principal_components(longer)
    np.testing.assert_allclose(found.shares, expected.shares, atol=1e-6)
    np.testing.assert_allclose(np.abs(found.scores), np.abs(expected.scores), atol=1e-5)


def test_components_are_those_of_an_independent_implementation():
    vectors = random(COUNT, WIDTH)
    found = arrangement.principal_components(vectors)
    reference = PCA().fit(unit(vectors).double().numpy())
    np.testing.assert_allclose(found.shares, reference.explained_variance_ratio_, atol=1e-9)
    scores = reference.transform(unit(vectors).double().numpy())
    np.testing.assert_allclose(np.abs(found.scores[:, :-1]), np.abs(scores[:, :-1]), atol=1e-6)


def test_components_of_a_zero_vector_are_refused():
    vectors = random(COUNT, WIDTH)
    vectors[4] = 0
    with pytest.raises(VectorError):
        arrangement.principal_components(vectors)


def test_planted_axes_correlate_with_their_component(plane):
    vectors, norms = plane
    table = arrangement.component_correlations(arrangement.principal_components(vectors), norms, count=3)
    assert list(table.columns) == ["component", "variance_fraction", "norm", "r"]
    assert table["component"].tolist() == [1, 1, 2, 2, 3, 3]
    r = table.set_index(["component", "norm"])["r"].abs()
    assert r[1, "valence"] > 0.8
    assert r[2, "arousal"] > 0.8
    assert r[3, "valence"] < 0.5


def test_component_correlations_are_pearsons(plane):
    vectors, norms = plane
    components = arrangement.principal_components(vectors)
    for row in arrangement.component_correlations(components, norms, count=4).itertuples():
        expected = scipy_stats.pearsonr(components.scores[:, row.component - 1], norms[row.norm]).statistic
        assert row.r == pytest.approx(expected)
        assert row.variance_fraction == components.shares[row.component - 1]


def test_no_more_components_are_reported_than_there_are():
    norms = pd.DataFrame({"valence": np.arange(4.0)})
    table = arrangement.component_correlations(arrangement.principal_components(random(4, WIDTH)), norms, count=10)
    assert len(table) <= 4


def test_strongest_component_is_found_among_the_candidates_whatever_its_sign():
    ratings = np.arange(8.0)
    scores = np.stack([np.array([1.0, -1] * 4), -ratings, ratings + np.array([0, 2.0] * 4)], axis=1)
    assert arrangement.strongest(scores, ratings, [0, 1, 2]) == (1, pytest.approx(1))
    best, r = arrangement.strongest(scores, ratings, [0, 2])
    assert best == 2
    assert 0.8 < r < 1


def test_linear_readout_finds_a_planted_rating_and_not_a_random_one(plane):
    vectors, norms = plane
    generator = np.random.default_rng(3)
    assert arrangement.linear_readout(vectors, norms["valence"].to_numpy()) > 0.8
    assert arrangement.linear_readout(vectors, generator.normal(size=40)) < 0.4


def test_linear_readout_predicts_each_emotion_from_a_fit_on_all_others(plane):
    vectors, ratings = plane[0][:15], plane[1]["valence"].to_numpy()[:15]
    inputs, predicted = unit(vectors).double().numpy(), []
    for emotion in range(15):
        others = [other for other in range(15) if other != emotion]
        ridge = RidgeCV(alphas=np.logspace(-3, 3, 13)).fit(inputs[others], ratings[others])
        predicted.append(ridge.predict(inputs[emotion][None])[0])
    expected = scipy_stats.pearsonr(predicted, ratings).statistic
    assert arrangement.linear_readout(vectors, ratings) == pytest.approx(expected, abs=1e-9)


def test_cosine_matrix_is_that_of_unit_vectors():
    vectors = random(5, WIDTH)
    found = arrangement.cosine_matrix(vectors * torch.tensor([1, 2, 3, 4, 5.0])[:, None])
    np.testing.assert_allclose(np.diag(found), 1)
    expected = torch.nn.functional.cosine_similarity(vectors[1], vectors[4], dim=0).item()
    assert [found[1, 4], found[4, 1]] == pytest.approx([expected, expected], abs=1e-6)


def test_pair_cosines_follow_the_pairs():
    vectors = random(5, WIDTH)
    matrix = arrangement.cosine_matrix(vectors)
    pairs = [(0, 3), (4, 1), (2, 2)]
    np.testing.assert_allclose(arrangement.pair_cosines(vectors, pairs), [matrix[pair] for pair in pairs])


def test_perfect_clusters_agree_completely_whatever_the_lengths():
    families = [0, 0, 0, 1, 1, 1, 2, 2, 2]
    centres = random(3, WIDTH)
    vectors = (centres[families] + 0.05 * random(9, WIDTH, seed=1)) * torch.logspace(-1, 2, 9)[:, None]
    labels = arrangement.cluster(vectors, 3, starts=5, seed=0)
    assert len(labels) == 9
    assert len(set(labels)) == 3
    assert all(len(set(labels[first : first + 3])) == 1 for first in (0, 3, 6))
    assert arrangement.family_contrast(vectors, families) > 0.5


def test_agreement_is_the_mean_over_runs():
    vectors, families = random(24, WIDTH), [family for family in range(4) for _ in range(6)]
    alone = [arrangement.Grouping(families, 1, seed).agreement(vectors) for seed in range(5)]
    assert arrangement.Grouping(families, 5, 0).agreement(vectors) == pytest.approx(np.mean(alone))


def test_the_contrast_of_families_of_noise_is_nil():
    families = [family for family in range(6) for _ in range(8)]
    assert abs(arrangement.family_contrast(random(48, WIDTH), families)) < 0.05


def test_clusters_of_noise_do_not_agree():
    families = [family for family in range(6) for _ in range(8)]
    found = [arrangement.Grouping(families, 2, seed).agreement(random(48, WIDTH, seed=seed)) for seed in range(8)]
    assert abs(np.mean(found)) < 0.05


def test_noise_that_depths_share_does_not_count_as_similar_structure():
    """Neighbouring layers share their noise: measured on the same stories, two depths look alike for nothing."""
    layers, emotions = 4, 30
    left, right = (random(emotions, 1, WIDTH, seed=seed).repeat(1, layers, 1) for seed in (1, 2))
    same = arrangement.structure_similarity(left, left)
    np.testing.assert_allclose(same, 1)
    crossed = arrangement.structure_similarity(left, right)
    assert np.abs(crossed).max() < 0.2


def test_structure_that_is_there_is_found_between_layers_that_share_it():
    emotions, layers = 30, 3
    early, late = random(emotions, WIDTH, seed=1), random(emotions, WIDTH, seed=2)
    truth = torch.stack([early, late, late], dim=1)
    left, right = (truth + 0.3 * random(emotions, layers, WIDTH, seed=seed) for seed in (3, 4))
    found = arrangement.structure_similarity(left, right)
    np.testing.assert_allclose(found, found.T)
    assert found[1, 2] > 0.8
    assert abs(found[0, 2]) < 0.2
    assert (np.diag(found) > 0.8).all()


def test_structure_similarity_correlates_the_cosines_of_the_two_sides():
    left, right = random(6, 2, WIDTH, seed=1), random(6, 2, WIDTH, seed=2)
    rows, columns = np.triu_indices(6, 1)
    sides = [[arrangement.cosine_matrix(side[:, layer])[rows, columns] for layer in (0, 1)] for side in (left, right)]
    expected = (np.corrcoef(sides[0][0], sides[1][1])[0, 1] + np.corrcoef(sides[0][1], sides[1][0])[0, 1]) / 2
    assert arrangement.structure_similarity(left, right)[0, 1] == pytest.approx(expected)


def test_stability_is_the_mean_similarity_between_layers_beside_the_mean_reliability_within():
    similarity = np.array([[0.9, 0.3, 0.2], [0.3, 0.4, 0.1], [0.2, 0.1, 0.5]])
    assert arrangement.stability(similarity, [0, 1, 2]) == pytest.approx(((0.3 + 0.2 + 0.1) / 3, (0.9 + 0.4 + 0.5) / 3))
    assert arrangement.stability(similarity, [0, 2]) == pytest.approx((0.2, 0.7))


def test_stability_over_reliability_recovers_one_under_noise():
    truth = random(30, 1, WIDTH, seed=1).repeat(1, 4, 1)
    left, right = (truth + 0.7 * random(30, 4, WIDTH, seed=seed) for seed in (2, 3))
    raw, reliability = arrangement.stability(arrangement.structure_similarity(left, right), [0, 1, 2, 3])
    assert raw < 0.75
    assert raw / reliability == pytest.approx(1, abs=0.12)
