"""Arrangements from inner products are those of the vectors themselves, resampled and permuted as well."""

import numpy as np
import pytest
import torch

from emotion_vectors.geometry import arrangement
from emotion_vectors.sources import arranged
from emotion_vectors.sources.arranged import Arrangement, SharedDraws
from emotion_vectors.sources.study import SECOND_HAND, VECTORS, Source
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.vectors.emotion_vectors import from_cells
from tests.unit.sources.planted import EMOTIONS, TOPICS, WIDTH, Planter, study_of


@pytest.fixture
def cells():
    return Planter(1).noise(TOPICS, EMOTIONS, WIDTH)


def cosines_of(cells):
    return arrangement.cosine_matrix(from_cells(torch.from_numpy(cells)))


def test_cosines_are_those_of_the_vectors(cells):
    np.testing.assert_allclose(Arrangement(cells).cosines(), cosines_of(cells), atol=1e-9)


def test_weights_of_topics_are_topics_that_occur_so_often(cells):
    drawn = [0, 0, 0, 2, 2, 5, 6, 7]
    weights = np.bincount(drawn, minlength=TOPICS) / TOPICS
    np.testing.assert_allclose(Arrangement(cells).cosines(weights), cosines_of(cells[drawn]), atol=1e-9)


def test_permuted_labels_are_stories_in_another_order(cells):
    order = np.stack([np.random.default_rng(topic).permutation(EMOTIONS) for topic in range(TOPICS)])
    permuted = cells[np.arange(TOPICS)[:, None], order]
    np.testing.assert_allclose(Arrangement(cells).permuted(order), cosines_of(permuted), atol=1e-9)


def test_coordinates_have_the_distances_of_the_vectors(cells):
    cosines = Arrangement(cells).cosines()
    points = arranged.coordinates(cosines)
    np.testing.assert_allclose(points @ points.T, cosines, atol=1e-9)


def test_a_source_that_does_not_vary_has_no_arrangement():
    with pytest.raises(VectorError, match="no direction"):
        Arrangement(np.ones((TOPICS, EMOTIONS, 3))).cosines()


def test_all_sources_share_their_draws():
    draws = SharedDraws.draw(TOPICS, EMOTIONS, Draws(30, 20, seed=2))
    assert draws.topics.shape == (30, TOPICS)
    assert draws.emotions.shape == (30, EMOTIONS)
    assert draws.labels.shape == (20, TOPICS, EMOTIONS)
    assert len(draws.first(7).labels) == 7


def test_what_words_tell_is_gone_where_they_are_removed():
    planter = Planter(3)
    words = planter.source(1.5)
    sources, _ = study_of(planter.image(words), words, planter)
    before, after = (
        lengths(of_all[VECTORS].cells)
        for of_all in (
            arranged.of_sources(sources, TOPICS),
            arranged.without_words_and_style(sources, TOPICS),
        )
    )
    assert after < 0.3 * before


def lengths(cells):
    means = cells.mean(0)
    return np.linalg.norm(means - means.mean(0))


def test_the_second_hand_is_arranged_where_it_was_read():
    source = Planter(4).source(1)
    of_all = arranged.of_sources({VECTORS: source, "other": Source(source.stories, {})}, TOPICS)
    assert of_all[VECTORS].second.shape == (len(source.others[SECOND_HAND]) // EMOTIONS, EMOTIONS, WIDTH)
    assert of_all["other"].points_of_second() is None
