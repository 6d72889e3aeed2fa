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

from emotion_vectors.engine.packing import Packed, mean_logprobs, side_by_side
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
    readout = Readout(packed, contrasts, beside, positions)
    return respond_side_by_side(model, [readout], layers)[0]


@dataclass(frozen=True)
class Readout:
    """A packed text and what is asked of it, as `respond` takes it."""

    packed: Packed
    contrasts: Tensor
    beside: AtOneLayer | None = None
    positions: Tensor | None = None

    @property
    def differentiated(self) -> bool:
        return len(self.contrasts) + len(self.contrasts_beside) > 0

    @property
    def contrasts_beside(self) -> Tensor:
        return self.contrasts[:0] if self.beside is None else self.beside.contrasts


def respond_within(
    model: LanguageModel, readouts: Sequence[Readout], budget: int, layers: Sequence[int] | None = None
) -> list[Response]:
    """Responses of texts, as many read at once as fit into a budget of tokens, which changes no result beyond rounding.

    Texts of which nothing is differentiated are read apart, so that no backward pass goes through them.
    """
    responses: dict[int, Response] = {}
    for differentiated in (False, True):
        rows = [row for row, readout in enumerate(readouts) if readout.differentiated == differentiated]
        for together in side_by_side([readouts[row].packed for row in rows], budget):
            read_at_once = respond_side_by_side(model, [readouts[row] for row in rows[together]], layers)
            responses |= dict(zip(rows[together], read_at_once, strict=True))
    return [responses[row] for row in range(len(readouts))]


def respond_side_by_side(
    model: LanguageModel, readouts: Sequence[Readout], layers: Sequence[int] | None = None
) -> list[Response]:
    """Responses of texts that are read in one pass, a row each: rows see nothing of each other, so one backward pass serves all."""
    chosen, of_row = list(range(model.layers) if layers is None else layers), (1, model.width)
    texts = [readout.packed for readout in readouts]
    differentiated = any(readout.differentiated for readout in readouts)
    shift = {
        layer: torch.zeros(
            len(texts), 1, model.width, dtype=model.network.dtype, device=model.device, requires_grad=differentiated
        )
        for layer in chosen
    }
    acting = _acting(readouts).to(model.device)
    reading = torch.zeros(len(texts), model.layers, model.width)
    last: list[Tensor] = []

    def add(layer: int, hidden: Tensor) -> Tensor:
        for row, text in enumerate(texts):
            reading[row, layer] = hidden[row, text.prompt_length - 1].detach().float().cpu()
        shifted = hidden + acting * shift[layer] if layer in shift else hidden
        if layer == model.layers - 1:
            last.append(shifted)
        return shifted

    with torch.set_grad_enabled(differentiated):
        with packed_attention(model, texts), block_hooks(model, add):
            read(model, texts)
        scored = scored_logprobs(model, last[0], texts)
        logprobs = [mean_logprobs(of_text, text) for of_text, text in zip(scored, texts, strict=True)]

    everywhere = _differentiated(logprobs, [readout.contrasts for readout in readouts], [*shift.values()], of_row)
    there = {
        layer: _differentiated(logprobs, [_at(readout, layer) for readout in readouts], [shift[layer]], of_row)
        for layer in {readout.beside.layer for readout in readouts if readout.beside is not None}
    }
    return [
        Response(
            logprobs[row].detach().cpu(),
            everywhere[row][:, :, 0],
            reading[row],
            there[readout.beside.layer][row][:, 0, 0] if readout.beside else torch.zeros(0, model.width),
        )
        for row, readout in enumerate(readouts)
    ]


def _acting(readouts: Sequence[Readout]) -> Tensor:
    """Where the addition stands: [text, token, 1], or one for all tokens where no text names any."""
    if all(readout.positions is None for readout in readouts):
        return torch.ones(1, 1, 1, dtype=torch.bool)
    at = [
        torch.ones(len(readout.packed.ids), dtype=torch.bool) if readout.positions is None else readout.positions
        for readout in readouts
    ]
    return torch.nn.utils.rnn.pad_sequence(at, batch_first=True)[:, :, None]


def _at(readout: Readout, layer: int) -> Tensor:
    """What a text is to be differentiated by at one layer alone: [contrast, continuation]."""
    return readout.contrasts_beside if readout.beside and readout.beside.layer == layer else readout.contrasts[:0]


def _differentiated(
    logprobs: Sequence[Tensor], weights: Sequence[Tensor], shifts: Sequence[Tensor], shape: Sequence[int]
) -> list[Tensor]:
    """Gradients of weighted log-probabilities with respect to what was added to each row: [readout, addition, *shape] for each row.

    Args:
        logprobs: of each row; weights: [readout, log-probability] of each row; shifts: [row, *shape] each.
    """
    gradients = [torch.zeros(len(of_row), len(shifts), *shape) for of_row in weights]
    for number in range(max(map(len, weights))):
        rows = [row for row, of_row in enumerate(weights) if number < len(of_row)]
        with torch.enable_grad():
            value = torch.stack([weights[row][number].to(logprobs[row]) @ logprobs[row] for row in rows]).sum()
        of_shifts = torch.autograd.grad(value, shifts, retain_graph=True)
        for row in rows:
            gradients[row][number] = torch.stack([of_shift[row] for of_shift in of_shifts]).float().cpu()
    return gradients


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
        with packed_attention(model, [packed]), block_hooks(model, add):
            read(model, [packed])
        logprobs = scored_logprobs(model, last[0], [packed])[0]
    gradients = _differentiated([logprobs], [weights], shifts, streams.shape[1:])[0]
    return PositionResponse(logprobs.detach().cpu(), streams, gradients)
