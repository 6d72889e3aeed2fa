"""Prompts that begin alike in one sequence, and gradients at some tokens, against the library's own forward of each prompt alone."""

import pytest
import torch

from emotion_vectors.engine.capture import CaptureError, over_spans
from emotion_vectors.engine.gradients import respond_by_position
from emotion_vectors.engine.packing import pack_prompts
from emotion_vectors.engine.replay import record, unsteered
from emotion_vectors.models.tokens import Encoded, TokenError, encode
from tests.random_tensors import random

CONTEXT = 256
TOLERANCE = 1e-4
PROMPTS = (
    "the angry neighbour closed the door and walked into the garden",
    "the angry neighbour was happy",
    "the angry neighbour felt sad beside the quiet river that evening",
)
LAYER = 1


def prompts_of(model):
    ids = [encode(model.tokenizer, prompt).ids for prompt in PROMPTS]
    begun = len(encode(model.tokenizer, "the angry neighbour").ids)
    letters = [model.tokenizer(letter, add_special_tokens=False).input_ids[0] for letter in "AB"]
    return ids, begun, letters


def alone(model, ids, letters, span=slice(0), vector=None):
    """Log-odds of the letters after one prompt, with a vector added at some tokens after a block by a hook written here."""

    def add(_module, _inputs, output):
        hidden = (output[0] if isinstance(output, tuple) else output).clone()
        hidden[:, span] += vector
        return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

    handle = model.blocks[LAYER].register_forward_hook(add) if vector is not None else None
    try:
        with torch.no_grad():
            logits = model.network(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
    finally:
        if handle:
            handle.remove()
    return float(logits[letters[0]] - logits[letters[1]])


def test_prompts_that_begin_alike_are_read_like_each_alone(any_model):
    ids, begun, letters = prompts_of(any_model)
    packed = pack_prompts(ids, begun, letters, CONTEXT)
    assert len(packed.ids) == sum(map(len, ids)) - 2 * begun
    odds = unsteered(any_model, record(any_model, packed)).reshape(3, 2) @ torch.tensor([1.0, -1.0])
    expected = [alone(any_model, prompt, letters) for prompt in ids]
    torch.testing.assert_close(odds, torch.tensor(expected), atol=TOLERANCE, rtol=0)
    assert odds.std() > 100 * TOLERANCE


@pytest.mark.parametrize("row", range(3))
def test_gradients_at_some_tokens_are_central_differences_of_additions_there(any_model, row):
    ids, begun, letters = prompts_of(any_model)
    packed = pack_prompts(ids, begun, letters, CONTEXT)
    begin = int((packed.segments == row + 1).nonzero()[0])
    tokens = torch.zeros(2, len(packed.ids), dtype=torch.bool)
    tokens[0, begin : begin + 2] = True
    tokens[1, begin] = True
    weights = torch.tensor([1.0, -1.0]).repeat(3)
    response = respond_by_position(any_model, packed, weights[None], [LAYER])
    gradients = tokens.float() @ response.gradients[0, 0]
    torch.testing.assert_close(response.logprobs, unsteered(any_model, record(any_model, packed)))
    vector = random(any_model.width, seed=row)
    vector /= vector.norm()
    for gradient, span in zip(gradients, (slice(begun, begun + 2), slice(begun, begun + 1)), strict=True):
        slope, errors = float(gradient @ vector), []
        for step in (0.4, 0.1):
            plus, minus = (alone(any_model, ids[row], letters, span, sign * step * vector) for sign in (1, -1))
            errors.append(abs((plus - minus) / (2 * step) - slope))
        assert errors[1] < errors[0] / 4 + TOLERANCE
        assert errors[1] < 0.05 * abs(slope) + TOLERANCE
    assert (gradients[0] - gradients[1]).norm() > 1e-3 * gradients.norm()


def test_a_token_that_the_readout_does_not_see_has_no_gradient(llama):
    ids, begun, letters = prompts_of(llama)
    packed = pack_prompts(ids, begun, letters, CONTEXT)
    first_alone = torch.tensor([1.0, -1.0, 0, 0, 0, 0])
    tokens = torch.stack([packed.segments == number for number in (1, 2, 3)])
    gradients = tokens.float() @ respond_by_position(llama, packed, first_alone[None], [LAYER]).gradients[0, 0]
    assert gradients[0].norm() > 1e-3
    assert gradients[1:].abs().max() == 0


def test_prompts_that_do_not_begin_alike_are_refused(llama):
    ids, begun, letters = prompts_of(llama)
    with pytest.raises(TokenError, match=f"share their first {begun + 1} tokens"):
        pack_prompts(ids, begun + 1, letters, CONTEXT)
    with pytest.raises(TokenError, match="next tokens are needed"):
        pack_prompts(ids, begun, [], CONTEXT)
    with pytest.raises(TokenError, match="the model reads 10; shorten it"):
        pack_prompts(ids, begun, letters, 10)


def test_states_over_spans_are_means_of_the_librarys_states(any_model, stories, reference_states):
    spans = [slice(2, 5), slice(10, 11), *[slice(4, 30)] * (len(stories) - 2)]
    states = over_spans(any_model, stories, spans, 300)
    for row in (0, 1, 2):
        expected = reference_states(any_model, stories[row].ids)[:, spans[row]].mean(1)
        torch.testing.assert_close(states[row], expected, atol=TOLERANCE, rtol=1e-4)


def test_a_span_without_tokens_is_refused(llama):
    with pytest.raises(CaptureError, match="text 0: tokens 3 to 3"):
        over_spans(llama, [Encoded([1, 2, 3, 4], 0)], [slice(3, 3)], 100)
