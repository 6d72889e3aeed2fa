"""Readings of words in the form in which the page holds them."""

from __future__ import annotations

import base64
import json

import numpy as np
import pandas as pd

from emotion_vectors.explorer import words_shown
from emotion_vectors.meaning.reading_steps import LARGEST_SD
from emotion_vectors.meaning.word_readings import MOST_WORDS

STEPS = np.array([[0, 127], [-127, 3], [20, -1]])


def planted(words: list[str], emotions: int, seed: int = 0) -> pd.DataFrame:
    """Readings of words by so many emotions, at random."""
    drawn = np.random.default_rng(seed).normal(size=(len(words), emotions)).clip(-LARGEST_SD, LARGEST_SD)
    table = pd.DataFrame(drawn, columns=[f"emotion {number}" for number in range(emotions)])
    return table.assign(word=words)


def test_readings_come_back_from_their_bytes():
    table = pd.DataFrame(STEPS * 0.05, columns=["calm", "sad"]).assign(word=["a", "the", "sea"])
    shown = words_shown.words_shown([table])
    (model,) = shown["models"]
    assert shown["words"] == ["a", "the", "sea"]
    assert model["emotions"] == ["calm", "sad"]
    assert np.frombuffer(base64.b64decode(model["readings"]), np.int8).reshape(3, 2).tolist() == STEPS.tolist()
    assert shown["left_out"] == 0


def test_models_share_their_words():
    tables = [planted(["a", "the", "sea"], 2), planted(["sea", "a", "bell"], 3, seed=1)]
    shown = words_shown.words_shown(tables)
    assert shown["words"] == ["a", "sea"]
    second = np.frombuffer(base64.b64decode(shown["models"][1]["readings"]), np.int8).reshape(2, 3)
    assert np.abs(second * 0.05 - tables[1].iloc[[1, 0], :3].to_numpy()).max() < 0.026


def test_words_of_one_model_all_fit_and_of_seven_the_first_ones():
    words = [f"word{number}" for number in range(MOST_WORDS)]
    for models, every in ((1, True), (7, False)):
        shown = words_shown.words_shown([planted(words, 48, seed) for seed in range(models)])
        size = len(json.dumps(shown, separators=(",", ":")))
        assert size <= words_shown.ROOM_FOR_WORDS + 10_000
        assert (shown["left_out"] == 0) == every
        assert shown["words"] == words[: len(shown["words"])]
        assert len(shown["words"]) + shown["left_out"] == MOST_WORDS
        assert len(shown["words"]) > 500
