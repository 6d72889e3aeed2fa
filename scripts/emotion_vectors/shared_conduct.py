"""Do the directions of one method change the behaviours that the vectors of the other change? (O05)

Slopes come from stored gradients (`slopes`): the change of a log-odds for a tenth of the mean residual norm, extrapolated from
strength zero. The size of six slopes together is their root mean square, which says nothing of their signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.directions import draws
from emotion_vectors.slope_statistics import GAUSSIAN, SHUFFLED, UNIT, gaussian_directions, slopes_along
from emotion_vectors.stats import Effect, beyond_both, effect, pearson, percentile_interval

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sets:
    """Directions at the main layer: of both methods [emotion, d_model], and null sets of as many by kind [set, emotion, d_model]."""

    instructions: Tensor
    stories: Tensor
    null: Mapping[str, Tensor]


@dataclass(frozen=True)
class Slopes:
    """Slopes of one behaviour at strength 0.1, nats, mean over the variants of each scenario.

    instructions, stories: [scenario, emotion]; null: kind -> [scenario, set, emotion]; items: scenarios times variants.
    """

    instructions: Array
    stories: Array
    null: Mapping[str, Array]
    items: int


def gaussian_sets(sets: int, emotions: int, width: int, seed: int) -> Tensor:
    """Sets of isotropic directions that sum to zero, as directions of emotions do: [set, emotion, d_model]."""
    drawn = gaussian_directions(sets * emotions, 1, width, seed).reshape(sets, emotions, width)
    return drawn - drawn.mean(1, keepdim=True)


def measure(gradients: Tensor, sets: Sets, norm: Tensor) -> Slopes:
    """Slopes of one behaviour along every set.

    Args:
        gradients: [scenario, variant, d_model], at the main layer; norm: mean residual norm there.
    """

    def along(directions: Tensor) -> Array:
        flat = directions.reshape(-1, 1, directions.shape[-1])
        slopes = slopes_along(gradients.mean(1)[:, None], flat, norm[None])[..., 0]
        found: Array = slopes.reshape(len(gradients), *directions.shape[:-1])
        return found

    null = {kind: along(directions) for kind, directions in sets.null.items()}
    return Slopes(along(sets.instructions), along(sets.stories), null, gradients.shape[0] * gradients.shape[1])


def size(slopes: Array) -> Array:
    """Root mean square over the emotions, the last axis."""
    found: Array = np.sqrt(np.square(slopes).mean(-1))
    return found


def size_effect(slopes: Slopes, bootstraps: int, seed: int) -> Effect:
    """Size of the slopes minus its mean under null directions, beside the kind of null that is harder to exceed.

    Noise of items raises the size of any slopes. Null directions meet the same items, in every resample too, so that it cancels.
    """
    weights = draws(bootstraps, len(slopes.instructions), seed).double().numpy() / len(slopes.instructions)
    resampled = size(weights @ slopes.instructions)
    found = []
    for null in slopes.null.values():
        sizes = size(null.mean(0))
        flat = null.reshape(len(null), -1)
        differences = resampled - np.concatenate(
            [size((part @ flat).reshape(len(part), *null.shape[1:])).mean(-1) for part in np.array_split(weights, 20)]
        )
        estimate = float(size(slopes.instructions.mean(0)) - sizes.mean())
        interval = percentile_interval(differences)
        found.append(
            effect(estimate, interval, sizes - sizes.mean(), n=slopes.items, of="items", unit=UNIT, two_sided=True)
        )
    return beyond_both(*sorted(found, key=lambda each: each.estimate))


def agreement(instructions: Sequence[Array], stories: Sequence[Array]) -> float:
    """Correlation of slopes [emotion] of two methods over emotions and behaviours."""
    return pearson(np.concatenate(list(instructions)), np.concatenate(list(stories)))


def agreement_effect(slopes: Sequence[Slopes], bootstraps: int, seed: int) -> Effect:
    """Correlation of the slopes of both methods over emotions and behaviours; scenarios of each behaviour are resampled."""
    stories = [each.stories.mean(0) for each in slopes]
    estimate = agreement([each.instructions.mean(0) for each in slopes], stories)
    weights = [draws(bootstraps, len(each.stories), seed + place).double().numpy() for place, each in enumerate(slopes)]
    samples = [
        agreement(
            [row @ each.instructions / row.sum() for row, each in zip(rows, slopes, strict=True)],
            [row @ each.stories / row.sum() for row, each in zip(rows, slopes, strict=True)],
        )
        for rows in zip(*weights, strict=True)
    ]
    found = []
    for kind in slopes[0].null:
        sets = np.stack([each.null[kind].mean(0) for each in slopes])
        null = [agreement(list(sets[:, place]), stories) for place in range(sets.shape[1])]
        count = sum(map(len, stories))
        found.append(
            effect(estimate, percentile_interval(samples), null, n=count, of="emotions and behaviours",
                   unit="Pearson r", two_sided=True)
        )  # fmt: skip
    return beyond_both(*found)


def null_95(null: Mapping[str, Array]) -> dict[str, float]:
    """95th percentile of the absolute null slopes of single directions, by kind, from [scenario, set, emotion]."""
    return {kind: float(np.quantile(np.abs(values.mean(0)), 0.95)) for kind, values in null.items()}


def kinds(gaussian: Tensor, shuffled: Tensor) -> dict[str, Tensor]:
    """The two kinds of null sets under the names that they bear everywhere."""
    return {GAUSSIAN: gaussian, SHUFFLED: shuffled}


def centred_over_emotions(vectors: Tensor) -> Tensor:
    """Vectors [emotion, ...] relative to the mean of these emotions."""
    return vectors - torch.mean(vectors, dim=0, keepdim=True)
