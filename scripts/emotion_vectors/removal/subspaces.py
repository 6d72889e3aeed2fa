"""Subspaces that are taken out of the residual stream: that of the emotion vectors, and the random ones beside it.

A subspace has a basis at every layer. The span of the emotion vectors turns slowly from layer to layer, and what is removed over all layers
grows with that; so random subspaces are the emotion subspace under one rotation of all layers, which keeps every angle between layers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.engine.edits import Confined
from emotion_vectors.removal.kinds import EMOTION, MATCHED, ROTATED, TOPICS
from emotion_vectors.statistics import random_directions
from emotion_vectors.statistics.algebra import VectorError, centred, unit

if TYPE_CHECKING:
    from emotion_vectors.engine.capture import TokenMoments

HALVINGS = 24
"""Steps by which the exponent that matches a variance is found."""
STEEPEST = 3.0
"""Largest exponent of the variances by which random directions are weighted, either way."""
MOST_UNLIKE = 0.05
"""Relative error up to which two variances count as equal."""
LEAST_VARIANCE = 1e-6
"""Of the mean variance: what a direction without any counts as having."""


def orthonormal(vectors: Tensor) -> Tensor:
    """Orthonormal bases of the spans of independent vectors [..., component, d_model], in double precision."""
    basis: Tensor = torch.linalg.qr(vectors.double().mT).Q.mT
    return basis


def emotion_subspace(vectors: Tensor, components: int) -> Tensor:
    """Main components of the emotion vectors of every layer, scaled to unit length: [layer, component, d_model].

    Args:
        vectors: [emotion, layer, d_model].
    Raises:
        VectorError: fewer emotions or channels than components.
    """
    by_layer = unit(vectors).transpose(0, 1).double()
    if components >= min(by_layer.shape[1:]):
        raise VectorError(
            f"removal.components: {components} of {by_layer.shape[1]} emotions in {by_layer.shape[2]} channels; lower it"
        )
    basis: Tensor = torch.linalg.svd(by_layer, full_matrices=False).Vh[:, :components]
    return basis


def shuffled_subspaces(sets: Tensor, components: int, count: int) -> Tensor:
    """Subspaces of label-shuffled vectors, made as that of the emotion vectors is: [subspace, layer, component, d_model].

    They are chosen for what varies most between labels, as the emotion subspace is; where the labels lie is all that differs.

    Args:
        sets: [set, emotion, layer, d_model], of which the first `count` are taken.
    """
    return torch.stack([emotion_subspace(vectors, components) for vectors in sets[:count]])


def share_held(vectors: Tensor, basis: Tensor) -> Tensor:
    """Share of the squared length of the unit emotion vectors that a subspace holds, by layer: [layer]."""
    coordinates = torch.einsum("eld,lkd->lek", unit(vectors).double(), basis)
    held: Tensor = coordinates.square().sum((1, 2)) / len(vectors)
    return held


def rotated(basis: Tensor, count: int, seed: int) -> Tensor:
    """Random subspaces of equal dimension, with the same angles between layers: [subspace, layer, component, d_model].

    Args:
        basis: [layer, component, d_model].
    """
    width = basis.shape[-1]
    generator = torch.Generator().manual_seed(seed)
    rotations = (
        torch.linalg.qr(random_directions.gaussian((width, width), generator, torch.float64)).Q for _ in range(count)
    )
    return torch.stack([basis @ rotation for rotation in rotations])


def matched(subspaces: Tensor, covariances: Tensor, variances: Tensor) -> Tensor:
    """Subspaces that hold as much variance as is asked for at every layer: [subspace, layer, component, d_model].

    Random directions are weighted by a power of the variances of the principal directions, found by halving.

    Args:
        subspaces: to begin with, [subspace, layer, component, d_model]. covariances: [layer, d_model, d_model]. variances: [layer].
    Raises:
        VectorError: a variance is out of reach of random directions, however they are weighted (the layer is named).
    """
    weighted = torch.empty_like(subspaces)
    for layer, covariance in enumerate(covariances):
        values, directions = torch.linalg.eigh(covariance)
        values = (values / values.mean()).clamp_min(LEAST_VARIANCE)
        wanted = variances[layer] / (torch.trace(covariance) / len(covariance))
        inner = subspaces[:, layer] @ directions
        low, high = torch.full((len(inner),), -STEEPEST).double(), torch.full((len(inner),), STEEPEST).double()
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = _variance_of_span(inner * values ** (middle[:, None, None] / 2), values) < wanted
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        weighted[:, layer] = orthonormal(inner * values ** (low[:, None, None] / 2)) @ directions.mT
        held = variance_held(weighted[:, layer], covariance)
        if ((held / variances[layer]).log().abs() > math.log(1 + MOST_UNLIKE)).any():
            raise VectorError(
                f"layer {layer}: no random subspace of {subspaces.shape[2]} dimensions holds a variance of {variances[layer]:.3g}; "
                "lower removal.components"
            )
    return weighted


def _variance_of_span(vectors: Tensor, variances: Tensor) -> Tensor:
    """Variance within the span of vectors [..., component, d_model], given along principal directions: the variances [d_model]."""
    solved = torch.linalg.solve(vectors @ vectors.mT, (vectors * variances) @ vectors.mT)
    within: Tensor = solved.diagonal(dim1=-2, dim2=-1).sum(-1)
    return within


def variance_held(basis: Tensor, covariances: Tensor) -> Tensor:
    """Variance of the residual stream within subspaces: [..., layer] of [..., layer, component, d_model]."""
    held: Tensor = ((basis @ covariances) * basis).sum((-2, -1))
    return held


def topic_subspaces(cells: Tensor, components: int, count: int, seed: int) -> Tensor:
    """Spans of random contrasts of topics, the same contrasts at every layer: [subspace, layer, component, d_model].

    Args:
        cells: [topic, emotion, layer, d_model].
    Raises:
        VectorError: topics span fewer dimensions than there are components.
    """
    topics = centred(cells.mean(1)).double()
    if len(topics) <= components:
        raise VectorError(
            f"removal.components: {components} need {components + 1} topics, the stories have {len(topics)}; lower it"
        )
    mixtures = random_directions.gaussian((count, components, len(topics)), seed, torch.float64)
    return orthonormal(torch.einsum("skt,tld->slkd", mixtures, topics))


@dataclass(frozen=True)
class DrawnFrom:
    """What subspaces other than rotated ones are made of.

    cells: [topic, emotion, layer, d_model], of stories; shuffled: [set, emotion, layer, d_model], label-shuffled vectors.
    """

    cells: Tensor
    shuffled: Tensor


@dataclass(frozen=True)
class Drawn:
    """Subspaces by kind, each [subspace, layer, component, d_model]; the first kind is the emotion subspace, alone of its kind."""

    by_kind: dict[str, Tensor]

    @classmethod
    def beside(cls, basis: Tensor, sources: DrawnFrom, moments: TokenMoments, count: int, seed: int) -> Drawn:
        """The emotion subspace [layer, component, d_model], and `count` subspaces of every other kind, of shuffled labels at most all."""
        turned = rotated(basis, count, seed)
        held = variance_held(basis, moments.covariances)
        return cls(
            {
                EMOTION: basis[None],
                ROTATED: turned,
                MATCHED: matched(turned, moments.covariances, held),
                TOPICS: topic_subspaces(sources.cells, basis.shape[1], count, seed),
                SHUFFLED: shuffled_subspaces(sources.shuffled, basis.shape[1], count),
            }
        )

    @property
    def all(self) -> Tensor:
        """Every subspace: [subspace, layer, component, d_model]."""
        return torch.cat(list(self.by_kind.values()))

    @property
    def names(self) -> list[tuple[str, int]]:
        """Kind and number of every subspace."""
        return [(kind, number) for kind, of_kind in self.by_kind.items() for number in range(len(of_kind))]


def removal(subspaces: Tensor, means: Tensor, layers: Sequence[int], reach: Tensor | None = None) -> list[Confined]:
    """Edits that set the coordinates in a subspace to those of the mean text, or cap them, at every token but the first.

    Args:
        subspaces: [row, layer, component, d_model], of all layers of the model. means: [layer, d_model].
        layers: where they are removed. reach: [row, layer, component] of a cap; nothing is left of a deviation without one.
    """
    reach = torch.zeros(subspaces.shape[:-1]) if reach is None else reach
    centres = torch.einsum("slkd,ld->slk", subspaces, means)
    return [
        Confined(
            layer,
            subspaces[:, layer].float(),
            centres=centres[:, layer, None].float(),
            reach=reach[:, layer].float(),
            begin=1,
        )
        for layer in layers
    ]
