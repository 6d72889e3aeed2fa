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

from emotion_vectors.conduct.directions import GAUSSIAN, SHUFFLED
from emotion_vectors.conduct.slopes import UNIT, slopes_along
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Effect, Scale, beyond_both, effect, pearson
from emotion_vectors.statistics.resampling import percentile_interval

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


def size_effects(slopes: Slopes, bootstraps: int, seed: int) -> dict[str, Effect]:
    """Size of the slopes minus its mean under null directions, against each kind of null.

    Noise of items raises the size of any slopes. Null directions meet the same items, in every resample too, so that it cancels.
    """
    weights = resampling.weights(len(slopes.instructions), bootstraps, seed)
    resampled = size(weights @ slopes.instructions)
    found = {}
    for kind, null in slopes.null.items():
        sizes = size(null.mean(0))
        flat = null.reshape(len(null), -1)
        differences = resampled - np.concatenate(
            [size((part @ flat).reshape(len(part), *null.shape[1:])).mean(-1) for part in np.array_split(weights, 20)]
        )
        estimate = float(size(slopes.instructions.mean(0)) - sizes.mean())
        interval = percentile_interval(differences)
        found[kind] = effect(
            estimate, interval, sizes - sizes.mean(), n=slopes.items, scale=Scale(of="items", unit=UNIT, two_sided=True)
        )
    return found


def agreement(instructions: Sequence[Array], stories: Sequence[Array]) -> float:
    """Correlation of slopes [emotion] of two methods over emotions and behaviours."""
    return pearson(np.concatenate(list(instructions)), np.concatenate(list(stories)))


def single_agreements(slopes: Mapping[str, Slopes]) -> str:
    """The correlation in each behaviour by itself, over emotions, in words."""
    return ", ".join(
        f"{name} {agreement([each.instructions.mean(0)], [each.stories.mean(0)]):.2f}" for name, each in slopes.items()
    )


def agreement_effects(slopes: Sequence[Slopes], bootstraps: int, seed: int) -> dict[str, Effect]:
    """Correlation of the slopes of both methods over emotions and behaviours, against each kind of null.

    Scenarios of each behaviour are resampled.
    """
    stories = [each.stories.mean(0) for each in slopes]
    estimate = agreement([each.instructions.mean(0) for each in slopes], stories)
    weights = [
        resampling.counts(len(each.stories), bootstraps, seed + place).astype(float)
        for place, each in enumerate(slopes)
    ]
    samples = [
        agreement(
            [row @ each.instructions / row.sum() for row, each in zip(rows, slopes, strict=True)],
            [row @ each.stories / row.sum() for row, each in zip(rows, slopes, strict=True)],
        )
        for rows in zip(*weights, strict=True)
    ]
    interval, count, found = percentile_interval(samples), sum(map(len, stories)), {}
    for kind in slopes[0].null:
        sets = np.stack([each.null[kind].mean(0) for each in slopes])
        null = [agreement(list(sets[:, place]), stories) for place in range(sets.shape[1])]
        found[kind] = effect(
            estimate,
            interval,
            null,
            n=count,
            scale=Scale(of="emotions and behaviours", unit="Pearson r", two_sided=True),
        )
    return found


def harder(effects: Mapping[str, Effect]) -> tuple[Effect, str]:
    """The effect against the null that is harder to exceed, and the percentiles in all of them in words.

    The isotropic null asks whether the directions do more than any direction would, the shuffled one whether they do more than what
    else varies between prompts of the same event.
    """
    chosen = beyond_both(*sorted(effects.values(), key=lambda each: each.estimate))
    return chosen, ", ".join(
        f"percentile {each.null_percentile:.0f} in the {kind} null" for kind, each in effects.items()
    )


def null_95(null: Mapping[str, Array]) -> dict[str, float]:
    """95th percentile of the absolute null slopes of single directions, by kind, from [scenario, set, emotion]."""
    return {kind: float(np.quantile(np.abs(values.mean(0)), 0.95)) for kind, values in null.items()}


def kinds(gaussian: Tensor, shuffled: Tensor) -> dict[str, Tensor]:
    """The two kinds of null sets under the names that they bear everywhere."""
    return {GAUSSIAN: gaussian, SHUFFLED: shuffled}


def centred_over_emotions(vectors: Tensor) -> Tensor:
    """Vectors [emotion, ...] relative to the mean of these emotions."""
    return vectors - torch.mean(vectors, dim=0, keepdim=True)
