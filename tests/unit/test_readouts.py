"""Readouts and their response to a direction, against plain loops, cross-entropy by hand and central differences."""

import pytest
import torch

from emotion_vectors import readouts
from emotion_vectors.intervene import adding
from emotion_vectors.models import residual_streams
from emotion_vectors.tokens import Encoded, chat

LAYER = 2


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def prompt(tokenizer):
    messages = [{"role": "user", "content": "she was happy when the train came"}]
    return chat(tokenizer, messages, "chat", prefill="he felt")


@pytest.fixture(scope="module")
def words(tokenizer):
    return [tokenizer.encode(f" {word}", add_special_tokens=False)[0] for word in ("happy", "sad", "calm", "afraid")]


def network_logits(model, ids, dtype=torch.float32):
    return model.network(input_ids=torch.tensor([ids]), use_cache=False).logits[0].to(dtype)


def test_next_word_logprobs_are_a_log_softmax_over_the_whole_vocabulary(any_model, prompt, words):
    with torch.no_grad():
        logits = network_logits(any_model, prompt.ids, torch.float64)[-1]
    expected = [(logits[word].exp() / logits.exp().sum()).log() for word in words]
    found = readouts.next_word_logprobs(any_model, prompt, words)
    torch.testing.assert_close(found.double(), torch.stack(expected), atol=1e-5, rtol=1e-5)


def test_unsteered_words_are_the_same_with_and_without_a_zero_addition(any_model, prompt, words):
    zero = torch.zeros(1, any_model.width)
    steered = readouts.steered_next_word_logprobs(any_model, prompt, words, LAYER, zero)
    assert torch.equal(steered[0], readouts.next_word_logprobs(any_model, prompt, words))


def test_steered_words_are_those_of_one_forward_for_each_vector(any_model, prompt, words):
    vectors = random(6, any_model.width)
    found = readouts.steered_next_word_logprobs(any_model, prompt, words, LAYER, vectors)
    assert found.shape == (6, len(words))
    for row, vector in enumerate(vectors):
        with torch.no_grad(), adding(any_model, LAYER, vector[None]):
            expected = network_logits(any_model, prompt.ids)[-1].log_softmax(-1)[words]
        torch.testing.assert_close(found[row], expected, atol=1e-4, rtol=1e-4)


@pytest.fixture(scope="module", params=["llama", "gemma2", "qwen3"])
def exact_model(request, make_model):
    """A model in float64, so that small steps are not lost in rounding (its norms still round to float32)."""
    model = make_model(request.param, seed=3)
    model.network.double()
    return model


def differences(model, prompt, words, direction, step):
    """Central differences of the words' log-probabilities, from forwards of our own."""
    sides = []
    for sign in (1, -1):
        handle = model.blocks[LAYER].register_forward_hook(
            lambda _module, _inputs, output, sign=sign: (
                (output[0] + sign * step * direction, *output[1:])
                if isinstance(output, tuple)
                else output + sign * step * direction
            )
        )
        with torch.no_grad():
            sides.append(network_logits(model, prompt.ids, torch.float64)[-1].log_softmax(-1)[words])
        handle.remove()
    return (sides[0] - sides[1]) / (2 * step)


def test_gradients_are_the_limit_of_central_differences(exact_model, prompt, words):
    gradients = readouts.next_word_gradients(exact_model, prompt, words, LAYER).double()
    assert gradients.shape == (len(words), exact_model.width)
    for seed in range(3):
        direction = random(exact_model.width, seed=seed).double()
        slopes = gradients @ direction
        measured = [differences(exact_model, prompt, words, direction, step) for step in (0.2, 0.02, 0.005)]
        errors = [(each - slopes).abs().max() for each in measured]
        assert errors[1] < errors[0] / 20, "second order: a step ten times smaller errs a hundred times less"
        assert errors[2] < 5e-4 * slopes.abs().max()


def test_gradients_of_each_word_are_its_own(exact_model, prompt, words):
    together = readouts.next_word_gradients(exact_model, prompt, words, LAYER)
    for row, word in enumerate(words):
        alone = readouts.next_word_gradients(exact_model, prompt, [word], LAYER)[0]
        torch.testing.assert_close(together[row], alone, atol=1e-5, rtol=1e-4)


def test_gradients_leave_no_trace_in_the_model(llama, prompt, words):
    readouts.next_word_gradients(llama, prompt, words, LAYER)
    assert all(parameter.grad is None for parameter in llama.network.parameters())


def test_hooks_are_undone_when_a_readout_fails(llama, prompt):
    before = [len(block._forward_hooks) for block in llama.blocks]
    plain = residual_streams(llama, torch.tensor([prompt.ids]))
    outside = [10**6]
    for readout in (readouts.next_word_gradients, readouts.steered_next_word_logprobs):
        arguments = (random(2, llama.width),) if readout is readouts.steered_next_word_logprobs else ()
        with pytest.raises(IndexError):
            readout(llama, prompt, outside, LAYER, *arguments)
    assert [len(block._forward_hooks) for block in llama.blocks] == before
    assert torch.equal(residual_streams(llama, torch.tensor([prompt.ids]))[-1], plain[-1])


def test_text_logprob_is_minus_the_cross_entropy(any_model, stories):
    text = stories[1]
    vectors = torch.cat([torch.zeros(1, any_model.width), random(10, any_model.width)])
    found = readouts.text_logprob(any_model, text, LAYER, vectors)
    assert found.shape == (11,)
    for row in (0, 1, 7, 8, 10):
        with torch.no_grad(), adding(any_model, LAYER, vectors[row : row + 1]):
            logits = network_logits(any_model, text.ids)
        expected = -torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(text.ids[1:]))
        torch.testing.assert_close(found[row], expected, atol=1e-4, rtol=1e-4)


def test_text_logprob_of_a_single_token_is_refused(llama):
    with pytest.raises(ValueError, match="token"):
        readouts.text_logprob(llama, Encoded([7], 0), LAYER, torch.zeros(1, llama.width))


def test_own_minus_others_takes_the_diagonal_and_the_mean_of_the_rest():
    changes = torch.tensor([[3.0, 0.0, 1.0], [2.0, 5.0, 4.0], [1.0, -1.0, -2.0]])
    torch.testing.assert_close(readouts.own_minus_others(changes), torch.tensor([2.5, 2.0, -2.0]))
    stacked = torch.stack([changes, changes.T])
    torch.testing.assert_close(readouts.own_minus_others(stacked)[0], torch.tensor([2.5, 2.0, -2.0]))
    torch.testing.assert_close(readouts.own_minus_others(stacked)[1], torch.tensor([1.5, 5.5, -4.5]))
