"""Scores of neurons and heads without a forward pass: what each writes along an emotion direction (steps 5 and 6 of W).

Everything follows from what was captured at the last token of a prompt: the inputs of both output projections and the residual
stream between the sublayers. A head that is silenced changes its own layer's stream at the last token by its own output there alone,
whatever happens at other positions, so its score is exact. Where a family normalises what a sublayer writes, the other parts
are written anew with the scale that is left: exact as well, though no longer a sum over heads.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from emotion_vectors.models.sublayers import Sublayer

ROWS = 64
"""Prompts whose heads are looked at together; changes no result."""


def contributions(inputs: Tensor, writes: Tensor, scales: Tensor, parts: int) -> Tensor:
    """What each part adds to the projection of the stream on its own direction: [..., part].

    Exact where nothing normalises what a sublayer writes; elsewhere with the scale held that the untouched sublayer has.

    Args:
        inputs, writes: [..., inputs]; scales: [...].
    """
    each = inputs / scales[..., None] * writes
    return each.reshape(*each.shape[:-1], parts, -1).sum(-1)


def falls(there: Sublayer, inputs: Tensor, stream: Tensor, reader: nn.Module | None = None) -> Tensor:
    """Change of what is read at the attention point when each head is silenced, without a forward pass.

    Args:
        inputs: [row, inputs] of the attention output projection; stream: [row, d_model] after the attention sublayer.
        reader: norm through which the stream is read, as in the code of W; the stream itself by default.
    Returns:
        [row, head, d_model], untouched minus silenced.
    """
    by_head = there.by_part(inputs)
    if there.norm is not None:
        projected = by_head.sum(1, keepdim=True) + (0 if there.projection.bias is None else there.projection.bias)
        by_head = there.norm(projected) - there.norm(projected - by_head)
    if reader is None:
        return by_head
    read: Tensor = reader(stream)[:, None] - reader(stream[:, None] - by_head)
    return read


@dataclass(frozen=True)
class HeadScores:
    """Scores of the heads of one layer.

    by_event: [event, emotion, set, head], falls of the projection on the directions of each set;
    mean_falls: [emotion, head, d_model], over the kept events: their products with any direction are its scores.
    """

    by_event: Tensor
    mean_falls: Tensor


@torch.inference_mode()
def head_scores(
    there: Sublayer, inputs: Tensor, stream: Tensor, directions: Tensor, reader: nn.Module | None = None
) -> HeadScores:
    """Importance of every head of a layer for every emotion, on the prompts of that emotion.

    Args:
        inputs: [event, emotion, inputs]; stream: [event, emotion, d_model]; directions: [set, emotion, d_model].
    """
    events, emotions, width = stream.shape
    device = there.projection.weight.device
    by_event = torch.zeros(events, emotions, len(directions), there.parts)
    totals = torch.zeros(emotions, there.parts, width)
    for emotion in range(emotions):
        along = directions[:, emotion].to(device)
        for begin in range(0, events, ROWS):
            rows = slice(begin, begin + ROWS)
            fallen = falls(there, inputs[rows, emotion].to(device), stream[rows, emotion].to(device), reader)
            by_event[rows, emotion] = torch.einsum("nhd,sd->nsh", fallen, along).cpu()
            totals[emotion] += fallen.sum(0).cpu()
    return HeadScores(by_event, totals / events)


def means_of_halves(values: Tensor, half: Tensor) -> Tensor:
    """Means of each half: [2, ...] of values [event, 2, ...], whose second axis has one entry for the directions of each half."""
    return torch.stack([values[half == number, number].mean(0) for number in (0, 1)])


def share_of_top(scores: Tensor, count: int) -> Tensor:
    """Share of the positive scores that the `count` largest hold: [...] of [..., part]; 0 where none is positive."""
    positive = scores.clamp_min(0)
    total = positive.sum(-1)
    top = positive.topk(min(count, positive.shape[-1]), dim=-1).values.sum(-1)
    return torch.where(total > 0, top / total.clamp_min(torch.finfo(total.dtype).tiny), 0.0)
