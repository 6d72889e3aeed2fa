"""Mean residual stream over parts of texts, at some layers; blocks above the deepest of them are not run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.context.spans import MarkedTokens
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.models.tokens import Batch, batches, pad_id

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


class _DeepEnoughError(Exception):
    """Ends a forward when its deepest layer has been read."""


def part_weights(batch: Batch, texts: Sequence[MarkedTokens]) -> Tensor:
    """Averaging weights [row, part, token]: 1/n over the tokens of the part, 0 elsewhere and on padding."""
    weights = torch.zeros(len(batch.rows), len(texts[0].parts), batch.ids.shape[1])
    for row, text in enumerate(batch.rows):
        for part, positions in enumerate(texts[text].parts):
            weights[row, part, list(positions)] = 1 / len(positions)
    return weights


@torch.inference_mode()
def part_means(
    model: LanguageModel, texts: Sequence[MarkedTokens], layers: Sequence[int], budget: int, name: str
) -> Tensor:
    """Mean residual stream over the tokens of each part of each text.

    Args:
        texts: all with equally many parts; layers: 0-based, ascending; budget: tokens in a batch, padding included; name: of the
            texts, for the bar.
    Returns:
        [text, part, layer, d_model], in the order of the texts and of `layers`.
    Raises:
        TokenError: one text alone exceeds the budget.
    """
    means = torch.zeros(len(texts), len(texts[0].parts), len(layers), model.width)
    place_of = {layer: number for number, layer in enumerate(layers)}
    encoded = [text.encoded for text in texts]
    for batch in tqdm(list(batches(encoded, budget, pad_id(model.tokenizer))), desc=f"{model.name} {name}"):
        weights = part_weights(batch, texts).to(model.device)

        def keep(layer: int, hidden: Tensor, batch: Batch = batch, weights: Tensor = weights) -> None:
            if layer in place_of:
                means[batch.rows, :, place_of[layer]] = torch.bmm(weights, hidden.float()).cpu()
            if layer == layers[-1]:
                raise _DeepEnoughError

        with block_hooks(model, keep), suppress(_DeepEnoughError):
            model.base(input_ids=batch.ids.to(model.device), use_cache=False)
    return means
