"""Rows that pad the vocabulary of a model stand for no piece: they are never drawn, and never end a reply."""

import pytest
import torch
from transformers import AutoModelForCausalLM

from emotion_vectors.engine import draws, sampling
from emotion_vectors.models.language_model import assemble
from emotion_vectors.models.tokens import encode
from emotion_vectors.weights.vocabulary import rows_without_piece

PADDING = 9


@pytest.fixture(scope="module")
def padded(make_model, tokenizer):
    """A model whose last rows stand for no piece and are far likelier than any other."""
    config = make_model("qwen2").network.config
    config.vocab_size = len(tokenizer) + PADDING
    torch.manual_seed(3)
    network = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        network.lm_head.weight[len(tokenizer) :] = 4 * network.lm_head.weight[20:29]
    return assemble(network, tokenizer, name="padded", sha256="0" * 64)


def test_rows_without_a_piece_are_those_after_the_last(padded, tokenizer):
    rows = rows_without_piece(tokenizer, len(tokenizer) + PADDING)
    assert rows.tolist() == list(range(len(tokenizer), len(tokenizer) + PADDING))
    assert rows_without_piece(tokenizer, len(tokenizer)).tolist() == []


@pytest.mark.parametrize("temperature", [0, 3.0])
def test_they_are_never_drawn(padded, tokenizer, temperature):
    prompts = [encode(tokenizer, text) for text in ("she was happy", "he felt sad", "a letter from the school")]
    how = draws.Sampling(new_tokens=16, temperature=temperature, top_p=1, side_by_side=3)
    with torch.no_grad():
        logits = padded.network(input_ids=torch.tensor([prompts[0].ids])).logits[0, -1]
    assert any(
        int(padded.network(input_ids=torch.tensor([p.ids])).logits[0, -1].argmax()) >= len(tokenizer) for p in prompts
    )
    replies = {
        row: reply for batch in sampling.generate(padded, prompts, [1, 2, 3], how) for row, reply in batch.items()
    }
    assert all(token < len(tokenizer) for reply in replies.values() for token in reply.ids)
    expected = logits[: len(tokenizer)].double().log_softmax(-1)[replies[0].ids[0]]
    assert replies[0].logprobs[0] == pytest.approx(float(expected), abs=1e-5)
