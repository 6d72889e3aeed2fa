"""Two methods of finding emotion directions, side by side in the same residual stream (O01-O03).

Both methods are centred over the six emotions that they share: story vectors are taken relative to the mean of the six, not of all
emotions of the study. Each rests on *units*, topics of stories or scenarios of prompts, which are halved and resampled. A ratio
to the split-half reliability has vectors from half of the data above and below the line, so that noise counts alike in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.linalg import subspace_angles
from torch import Tensor

from emotion_vectors.circuits.directions import centred, weighted
from emotion_vectors.statistics import grouping, random_directions
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.permutation import shuffle_weights
from emotion_vectors.statistics.resampling import percentile_interval

Array = NDArray[np.float64]
LEAST_RELIABILITY = 1e-3
"""Divisor where the reliability is nil; the percentile of the null, not the ratio, decides there."""


@dataclass(frozen=True)
class Method:
    """What one method gives for each of its units: deviations [unit, emotion, layer, d_model], centred over the emotions."""

    deviations: Tensor

    def whole(self, layer: int) -> Tensor:
        """Vectors of all units at one layer, up to a factor: [emotion, d_model]."""
        return self.deviations[:, :, layer].double().sum(0)

    def at(self, layer: int) -> Halves:
        """The method at one layer."""
        here = self.deviations[:, :, layer].double()
        return Halves(here[0::2], here[1::2])


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
        drawn = [grouping.resamples(resamples, len(half), seed + place).double() for place, half in enumerate(halves)]
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
    crossed = torch.stack([cosine_table(one, other) for one in left for other in right]).mean(0)
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
    crossed = torch.stack([shared(one, other) for one in bases[0] for other in bases[1]]).mean(0)
    return crossed, ceiling(*(shared(*side) for side in bases))


def random_overlaps(sets: int, dimensions: int, width: int, seed: int) -> Array:
    """Overlap of random subspaces with a given one of the same dimension, whichever it is: [set]."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(sets):
        basis = torch.linalg.qr(random_directions.gaussian((width, dimensions), generator, torch.float64)).Q
        found.append(float(basis[:dimensions].square().sum() / dimensions))
    return np.array(found)


@dataclass(frozen=True)
class Comparison:
    """The two methods at one layer.

    measures: by name, see `measure`; resampled: the same in bootstrap resamples over the units of both, [resample];
    nulls: of `corrected_matched` and `corrected_contrast` under every other assignment of labels, of `above_random` and
    `space_share` for random subspaces; cosines: corrected, [emotion, emotion].
    """

    measures: dict[str, float]
    resampled: dict[str, Array]
    nulls: dict[str, Array]
    cosines: Tensor

    def interval(self, name: str) -> tuple[float, float]:
        """Interval of a measure over topics and scenarios."""
        return percentile_interval(self.resampled[name])


def measure(left: Tensor, right: Tensor) -> dict[str, Tensor]:
    """Every measure from the halves [half, ..., emotion, d_model] of two methods, each [...].

    `matched` and `mismatched` cosines and `space_overlap` are of all data, as a reader of the two sets of vectors finds them;
    what is corrected, or a share of a ceiling, is of halves.
    """
    corrected = corrected_cosines(left, right)
    whole = cosine_table(left.sum(0), right.sum(0))
    crossed, best = shared_of_halves(left, right)
    return {
        "matched": matched(whole),
        "mismatched": mismatched(whole),
        "corrected_matched": matched(corrected),
        "corrected_contrast": matched(corrected) - mismatched(corrected),
        "story_reliability": matched(cosine_table(*left)),
        "instruction_reliability": matched(cosine_table(*right)),
        "space_overlap": shared(spans(left.sum(0)), spans(right.sum(0))),
        "space_share": crossed / best,
        "space_ceiling": best,
    }


def compare(stories: Halves, instructions: Halves, random: Array, resamples: int, seed: int) -> Comparison:
    """Measures, resamples over topics and scenarios, and nulls at one layer.

    Args:
        random: overlaps of random subspaces, see `random_overlaps`.
    """
    sides = stories.vectors(), instructions.vectors()
    measures = {name: float(value) for name, value in measure(*sides).items()}
    drawn = zip(stories.resampled(resamples, seed), instructions.resampled(resamples, seed + 2), strict=True)
    portions = [measure(one, other) for one, other in drawn]
    resampled = {name: torch.cat([portion[name] for portion in portions]).numpy() for name in measures}
    measures["above_random"] = measures["space_overlap"] - float(random.mean())
    resampled["above_random"] = resampled["space_overlap"] - random.mean()
    cosines = corrected_cosines(*sides)[0]
    matching, contrast = relabelled(cosines)
    nulls = {
        "corrected_matched": matching,
        "corrected_contrast": contrast,
        "above_random": random - random.mean(),
        "space_share": random / measures["space_ceiling"],
    }
    return Comparison(measures, resampled, nulls, cosines)


def tabulate(found: Sequence[Comparison]) -> pd.DataFrame:
    """Every measure at every layer, with its interval and, where there is one, the 95th percentile of its null."""
    rows = []
    for layer, here in enumerate(found):
        for name, value in here.measures.items():
            null = float(np.quantile(here.nulls[name], 0.95)) if name in here.nulls else float("nan")
            rows.append((layer, (layer + 1) / len(found), name, value, *here.interval(name), null))
    return pd.DataFrame(rows, columns=["layer", "depth", "measure", "value", "low", "high", "null_95_or_missing"])


def relabelled(table: Tensor) -> Array:
    """Matched cosine, and matched minus mismatched, of a table [emotion, emotion] under every permutation but the true one.

    Returns:
        [2, permutation].
    """
    orders = list(permutations(range(len(table))))[1:]
    shuffled = torch.stack([table[:, list(order)] for order in orders])
    found: Array = torch.stack([matched(shuffled), matched(shuffled) - mismatched(shuffled)]).numpy()
    return found


def place_among_some(table: Tensor, chosen: Sequence[int]) -> tuple[int, int]:
    """Place of the true assignment by its matched cosine, when only the labels of some emotions are permuted, and of how many.

    Args:
        table: cosines [emotion, emotion]; chosen: emotions of one valence, say, so that valence cannot tell them apart.
    """
    some = table[list(chosen)][:, list(chosen)]
    others = relabelled(some)[0]
    return 1 + int((others > float(matched(some))).sum()), len(others) + 1


def shuffled_overlaps(stories: Tensor, prompts: Tensor, sets: int, seed: int) -> Array:
    """Overlap of the spaces of both methods at one layer when labels are permuted within topics and within groups: [set].

    It says what the shape of the activations alone gives, which random subspaces do not know.

    Args:
        stories, prompts: [group, emotion, d_model].
    """
    sides = [
        spans(weighted(shuffle_weights(sets, len(states), states.shape[1], seed + place), centred(states)))
        for place, states in enumerate((stories, prompts))
    ]
    found: Array = shared(*sides).double().numpy()
    return found
