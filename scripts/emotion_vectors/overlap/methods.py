"""Two methods of finding emotion directions in the same residual stream: what each gives, their cosines and their spaces (O01-O03).

Both methods are centred over the six emotions that they share: story vectors are taken relative to the mean of the six, not of all
emotions of the study. Each rests on *units*, topics of stories or scenarios of prompts, which are halved and resampled. A ratio
to the split-half reliability has vectors from half of the data above and below the line, so that noise counts alike in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import subspace_angles
from torch import Tensor

from emotion_vectors.circuits.emotion_directions import weighted
from emotion_vectors.statistics import grouping, random_directions
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.effects import LEAST_RELIABILITY
from emotion_vectors.statistics.permutation import shuffle_weights

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """What one method gives for each of its units: deviations [unit, emotion, layer, d_model], centred over the emotions."""

    deviations: Tensor

    def whole(self, layer: int) -> Tensor:
        """Vectors of all units at one layer, up to a factor: [emotion, d_model]."""
        return self.deviations[:, :, layer].double().sum(0)

    def at(self, layer: int) -> Halves:
        """The method at one layer."""
        deviations = self.deviations[:, :, layer].double()
        return Halves(deviations[0::2], deviations[1::2])


@dataclass(frozen=True)
class Halves:
    """Deviations of the units of each half at one layer: [unit, emotion, d_model]."""

    first: Tensor
    second: Tensor

    def vectors(self) -> Tensor:
        """Vectors of both halves, [half, 1, emotion, d_model]."""
        return torch.stack([half.sum(0, keepdim=True) for half in (self.first, self.second)])

    def resampled(self, resamples: int, seed: int) -> Iterator[Tensor]:
        """Vectors of both halves with units drawn anew within each, in portions of [half, resample, emotion, d_model]."""
        halves = (self.first, self.second)
        drawn = [grouping.resamples(resamples, len(half), seed + row).double() for row, half in enumerate(halves)]
        for start in range(0, resamples, 200):
            chosen = [rows[start : start + 200] for rows in drawn]
            yield torch.stack(
                [torch.einsum("ru,ued->red", rows, half) for rows, half in zip(chosen, halves, strict=True)]
            )


def cosine_table(left: Tensor, right: Tensor) -> Tensor:
    """Cosine of every emotion with every other: [..., emotion, emotion] of vectors [..., emotion, d_model]."""
    table: Tensor = unit(left) @ unit(right).transpose(-1, -2)
    return table


def matched(table: Tensor) -> Tensor:
    """Mean cosine of the same emotion, [...] of [..., emotion, emotion]."""
    return table.diagonal(dim1=-2, dim2=-1).mean(-1)


def mismatched(table: Tensor) -> Tensor:
    """Mean cosine of different emotions."""
    count = table.shape[-1]
    return (table.sum((-2, -1)) - table.diagonal(dim1=-2, dim2=-1).sum(-1)) / (count * (count - 1))


def ceiling(left: Tensor, right: Tensor) -> Tensor:
    """Geometric mean of two reliabilities, each at least `LEAST_RELIABILITY`."""
    return (left.clamp_min(LEAST_RELIABILITY) * right.clamp_min(LEAST_RELIABILITY)).sqrt()


def corrected_cosines(left: Tensor, right: Tensor) -> Tensor:
    """Cosines between two methods over their split-half reliability: [..., emotion, emotion] of halves [half, ..., emotion, d_model]."""
    crossed = torch.stack([cosine_table(*pair) for pair in product(left, right)]).mean(0)
    reliabilities = (matched(cosine_table(*side)) for side in (left, right))
    return crossed / ceiling(*reliabilities)[..., None, None]


def spans(vectors: Tensor) -> Tensor:
    """Orthonormal bases [..., d_model, dimension] of the spans of vectors [..., emotion, d_model] that sum to zero.

    One of them adds no dimension and is left out.
    """
    bases: Tensor = torch.linalg.qr(vectors[..., :-1, :].transpose(-1, -2)).Q
    return bases


def shared(left: Tensor, right: Tensor) -> Tensor:
    """Mean squared cosine of the principal angles between spaces with orthonormal bases [..., d_model, dimension]."""
    return (left.transpose(-1, -2) @ right).square().sum((-2, -1)) / left.shape[-1]


def principal_angles(left: Tensor, right: Tensor) -> Array:
    """Principal angles in radians, largest first, between the spaces spanned by vectors [emotion, d_model] that sum to zero."""
    angles: Array = subspace_angles(left[:-1].double().numpy().T, right[:-1].double().numpy().T)
    return angles


def shared_of_halves(left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Overlap of the spaces of two methods, and the ceiling that the methods' overlap with themselves sets.

    Args:
        left, right: [half, ..., emotion, d_model].
    """
    bases = spans(left), spans(right)
    crossed = torch.stack([shared(*pair) for pair in product(*bases)]).mean(0)
    return crossed, ceiling(*(shared(*side) for side in bases))


def shuffled_crossings(left: Halves, right: Halves, sets: int, seed: int) -> Array:
    """Overlap across the halves of two methods, as `shared_of_halves` crosses them, under labels permuted within units: [set]."""
    bases = [
        [
            spans(
                weighted(
                    shuffle_weights(sets, half.shape[0], half.shape[1], seed + 2 * side + row).to(half.dtype), half
                )
            )
            for row, half in enumerate((method.first, method.second))
        ]
        for side, method in enumerate((left, right))
    ]
    overlaps: Array = torch.stack([shared(*pair) for pair in product(*bases)]).mean(0).double().numpy()
    return overlaps


def random_overlaps(sets: int, dimensions: int, width: int, seed: int) -> Array:
    """Overlap of random subspaces with a given one of the same dimension, whichever it is: [set]."""
    generator = torch.Generator().manual_seed(seed)
    overlaps = []
    for _ in range(sets):
        basis = torch.linalg.qr(random_directions.gaussian((width, dimensions), generator, torch.float64)).Q
        overlaps.append(float(basis[:dimensions].square().sum() / dimensions))
    return np.array(overlaps)


def shuffled_overlaps(stories: Tensor, prompts: Tensor, sets: int, seed: int) -> Array:
    """Overlap of the spaces of both methods at one layer when labels are permuted within topics and within groups: [set].

    It says what the shape of the activations alone gives, which random subspaces do not know.

    Args:
        stories, prompts: [group, emotion, d_model].
    """
    sides = [
        spans(weighted(shuffle_weights(sets, len(states), states.shape[1], seed + side), centred(states, axis=1)))
        for side, states in enumerate((stories, prompts))
    ]
    overlaps: Array = shared(*sides).double().numpy()
    return overlaps
