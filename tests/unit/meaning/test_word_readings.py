"""Words that are read alone: which they are, and what is read of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from emotion_vectors.meaning import reading_steps, word_readings
from emotion_vectors.models.tokens import encode
from emotion_vectors.vectors.emotion_vectors import EmotionVectors
from tests.conftest import WORDS

EMOTIONS = ["calm", "sad"]


def test_named_words_come_first_and_the_others_by_how_often_they_are_written():
    texts = [
        "The door shut, and the door was shut.",
        "Maria shut it: I didn\u2019t, at 10. Maria didn't mind the bell.",
    ]
    counted = word_readings.lexicon(["calm", "at ease", "calm"], texts)
    assert (counted["calm"], counted["at"], counted["door"], counted["shut"]) == (0, 1, 2, 3)
    words = list(counted)
    assert words[:3] == ["calm", "at", "ease"]
    assert words[3:7] == ["shut", "didn't", "door", "the"]
    assert "i" in words
    assert not {"maria", "10"} & {*words}
    assert word_readings.lexicon(["calm"], texts, most=2) == {"calm": 0, "shut": 3}


def test_readings_are_components_relative_to_running_text_in_standard_deviations(make_model, monkeypatch):
    model, words = make_model("llama"), {word: place**2 for place, word in enumerate(WORDS[:12])}
    layer, generator = 1, torch.Generator().manual_seed(0)
    values = torch.randn(len(EMOTIONS), model.layers, model.width, generator=generator)
    vectors = EmotionVectors(values, torch.ones(model.layers), EMOTIONS)
    table = word_readings.read_words(model, words, vectors, layer, 640)
    with torch.inference_mode():
        states = torch.stack(
            [
                model.base(
                    input_ids=torch.tensor([encode(model.tokenizer, f"\n {word}").ids]), output_hidden_states=True
                ).hidden_states[layer + 1][0, -1]
                for word in words
            ]
        )
    components = (states @ values[:, layer].T).numpy()
    expected = (components - np.average(components, axis=0, weights=[*words.values()])) / components.std(0)
    assert list(table["word"]) == [*words]
    assert np.abs(table[EMOTIONS].to_numpy() - expected).max() <= reading_steps.STEP_SD / 2 + 1e-3
    monkeypatch.setattr(word_readings, "WORDS_AT_ONCE", 5)
    assert word_readings.read_words(model, words, vectors, layer, 640).equals(table)


def test_a_reading_beyond_a_byte_is_the_largest_that_fits(make_model, monkeypatch):
    """One word of a hundred far from all others would be ten standard deviations away."""
    model = make_model("llama")
    states = torch.zeros(101, model.layers, model.width)
    states[0] = 5.0
    monkeypatch.setattr(word_readings.capture, "at_last_token", lambda _model, texts, _budget: states[: len(texts)])
    vectors = EmotionVectors(torch.ones(2, model.layers, model.width), torch.ones(model.layers), EMOTIONS)
    table = word_readings.read_words(model, {str(word): 1 for word in range(101)}, vectors, 0, 640)
    assert table.loc[0, EMOTIONS].tolist() == pytest.approx([reading_steps.LARGEST_SD] * 2)
