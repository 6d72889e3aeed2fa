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
class AtOneLayer:
    """Further log-odds that are differentiated at one layer alone, which spares the way back to the others.

    contrasts: [contrast, continuation]; layer: one of those at which the others are differentiated.
    """

    contrasts: Tensor
    layer: int


@dataclass(frozen=True)
class Response:
    """What a model does with one packed text, and how that responds to additions.

    logprobs: [continuation], mean log-probability per token, nats.
    gradients: [contrast, layer, d_model], nats per unit of the residual stream, at the layers asked for.
    reading: [layer, d_model], residual stream at the last token of the prompt.
    at_one_layer: [contrast, d_model], gradients of what was to be differentiated at one layer alone.
    """

    logprobs: Tensor
    gradients: Tensor
    reading: Tensor
    at_one_layer: Tensor


def respond(
    model: LanguageModel,
    packed: Packed,
    contrasts: Tensor,
    layers: Sequence[int] | None = None,
    beside: AtOneLayer | None = None,
    positions: Tensor | None = None,
) -> Response:
    """Read a packed text and differentiate its log-odds.

    Args:
        contrasts: [contrast, continuation]; weights of the continuations in each log-odds, for instance 1/3 on the target side
            and -1/3 on the other. With no contrast nothing is differentiated, and the forward pass alone is run.
        layers: layers to differentiate at, all by default; the backward pass goes no deeper than the lowest.
        positions: [token], bool; tokens of the packed text at which the addition stands, everywhere by default.
    """
    chosen = list(range(model.layers) if layers is None else layers)
    few = AtOneLayer(contrasts[:0], next(iter(chosen), 0)) if beside is None else beside
    differentiated = len(contrasts) + len(few.contrasts) > 0
    shift = {
        layer: torch.zeros(model.width, dtype=model.network.dtype, device=model.device, requires_grad=differentiated)
        for layer in chosen
    }
    acting = None if positions is None else positions.to(model.device)[None, :, None]
    reading = torch.zeros(model.layers, model.width)
    last: list[Tensor] = []

    def add(layer: int, hidden: Tensor) -> Tensor:
        reading[layer] = hidden[0, packed.prompt_length - 1].detach().float().cpu()
        shifted = hidden
        if layer in shift:
            shifted = hidden + (shift[layer] if acting is None else acting * shift[layer])
        if layer == model.layers - 1:
            last.append(shifted)
        return shifted

    with torch.set_grad_enabled(differentiated):
        with packed_attention(model, packed), block_hooks(model, add):
            read(model, packed)
        logprobs = mean_logprobs(scored_logprobs(model, last[0], packed), packed)[0]

    everywhere = _differentiated(logprobs, contrasts, [shift[layer] for layer in chosen], (model.width,))
    there = _differentiated(
        logprobs, few.contrasts, [shift[layer] for layer in chosen if layer == few.layer], (model.width,)
    )
    return Response(logprobs.detach().cpu(), everywhere, reading, there.reshape(len(few.contrasts), model.width))


def _differentiated(logprobs: Tensor, weights: Tensor, shifts: Sequence[Tensor], shape: tuple[int, ...]) -> Tensor:
    """Gradients of weighted log-probabilities with respect to what was added, all of one shape: [readout, addition, *shape]."""
    rows = torch.zeros(len(weights), len(shifts), *shape)
    with torch.enable_grad():
        readouts = weights.to(logprobs) @ logprobs
    for number, value in enumerate(readouts):
        of_shifts = torch.autograd.grad(value, shifts, retain_graph=True)
        rows[number] = torch.stack(of_shifts).float().cpu().reshape(rows[number].shape)
    return rows


@dataclass(frozen=True)
class PositionResponse:
    """What a model does with one packed text, and how that responds to additions at single tokens.

    logprobs: [scored], log-probabilities of the scored tokens, nats. streams: [layer, token, d_model], residual stream at the layers asked
    for. gradients: [readout, layer, token, d_model], nats per unit of it.
    """

    logprobs: Tensor
    streams: Tensor
    gradients: Tensor


def respond_by_position(
    model: LanguageModel, packed: Packed, weights: Tensor, layers: Sequence[int]
) -> PositionResponse:
    """Read a packed text, and differentiate readouts of it with respect to the residual stream at every token.

    Adding one vector to several tokens after a block moves a readout, to first order, by the product of that vector with the sum of the
    gradients at these tokens: one backward pass serves every set of tokens and every direction.

    Args:
        weights: [readout, scored], of the scored log-probabilities. A continuation sees no other one, so the gradient at its tokens is
            that of its share of the readout. With no readout the forward pass alone is run.
        layers: those at which streams are kept and gradients taken, in ascending order.
    """
    shifts: list[Tensor] = []
    streams = torch.zeros(len(layers), len(packed.ids), model.width)
    last: list[Tensor] = []

    def add(layer: int, hidden: Tensor) -> Tensor:
        if layer in layers:
            streams[len(shifts)] = hidden[0].detach().float().cpu()
            shifts.append(torch.zeros_like(hidden, requires_grad=len(weights) > 0))
            hidden = hidden + shifts[-1]
        if layer == model.layers - 1:
            last.append(hidden)
        return hidden

    with torch.set_grad_enabled(len(weights) > 0):
        with packed_attention(model, packed), block_hooks(model, add):
            read(model, packed)
        logprobs = scored_logprobs(model, last[0], packed)[0]
    gradients = _differentiated(logprobs, weights, shifts, tuple(streams.shape[1:]))
    return PositionResponse(logprobs.detach().cpu(), streams, gradients)
