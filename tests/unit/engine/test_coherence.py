"""The coherence guard against cross-entropy by hand."""

import pytest
import torch

from emotion_vectors.engine import coherence
from emotion_vectors.engine.edits import Addition
from emotion_vectors.models.tokens import Encoded, TokenError
from tests.interventions import adding

LAYER = 2


def cross_entropies(model, text, vector):
    """Of every scored token, by the library's own forward under a hook."""
    with torch.no_grad(), adding(model, LAYER, vector[None]):
        logits = model.network(input_ids=torch.tensor([text.ids]), use_cache=False).logits[0]
    return torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(text.ids[1:]), reduction="none")


def test_falls_are_rises_of_the_cross_entropy(any_model, stories):
    vectors = torch.randn(5, any_model.width, generator=torch.Generator().manual_seed(0))
    texts = [stories[1], stories[4]]
    found = coherence.logprob_falls(any_model, texts, [Addition(LAYER, vectors)], 100)
    assert found.shape == (2, 5)
    for row, text in enumerate(texts):
        plain = cross_entropies(any_model, text, torch.zeros(any_model.width))
        for column, vector in enumerate(vectors):
            rises = (cross_entropies(any_model, text, vector) - plain)[:: coherence.EVERY]
            torch.testing.assert_close(found[row, column], rises.mean(), atol=1e-4, rtol=1e-4)


def test_no_addition_costs_nothing(llama, stories):
    none = [Addition(LAYER, torch.zeros(2, llama.width))]
    torch.testing.assert_close(coherence.logprob_falls(llama, stories[:1], none, 1000), torch.zeros(1, 2))


def test_a_text_of_one_token_is_refused(llama):
    with pytest.raises(TokenError, match="at least one token"):
        coherence.logprob_falls(llama, [Encoded([7], 0)], [Addition(LAYER, torch.zeros(1, llama.width))], 100)


def test_the_guard_names_the_cost():
    assert coherence.guard(0.5, 0.5) == ""
    assert "loses 0.51 nats" in coherence.guard(0.51, 0.5)
