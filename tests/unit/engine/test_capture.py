"""Activation means against a slow reading of their definition, one text and one token at a time."""

import numpy as np
import pytest
import torch

from emotion_vectors.engine import capture
from emotion_vectors.engine.capture import CaptureError, Windows
from emotion_vectors.models.tokens import Encoded, batches, encode


def by_hand(model, texts, windows, reference_states):
    """The definition in float64: means of both windows, mean embedding of the late one, mean norm of the early one."""
    late, early, embedding = [], [], []
    norms = [[] for _ in range(model.layers)]
    for text in texts:
        states = reference_states(model, text.ids).double().numpy()
        inputs = model.embedding(torch.tensor(text.ids)).detach().double().numpy()
        body = range(text.start, len(text.ids))
        late.append([np.mean([layer[t] for t in body[windows.late - 1 :]], axis=0) for layer in states])
        early.append([np.mean([layer[t] for t in body[windows.early - 1 :]], axis=0) for layer in states])
        embedding.append(np.mean([inputs[t] for t in body[windows.late - 1 :]], axis=0))
        for layer in range(model.layers):
            norms[layer] += [np.sqrt((states[layer][t] ** 2).sum()) for t in body[windows.early - 1 :]]
    return np.array(late), np.array(early), np.array(embedding), np.array([np.mean(values) for values in norms])


def test_story_means_are_what_their_definition_says(any_model, stories, reference_states):
    found = capture.story_means(any_model, stories, Windows(), budget=200)
    measured = (found.late, found.early, found.embedding, found.norms)
    for ours, theirs in zip(measured, by_hand(any_model, stories, Windows(), reference_states), strict=True):
        np.testing.assert_allclose(ours.double().numpy(), theirs, atol=2e-5 * np.abs(theirs).max())
    assert found.late.shape == (len(stories), any_model.layers, any_model.width)


def test_batches_budgets_and_order_of_the_texts_change_nothing(any_model, stories):
    apart = capture.story_means(any_model, stories, Windows(), budget=100)
    together = capture.story_means(any_model, stories, Windows(), budget=10**6)
    order = [4, 2, 6, 0, 5, 1, 3]
    mixed = capture.story_means(any_model, [stories[row] for row in order], Windows(), budget=170)
    for name in ("late", "early", "embedding"):
        torch.testing.assert_close(getattr(together, name), getattr(apart, name), atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(getattr(mixed, name), getattr(apart, name)[order], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(together.norms, apart.norms)
    torch.testing.assert_close(mixed.norms, apart.norms)


def test_window_begins_at_the_fiftieth_text_token(tokenizer, tokenizer_without_bos):
    """A beginning-of-text token is no text token: the window starts one index later where there is one."""
    text = " ".join(["river"] * 53)
    for each, first in ((tokenizer, 50), (tokenizer_without_bos, 49)):
        texts = [encode(each, text)]
        (batch,) = batches(texts, 1000, 0)
        weights = capture.window_weights(batch, texts, (50,))[0, 0]
        assert weights.nonzero()[0].item() == first
        assert weights.sum().item() == pytest.approx(1)
        assert len(set(weights[first:].tolist())) == 1


def test_weights_are_zero_on_padding():
    texts = [Encoded([5] * 6, 0), Encoded([5] * 9, 1)]
    (batch,) = batches(texts, 1000, 0)
    weights = capture.window_weights(batch, texts, (2, 4))
    assert weights[0, 0].tolist() == pytest.approx([0, 1 / 5, 1 / 5, 1 / 5, 1 / 5, 1 / 5, 0, 0, 0])
    assert weights[1, 1].tolist() == pytest.approx([0, 0, 0, 0, 1 / 5, 1 / 5, 1 / 5, 1 / 5, 1 / 5])


def test_norms_leave_out_the_first_token_however_large_it_is(make_model, tokenizer_without_bos):
    """Steering strengths are fractions of this norm: an attention sink in it would make every one too strong."""
    model = make_model("llama")
    texts = [encode(tokenizer_without_bos, "eos " + "the quiet river " * 20)]
    plain = capture.story_means(model, texts, Windows(), budget=1000).norms[0]
    first = texts[0].ids[0]
    assert first not in texts[0].ids[1:]

    def sink(_module, inputs, output):
        return torch.where(inputs[0][..., None] == first, 1000.0 * output, output)

    handle = model.embedding.register_forward_hook(sink)
    with_sink = capture.story_means(model, texts, Windows(), budget=1000).norms[0]
    handle.remove()
    assert with_sink < 2 * plain


def test_norms_weigh_tokens_and_not_texts(llama, stories):
    """The mean is over tokens: a long story counts for more than a short one."""
    singles = [capture.story_means(llama, [text], Windows(), budget=1000).norms for text in stories]
    counts = torch.tensor([len(text.ids) - text.start - 1 for text in stories], dtype=torch.float32)
    expected = (torch.stack(singles) * counts[:, None]).sum(0) / counts.sum()
    torch.testing.assert_close(capture.story_means(llama, stories, Windows(), budget=500).norms, expected)


def test_covariances_are_those_of_all_tokens_but_the_first(any_model, stories, reference_states):
    tokens = [reference_states(any_model, text.ids)[:, text.start + 1 :] for text in stories]
    together = torch.cat(tokens, dim=1).double().numpy()
    found = capture.covariances(any_model, stories, budget=200)
    assert found.dtype == torch.float64
    for layer in range(any_model.layers):
        expected = np.cov(together[layer].T, bias=True)
        np.testing.assert_allclose(found[layer].numpy(), expected, atol=1e-5 * np.abs(expected).max())


def test_covariances_survive_a_mean_that_dwarfs_the_variance(make_model, stories, reference_states):
    """Some channels of real models sit far from zero while their tokens differ by little."""
    model = make_model("llama")
    handle = model.embedding.register_forward_hook(lambda _module, _inputs, output: output + 30.0)
    tokens = [reference_states(model, text.ids)[0, text.start + 1 :] for text in stories]
    found = capture.covariances(model, stories, budget=200)[0].numpy()
    handle.remove()
    expected = np.cov(torch.cat(tokens).double().numpy().T, bias=True)
    np.testing.assert_allclose(found, expected, atol=1e-2 * np.abs(expected).max())


def test_covariances_of_a_channel_whose_mean_is_1700_times_its_spread(make_model, stories, reference_states):
    """The most extreme channel of real models. In float32, sums of squares would leave nothing of its variance."""
    model, channel = make_model("llama"), 5
    plain = torch.cat([reference_states(model, text.ids)[0, text.start + 1 :] for text in stories])
    offset = 1700 * plain[:, channel].std()

    def far(_module, _inputs, output):
        moved = output.clone()
        moved[..., channel] += offset
        return moved

    handle = model.embedding.register_forward_hook(far)
    tokens = [reference_states(model, text.ids)[:, text.start + 1 :] for text in stories]
    found = capture.covariances(model, stories, budget=200)
    handle.remove()
    together = torch.cat(tokens, dim=1).double().numpy()
    ratio = np.abs(together[0, :, channel].mean()) / together[0, :, channel].std()
    assert ratio > 1500, "the trap is set: the channel is far from zero"
    for layer in range(model.layers):
        expected = np.cov(together[layer].T, bias=True)
        spread = np.sqrt(np.diag(expected))
        correlations = [matrix / np.outer(spread, spread) for matrix in (found[layer].numpy(), expected)]
        np.testing.assert_allclose(*correlations, atol=2e-3)


def test_not_finite_weights_are_named_by_model_and_layer(make_model, stories):
    model = make_model("llama")
    with torch.no_grad():
        model.mlp_output(2).weight[0, 0] = float("nan")
    with pytest.raises(CaptureError, match=r"tiny-llama.*text 0 at layer 2 is not finite"):
        capture.story_means(model, stories, Windows(), budget=500)
    with pytest.raises(CaptureError, match="not finite"):
        capture.covariances(model, stories, budget=500)
    with pytest.raises(CaptureError, match="layer 2"):
        capture.at_last_token(model, stories, budget=500)


def test_a_text_that_ends_before_the_window_is_named(llama, tokenizer, stories):
    short = encode(tokenizer, " ".join(["river"] * 49))
    with pytest.raises(CaptureError, match=r"text 1 has 50 tokens, none from number 50 on"):
        capture.story_means(llama, [stories[0], short], Windows(), budget=500)


def test_a_text_of_exactly_the_window_is_measured_at_its_last_token(llama, tokenizer):
    text = [encode(tokenizer, " ".join(["river", "bridge"] * 25))]
    found = capture.story_means(llama, text, Windows(), budget=500)
    torch.testing.assert_close(found.late, capture.at_last_token(llama, text, budget=500))


def test_states_at_the_last_token_are_those_of_the_library(any_model, stories, reference_states):
    found = capture.at_last_token(any_model, stories, budget=250)
    for row, text in enumerate(stories):
        torch.testing.assert_close(found[row], reference_states(any_model, text.ids)[:, -1], atol=1e-5, rtol=1e-4)


def test_nothing_stays_attached_to_the_model(llama, stories):
    before = [len(block._forward_hooks) for block in llama.blocks]
    capture.story_means(llama, stories, Windows(), budget=500)
    capture.covariances(llama, stories, budget=500)
    capture.at_last_token(llama, stories, budget=500)
    assert [len(block._forward_hooks) for block in llama.blocks] == before


def test_states_at_chosen_tokens_are_those_of_the_library(any_model, stories, reference_states):
    generator = torch.Generator().manual_seed(1)
    tokens = torch.stack([torch.randint(len(text.ids), (3,), generator=generator) for text in stories])
    captured = capture.at_tokens(any_model, stories, tokens, budget=200)
    for text, chosen, states in zip(stories, tokens, captured, strict=True):
        expected = reference_states(any_model, text.ids)[:, chosen].transpose(0, 1)
        torch.testing.assert_close(states, expected, atol=1e-4, rtol=1e-4)
