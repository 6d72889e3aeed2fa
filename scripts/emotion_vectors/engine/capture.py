"""Streaming activation means: one forward of the blocks a text, no unembedding, nothing stored per token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.models.tokens import Batch, Encoded, batches, pad_id

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


class CaptureError(RuntimeError):
    """Activations could not be measured."""


@dataclass(frozen=True)
class Windows:
    """Token windows over which a text's activations are averaged, counted over text tokens (special ones excluded)."""

    late: int = 50
    """First token of the main window, counted from 1 (section 1.1 of A: from the 50th on)."""
    early: int = 2
    """First token of the ablation window: the very first token is an attention sink with a norm of its own kind."""


@dataclass(frozen=True)
class StoryMeans:
    """Means of the residual stream over the tokens of each text.

    late, early: [text, layer, d_model], over the tokens from `Windows.late` and `Windows.early` on.
    embedding: [text, d_model], mean input embedding over the late window.
    norms: [layer], mean L2 norm over all text tokens but the first, over all texts.
    """

    late: Tensor
    early: Tensor
    embedding: Tensor
    norms: Tensor


def window_weights(batch: Batch, texts: Sequence[Encoded], first_tokens: Sequence[int]) -> Tensor:
    """Averaging weights [row, window, token]: 1/n over the tokens of the window, 0 elsewhere and on padding.

    Raises:
        CaptureError: a text has no token in a window.
    """
    positions = torch.arange(batch.ids.shape[1])
    weights = torch.zeros(len(batch.rows), len(first_tokens), batch.ids.shape[1])
    for row, index in enumerate(batch.rows):
        for window, first in enumerate(first_tokens):
            begin = texts[index].start + first - 1
            inside = (positions >= begin) & (positions < batch.lengths[row])
            if not inside.any():
                raise CaptureError(
                    f"text {index} has {len(texts[index].ids)} tokens, none from number {first} on; lengthen it"
                )
            weights[row, window] = inside / inside.sum()
    return weights


@torch.inference_mode()
def story_means(model: LanguageModel, texts: Sequence[Encoded], windows: Windows, budget: int) -> StoryMeans:
    """Mean residual stream of each text at every layer (section 1.1 of A).

    Args:
        texts: encoded stories.
        budget: tokens in a batch, padding included.
    Raises:
        CaptureError: an activation is not finite (layer and text are named), or a text is too short.
    """
    means = torch.zeros(len(texts), 2, model.layers, model.width)
    embedding = torch.zeros(len(texts), model.width)
    norms = torch.zeros(model.layers, dtype=torch.float64)
    tokens_seen = 0
    with tqdm(
        total=sum(len(text.ids) for text in texts), unit="token", desc=f"{model.name} stories", mininterval=5
    ) as bar:
        for batch in batches(texts, budget, pad_id(model.tokenizer)):
            weights = window_weights(batch, texts, (windows.late, windows.early)).to(model.device)
            counted = (weights[:, 1] > 0).float()

            def keep(
                layer: int, hidden: Tensor, batch: Batch = batch, weights: Tensor = weights, counted: Tensor = counted
            ) -> None:
                hidden = hidden.float()
                means[batch.rows, :, layer] = torch.bmm(weights, hidden).cpu()
                norms[layer] += (hidden.norm(dim=-1) * counted).sum(dtype=torch.float64).cpu()

            ids = batch.ids.to(model.device)
            with block_hooks(model, keep):
                model.base(input_ids=ids, use_cache=False)
            embedding[batch.rows] = torch.bmm(weights[:, :1], model.embedding(ids).float())[:, 0].cpu()
            tokens_seen += int(counted.sum())
            bar.update(int(batch.lengths.sum()))
    _finite(model, means)
    return StoryMeans(means[:, 0], means[:, 1], embedding, (norms / tokens_seen).float())


def _finite(model: LanguageModel, means: Tensor) -> None:
    """`means`: [text, window or token, layer, d_model]."""
    bad = ~torch.isfinite(means).all(dim=-1).all(dim=1)
    if bad.any():
        text, layer = (int(index) for index in bad.nonzero()[0])
        raise CaptureError(
            f"{model.name}: activation of text {text} at layer {layer} is not finite; check the weights and dtype"
        )


@dataclass(frozen=True)
class TokenMoments:
    """Mean [layer, d_model] and covariance [layer, d_model, d_model] of the residual stream over tokens, float64."""

    means: Tensor
    covariances: Tensor


def covariances(model: LanguageModel, texts: Sequence[Encoded], budget: int) -> Tensor:
    """Covariance of the residual stream over the tokens of the texts: see `token_moments`."""
    return token_moments(model, texts, budget).covariances


@torch.inference_mode()
def token_moments(model: LanguageModel, texts: Sequence[Encoded], budget: int) -> TokenMoments:
    """Moments of the residual stream over the tokens of the texts, the first token of each excluded, accumulated batch by batch.

    Raises:
        CaptureError: an activation is not finite.
    """
    width = model.width
    moments = torch.zeros(model.layers, width, width, dtype=torch.float64)
    sums = torch.zeros(model.layers, width, dtype=torch.float64)
    origins: dict[int, Tensor] = {}
    tokens_seen = 0
    for batch in tqdm(
        list(batches(texts, budget, pad_id(model.tokenizer))), desc=f"{model.name} neutral", mininterval=5
    ):
        counted = (window_weights(batch, texts, (2,))[:, 0] > 0).to(model.device)

        def keep(layer: int, hidden: Tensor, counted: Tensor = counted) -> None:
            tokens = hidden.float()[counted]
            # A few channels have means far larger than their spread: measured from near the mean, products keep their digits.
            origin = origins.setdefault(layer, tokens.mean(0))
            tokens = tokens - origin
            moments[layer] += (tokens.T @ tokens).double().cpu()
            sums[layer] += tokens.sum(0, dtype=torch.float64).cpu()

        with block_hooks(model, keep):
            model.base(input_ids=batch.ids.to(model.device), use_cache=False)
        tokens_seen += int(counted.sum())
    means = sums / tokens_seen
    covariance = moments / tokens_seen - means[:, :, None] * means[:, None, :]
    means = means + torch.stack([origins[layer] for layer in range(model.layers)]).double().cpu()
    if not torch.isfinite(covariance).all():
        raise CaptureError(f"{model.name}: neutral activations are not finite; check the weights and dtype")
    return TokenMoments(means, covariance)


def at_last_token(model: LanguageModel, texts: Sequence[Encoded], budget: int) -> Tensor:
    """Residual stream at the last token of each text (for a chat: the token before the reply).

    Returns:
        [text, layer, d_model].
    """
    return at_tokens(model, texts, torch.tensor([[len(text.ids) - 1] for text in texts]), budget)[:, 0]


@torch.inference_mode()
def at_tokens(model: LanguageModel, texts: Sequence[Encoded], tokens: Tensor, budget: int) -> Tensor:
    """Residual stream at chosen tokens of each text.

    Args:
        tokens: [text, token], places in the ids of each text, counted from 0.
    Returns:
        [text, token, layer, d_model].
    Raises:
        CaptureError: an activation is not finite (layer and text are named).
    """
    states = torch.zeros(*tokens.shape, model.layers, model.width)
    for batch in batches(texts, budget, pad_id(model.tokenizer)):
        rows, columns = torch.arange(len(batch.rows))[:, None], tokens[batch.rows]

        def keep(
            layer: int, hidden: Tensor, batch: Batch = batch, rows: Tensor = rows, columns: Tensor = columns
        ) -> None:
            states[batch.rows, :, layer] = hidden[rows, columns].float().cpu()

        with block_hooks(model, keep):
            model.base(input_ids=batch.ids.to(model.device), use_cache=False)
    _finite(model, states)
    return states


@torch.inference_mode()
def over_spans(model: LanguageModel, texts: Sequence[Encoded], spans: Sequence[slice], budget: int) -> Tensor:
    """Residual stream averaged over some tokens of each text.

    Args:
        spans: of each text, the tokens that are averaged.
    Returns:
        [text, layer, d_model].
    Raises:
        CaptureError: a span holds no token, or an activation is not finite (text and layer are named).
    """
    states = torch.zeros(len(texts), model.layers, model.width)
    for batch in batches(texts, budget, pad_id(model.tokenizer)):
        weights = torch.zeros(len(batch.rows), 1, batch.ids.shape[1])
        for row, index in enumerate(batch.rows):
            begin, end, _ = spans[index].indices(len(texts[index].ids))
            if begin >= end:
                raise CaptureError(f"text {index}: tokens {begin} to {end} are none; name tokens of the text")
            weights[row, 0, begin:end] = 1 / (end - begin)

        def keep(layer: int, hidden: Tensor, batch: Batch = batch, weights: Tensor = weights) -> None:
            states[batch.rows, layer] = torch.bmm(weights.to(hidden.device), hidden.float())[:, 0].cpu()

        with block_hooks(model, keep):
            model.base(input_ids=batch.ids.to(model.device), use_cache=False)
    _finite(model, states[:, None])
    return states
