"""Readouts of what a model is about to say, and how they respond to a direction in the residual stream.

The words that may follow "feels" are read at the last token of a prefilled reply (A05; appendix of A on steered
continuations). A response is measured in two ways: its slope at strength zero, by one backward pass that serves every direction
at once, and its change at a finite strength.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from emotion_vectors.intervene import adding
from emotion_vectors.models import LanguageModel
from emotion_vectors.tokens import Encoded

ROWS_WITH_ALL_LOGITS = 8
"""Rows for which logits at every position are held at once: a vocabulary of 150,000 takes 0.6 MB a token."""


@torch.inference_mode()
def next_word_logprobs(model: LanguageModel, prompt: Encoded, words: Sequence[int]) -> Tensor:
    """Log-probability of each word token after the prompt, [word], nats."""
    return _last_logprobs(model, torch.tensor([prompt.ids]), words)[0]


def _last_logprobs(model: LanguageModel, ids: Tensor, words: Sequence[int]) -> Tensor:
    logits = model.network(input_ids=ids.to(model.device), use_cache=False, logits_to_keep=1).logits[:, -1].float()
    return logits.log_softmax(-1)[:, list(words)].cpu()


@torch.inference_mode()
def steered_next_word_logprobs(
    model: LanguageModel, prompt: Encoded, words: Sequence[int], layer: int, vectors: Tensor
) -> Tensor:
    """The same under each of the given additions at one layer: [vector, word].

    The prompt is one row up to the steered block and becomes one row per vector there.
    """
    with adding(model, layer, vectors):
        return _last_logprobs(model, torch.tensor([prompt.ids]), words)


def next_word_gradients(model: LanguageModel, prompt: Encoded, words: Sequence[int], layer: int) -> Tensor:
    """Gradient of each word's log-probability with respect to a vector added at every position after block `layer`.

    Returns:
        [word, d_model], nats per unit of the residual stream. Its product with any direction is that direction's slope.
    """
    added = torch.zeros(len(words), model.width, requires_grad=True)
    with adding(model, layer, added):
        logprobs = _last_logprobs(model, torch.tensor([prompt.ids]), words)
    (gradients,) = torch.autograd.grad(logprobs.diagonal().sum(), added)
    return gradients


@torch.inference_mode()
def text_logprob(model: LanguageModel, text: Encoded, layer: int, vectors: Tensor) -> Tensor:
    """Mean log-probability per token of a text under each addition, [vector], nats; the coherence guard reads it."""
    if len(text.ids) < 2:
        raise ValueError("a text of one token has no log-probability; give at least two")
    ids = torch.tensor([text.ids], device=model.device)
    means = []
    for chunk in vectors.split(ROWS_WITH_ALL_LOGITS):
        with adding(model, layer, chunk):
            logits = model.network(input_ids=ids, use_cache=False).logits[:, :-1].float()
        targets = ids[:, 1:, None].expand(len(chunk), -1, -1)
        means.append((logits.gather(-1, targets)[..., 0] - logits.logsumexp(-1)).mean(-1))
    return torch.cat(means).cpu()


def own_minus_others(changes: Tensor) -> Tensor:
    """For each direction, the change of its own word minus the mean change of all other words.

    Args:
        changes: [..., direction, word], square in the last two, own word on the diagonal.
    Returns:
        [..., direction].
    """
    return changes.diagonal(dim1=-2, dim2=-1) - mean_of_others(changes)


def mean_of_others(changes: Tensor) -> Tensor:
    """For each direction, the mean change of all words but its own: [..., direction] of [..., direction, word]."""
    others = changes.sum(-1) - changes.diagonal(dim1=-2, dim2=-1)
    return others / (changes.shape[-1] - 1)
