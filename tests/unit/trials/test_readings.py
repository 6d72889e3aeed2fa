"""Readings by token: the component along a vector in units of the norm, which steering raises by its strength."""

from __future__ import annotations

import pytest
import torch

from emotion_vectors.engine.edits import Addition, intervening
from emotion_vectors.models.tokens import Encoded, TokenError, encode
from emotion_vectors.trials import readings

TEXT = "she was happy when the morning train came"


def test_readings_are_components_of_the_states_that_the_library_reports(llama, tokenizer, rows, reference_states):
    text = encode(tokenizer, TEXT)
    read = readings.by_token(llama, rows, text)
    states = reference_states(llama, text.ids)[rows.layer]
    expected = states @ (rows.values / rows.values.norm(dim=-1, keepdim=True)).T / rows.norm
    torch.testing.assert_close(read.values, expected.double(), rtol=0, atol=1e-5)


def test_tokens_are_the_text_again(llama, tokenizer, rows):
    read = readings.by_token(llama, rows, encode(tokenizer, TEXT))
    assert "".join(read.tokens) == f"<bos>{TEXT}"


def test_steering_raises_a_reading_by_its_strength(llama, tokenizer, rows):
    text = encode(tokenizer, TEXT)
    plain = readings.by_token(llama, rows, text).values
    with intervening(llama, [Addition(rows.layer, rows.additions([0.3])[:1])]):
        steered = readings.by_token(llama, rows, text).values
    torch.testing.assert_close(steered[:, 0] - plain[:, 0], torch.full((len(text.ids),), 0.3).double())


def test_the_scale_leaves_the_first_token_out():
    read = readings.TokenReadings(["a", "b", "c"], ["calm"], torch.tensor([[9.0], [-0.4], [0.2]]))
    assert read.scale == pytest.approx(0.4)
    assert readings.TokenReadings(["a"], ["calm"], torch.tensor([[9.0]])).scale == 9.0


def test_the_table_has_a_row_a_token_and_a_column_a_name(llama, tokenizer, rows):
    read = readings.by_token(llama, rows, encode(tokenizer, TEXT))
    table = read.table()
    assert [*table.columns] == ["token", "calm", "angry"]
    assert table["angry"].tolist() == read.values[:, 1].tolist()


def test_a_text_beyond_the_context_is_refused(llama, rows):
    with pytest.raises(TokenError, match="the text has 300 tokens, tiny-llama reads 256"):
        readings.by_token(llama, rows, Encoded([7] * 300, 0))
