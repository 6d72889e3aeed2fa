"""What is left of vectors without words: nothing where they are made of words, and the emotions that words do not tell."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_vectors.sources.decoded import decode_without
from emotion_vectors.sources.study import SECOND_HAND, Source

TOPICS, EMOTIONS, WORDS, WIDTH = 12, 12, 100, 40
CHANCE = 1 / EMOTIONS
STUDIES = 10


class Texts:
    """Words that tell emotions, and vectors made of them, with a share of emotions that stand in no word."""

    def __init__(self, seed: int, told: float, untold: float) -> None:
        generator = np.random.default_rng(seed)
        emotions = told * generator.normal(size=(EMOTIONS, WORDS))
        map_of = generator.normal(size=(WORDS, WIDTH)) / np.sqrt(WORDS)
        beside = untold * generator.normal(size=(EMOTIONS, WIDTH))

        def texts(topics):
            shape = (topics, EMOTIONS, WORDS)
            words = emotions + generator.normal(size=(topics, 1, WORDS)) + generator.normal(size=shape)
            vectors = words @ map_of + beside + generator.normal(size=(topics, EMOTIONS, WIDTH))
            return words.reshape(-1, WORDS), vectors.reshape(-1, WIDTH)

        (words, vectors), (second_words, second_vectors) = texts(TOPICS), texts(4)
        self.words = Source(words, {SECOND_HAND: second_words})
        self.vectors = Source(vectors, {SECOND_HAND: second_vectors})


def left(seed, told, untold):
    texts = Texts(seed, told, untold)
    return decode_without(texts.vectors, texts.words, TOPICS)


def rates(told, untold):
    return np.array([left(seed, told, untold).hits().mean() for seed in range(STUDIES)])


def test_vectors_made_of_words_are_decoded_at_chance_without_them_and_not_below():
    found = rates(told=0.5, untold=0)
    assert found.mean() == pytest.approx(CHANCE, abs=3 * np.sqrt(CHANCE / (STUDIES * TOPICS * EMOTIONS)))


def test_emotions_in_no_word_are_left():
    found = rates(told=0.1, untold=0.5)
    assert (found > CHANCE + 0.05).all()
    assert found.mean() > 3 * CHANCE


def test_permuted_labels_of_what_is_left_are_decoded_at_chance():
    null = left(0, told=0.1, untold=0.5).null(100, seed=1)
    assert null.mean() == pytest.approx(CHANCE, abs=0.02)


def test_a_topic_that_is_tested_changes_neither_predictor_nor_decoder():
    """Weights of labels depend on the tested story, but those of the other topics' stories do not read it."""
    texts = Texts(3, told=0.3, untold=0.5)
    before = decode_without(texts.vectors, texts.words, TOPICS).left_out
    stories = texts.vectors.stories.copy()
    stories[0] += 100
    after = decode_without(Source(stories, {}), texts.words, TOPICS).left_out
    assert np.abs(before[:EMOTIONS, :EMOTIONS]).max() == 0
    np.testing.assert_allclose(before[1:EMOTIONS], after[1:EMOTIONS], atol=1e-9)
