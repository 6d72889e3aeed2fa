"""Decoders on planted texts: structure is found on topics left out, noise is not, and what is chosen is chosen without them."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from emotion_vectors.sources import decoders
from emotion_vectors.statistics import ridge

TOPICS, EMOTIONS, WIDTH = 6, 8, 40
CHANCE = 1 / EMOTIONS


@pytest.fixture
def generator():
    return np.random.default_rng(2)


def stories(generator, strength, width=WIDTH):
    """Stories with a direction for each emotion and an offset for each topic, by topic, then emotion."""
    emotions, topics = generator.normal(size=(EMOTIONS, width)), 3 * generator.normal(size=(TOPICS, 1, width))
    noise = generator.normal(size=(TOPICS, EMOTIONS, width))
    return (strength * emotions + topics + noise).reshape(-1, width)


@pytest.mark.parametrize("kind", [decoders.raw, decoders.whitened], ids=["raw", "whitened"])
def test_planted_emotions_are_decoded_on_topics_left_out(generator, kind):
    assert kind(ridge.products(stories(generator, 3)), TOPICS).hits().mean() > 0.9


@pytest.mark.parametrize("kind", [decoders.raw, decoders.whitened], ids=["raw", "whitened"])
def test_noise_is_decoded_at_chance(generator, kind):
    rates = [kind(ridge.products(stories(generator, 0)), TOPICS).hits().mean() for _ in range(30)]
    assert np.mean(rates) == pytest.approx(CHANCE, abs=0.03)


def test_permuted_labels_are_decoded_at_chance_however_strong_the_emotions(generator):
    null = decoders.whitened(ridge.products(stories(generator, 3)), TOPICS).null(200, seed=1)
    assert len(null) == 200
    assert null.mean() == pytest.approx(CHANCE, abs=0.02)


def test_whitening_finds_emotions_under_a_loud_dimension(generator):
    loud = np.concatenate([stories(generator, 1), 60 * generator.normal(size=(TOPICS * EMOTIONS, 1))], axis=1)
    source = ridge.products(loud)
    assert decoders.whitened(source, TOPICS).hits().mean() > decoders.raw(source, TOPICS).hits().mean() + 0.3


def test_raw_scores_are_products_with_vectors_of_the_other_topics(generator):
    features = stories(generator, 1)
    found = decoders.raw(ridge.products(features), TOPICS).hits()
    cells = features.reshape(TOPICS, EMOTIONS, WIDTH)
    for topic in range(TOPICS):
        means = np.delete(cells, topic, axis=0).mean(0)
        scores = (cells[topic] - means.mean(0)) @ (means - means.mean(0)).T
        np.testing.assert_array_equal(found[topic], scores.argmax(1) == np.arange(EMOTIONS))


def test_the_shrinkage_of_a_topic_is_chosen_without_it(generator):
    """Nested cross-validation, written out with a fit for every pair of topics."""
    features = stories(generator, 0.6)
    found = decoders.whitened(ridge.products(features), TOPICS)
    variance = ((features - features.mean(0)) ** 2).sum(1).mean()
    targets, topic_of = np.tile(np.eye(EMOTIONS), (TOPICS, 1)), np.repeat(range(TOPICS), EMOTIONS)

    def accuracy(penalty, train, test):
        model = Ridge(alpha=penalty * variance).fit(features[train], targets[train])
        return (model.predict(features[test]).argmax(1) == range(EMOTIONS)).mean()

    for topic in range(TOPICS):
        others = [other for other in range(TOPICS) if other != topic]
        inner = {
            penalty: np.mean(
                [accuracy(penalty, ~np.isin(topic_of, (topic, other)), topic_of == other) for other in others]
            )
            for penalty in decoders.PENALTIES
        }
        best = max(inner, key=inner.get)
        assert found.hits()[topic].mean() == pytest.approx(accuracy(best, topic_of != topic, topic_of == topic))


def test_two_sources_that_know_different_emotions_are_better_together(generator):
    first, second = (stories(generator, 3, 10) for _ in range(2))
    rows = np.tile(np.arange(EMOTIONS), TOPICS)
    noise = generator.normal(size=first.shape)
    first, second = np.where(rows[:, None] < 4, first, noise), np.where(rows[:, None] >= 4, second, noise)
    sources = [ridge.products(values) for values in (first, second)]
    alone = [decoders.whitened(source, TOPICS).hits().mean() for source in sources]
    assert decoders.whitened_together(*sources, TOPICS).hits().mean() > max(alone) + 0.1
    assert decoders.raw_together(*sources, TOPICS).hits().mean() > CHANCE


def test_noise_adds_nothing_to_a_source(generator):
    source, noise = ridge.products(stories(generator, 2)), ridge.products(stories(generator, 0))
    together = decoders.whitened_together(source, noise, TOPICS).hits().mean()
    assert together <= decoders.whitened(source, TOPICS).hits().mean() + 0.05


def test_other_texts_are_read_relative_to_their_mean(generator):
    emotions = generator.normal(size=(EMOTIONS, WIDTH))
    features = (2 * emotions + generator.normal(size=(TOPICS, EMOTIONS, WIDTH))).reshape(-1, WIDTH)
    messages = 2 * emotions + generator.normal(size=(EMOTIONS, WIDTH)) + 50 * generator.normal(size=WIDTH)
    decoder = decoders.whitened(ridge.products(features, {"messages": messages}), TOPICS)
    scores = decoder.scores("messages")
    np.testing.assert_allclose(scores.mean(0), 0, atol=1e-9)
    assert (scores.argmax(1) == range(EMOTIONS)).mean() > 0.8
    permuted = [decoder.scores("messages", labels).argmax(1) == range(EMOTIONS) for labels in decoder.permuted(50, 1)]
    assert np.mean(permuted) == pytest.approx(CHANCE, abs=0.06)
