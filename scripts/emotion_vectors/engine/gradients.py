"""The response of a readout to every direction at every layer, from one forward and one backward pass of a text.

The slope of a log-odds at strength zero along a direction v, added at every position after block l, is the product of v with
the gradient of the log-odds with respect to that addition. The gradient does not depend on v: kept for each text, it serves all
emotions and any number of null directions (design of the engine, saving 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.engine.packing import Packed, mean_logprobs
from emotion_vectors.engine.replay import packed_attention, read, scored_logprobs
from emotion_vectors.models.hooks import block_hooks

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


@dataclass(frozen=True)
class Response:
    """What a model does with one packed text, and how that responds to additions.

    logprobs: [continuation], mean log-probability per token, nats.
    gradients: [contrast, layer, d_model], nats per unit of the residual stream, at the layers asked for.
    reading: [layer, d_model], residual stream at the last token of the prompt.
    """

    logprobs: Tensor
    gradients: Tensor
    reading: Tensor


def respond(model: LanguageModel, packed: Packed, contrasts: Tensor, layers: Sequence[int] | None = None) -> Response:
    """Read a packed text and differentiate its log-odds.

    Args:
        contrasts: [contrast, continuation]; weights of the continuations in each log-odds, for instance 1/3 on the target side
            and -1/3 on the other. With no contrast nothing is differentiated, and the forward pass alone is run.
        layers: layers to differentiate at, all by default; the backward pass goes no deeper than the lowest.
    """
    chosen = list(range(model.layers) if layers is None else layers)
    shift = torch.zeros(len(chosen), model.width, dtype=model.network.dtype, device=model.device)
    shift.requires_grad_(len(contrasts) > 0)
    reading = torch.zeros(model.layers, model.width)
    last: list[Tensor] = []

    def add(layer: int, hidden: Tensor) -> Tensor:
        reading[layer] = hidden[0, packed.prompt_length - 1].detach().float().cpu()
        shifted = hidden + shift[chosen.index(layer)] if layer in chosen else hidden
        if layer == model.layers - 1:
            last.append(shifted)
        return shifted

    with torch.set_grad_enabled(len(contrasts) > 0):
        with packed_attention(model, packed), block_hooks(model, add):
            read(model, packed)
        logprobs = mean_logprobs(scored_logprobs(model, last[0], packed), packed)[0]
        odds = contrasts.to(logprobs) @ logprobs
    gradients = [torch.autograd.grad(value, shift, retain_graph=True)[0].float().cpu() for value in odds]
    stacked = torch.stack(gradients) if gradients else torch.zeros(0, len(chosen), model.width)
    return Response(logprobs.detach().cpu(), stacked, reading)
