"""Steered replies: the plain one is that of the unsteered model, and each strength draws what it draws alone."""

from __future__ import annotations

import pytest
import torch

from emotion_vectors.engine.draws import Sampling
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.sampling import generate
from emotion_vectors.models.tokens import encode
from emotion_vectors.trials import continuations

STRENGTHS = [0.5, -2.0]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_replies_are_those_that_each_strength_draws_alone(llama, tokenizer, rows, temperature: float):
    prompt, sampling = encode(tokenizer, "he felt sad and very calm"), Sampling(6, temperature, 0.95)
    replies = continuations.steered(llama, rows, prompt, STRENGTHS, sampling, seed=4)
    assert [one.strength for one in replies] == [0.0, *STRENGTHS]
    for one in replies:
        vector = one.strength * rows.norm * rows.values[[0]] / rows.values[0].norm()
        edits = [Addition(rows.layer, vector)] if one.strength else []
        (alone,) = generate(llama, [prompt], [4], sampling, edits)
        assert one.reply.ids == alone[0].ids
        assert one.mean_logprob == pytest.approx(sum(alone[0].logprobs) / len(alone[0].ids), abs=1e-5)


def test_a_large_strength_changes_the_reply_and_the_first_name_is_the_one_added(llama, tokenizer, rows):
    prompt, sampling = encode(tokenizer, "he felt sad and very calm"), Sampling(6, 0.0, 1.0)
    plain, steered = continuations.steered(llama, rows, prompt, [8.0], sampling, seed=0)
    assert plain.reply.ids != steered.reply.ids
    torch.testing.assert_close(rows.additions([8.0])[0].norm(), torch.tensor(8.0 * rows.norm))
