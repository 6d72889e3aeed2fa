"""Interventions that only tests make: edits of other kinds than the study's, and single components, one forward pass each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from emotion_vectors.engine.component_edits import Change, mask, silence_heads_one_by_one
from emotion_vectors.engine.edits import Addition, Edit, intervening
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.points import ATTENTION, POINTS
from emotion_vectors.models.sublayers import mlp_input_norm
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.statistics.algebra import unit


class Ablation(Edit):
    """Project a direction out of each row."""

    def change(self, hidden: Tensor) -> Tensor:
        directions = unit(self.aligned(hidden))
        return -(hidden * directions).sum(-1, keepdim=True) * directions


@dataclass(frozen=True, kw_only=True)
class Clamp(Edit):
    """Set the component along a direction to a value. values: [row], in units of the residual stream."""

    values: Tensor

    def change(self, hidden: Tensor) -> Tensor:
        directions = unit(self.aligned(hidden))
        wanted = self.values[:, None, None].to(hidden)
        return (wanted - (hidden * directions).sum(-1, keepdim=True)) * directions

    def rows(self, chosen: slice | Tensor) -> Clamp:
        return replace(self, vectors=self.vectors[chosen], values=self.values[chosen])


def adding(model: LanguageModel, layer: int, vectors: Tensor) -> AbstractContextManager[None]:
    """Add one vector [row, d_model] to each row of the batch, at every position, after block `layer`."""
    return intervening(model, [Addition(layer, vectors)])


def drive(model: LanguageModel, layer: int, kind: str, rows: Sequence[Collection[int]], values: Tensor) -> Change:
    """Change that adds `values` [row, inputs] (or [1, inputs]) at the chosen components alone."""
    chosen = mask(model, layer, kind, rows)
    return Change(layer, kind, torch.ones_like(chosen), chosen * values)


@torch.inference_mode()
def falls_one_by_one(
    model: LanguageModel, text: Encoded, heads: Sequence[tuple[int, int]], directions: Tensor, *, as_coded: bool = False
) -> Tensor:
    """Fall of the projection at the last token of a head's own layer when it is silenced, by real silencing: [head].

    Args:
        directions: [layer, d_model].
        as_coded: the projection is read behind the norm of the MLP's input, as in the code of W.
    """
    base, silenced = silence_heads_one_by_one(model, text, heads)
    falls = []
    for (layer, _), stream in zip(heads, silenced, strict=True):
        norm = mlp_input_norm(model, layer) if as_coded else nn.Identity()
        pair = norm(torch.stack([base[POINTS.index(ATTENTION), layer], stream]).to(model.device)).cpu()
        falls.append((pair[0] - pair[1]) @ directions[layer])
    return torch.stack(falls)
