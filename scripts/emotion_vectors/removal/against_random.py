"""One subspace beside several kinds of random ones, over the same items, and intervals of answers of which few flip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from emotion_vectors.statistics import effects as stats
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.resampling import Draws, bootstrap

Array = NDArray[np.float64]


FEWEST_FLIPS = 5
"""Units whose answers change, below which a bootstrap says next to nothing: of none at all it has no width."""


def widened(effect: Effect, flips: Array) -> Effect:
    """An effect on accuracy with an interval that holds what is possible where few units flip, in place of a bootstrap alone.

    What is gained is at most the share of units that gain anything, and what is lost the share that loses; both have exact bounds of
    97.5 % (Clopper and Pearson), which for none of n is about 3.7 / n.

    Args:
        flips: [unit, answer], 1, 0 or -1 on the side of the estimate; what the estimate has beyond their mean moves the bounds along.
    """
    up, down = flips.max(1) > 0, flips.min(1) < 0
    if np.count_nonzero(up | down) >= FEWEST_FLIPS:
        return effect
    gained, lost = (
        binomtest(np.count_nonzero(units), len(flips)).proportion_ci(confidence_level=0.95, method="exact").high
        for units in (up, down)
    )
    moved = effect.estimate - float(flips.mean())
    return replace(effect, low=min(effect.low, moved - lost), high=max(effect.high, moved + gained))


def hardest_of(effects: Sequence[Effect]) -> Effect:
    """One effect over several kinds of random subspaces: the lowest interval, with the lowest percentile and the widest null of all."""
    lowest = min(effects, key=lambda effect: effect.low)
    percentile = min(effect.null_percentile for effect in effects)
    return replace(lowest, null_percentile=percentile, null_95=max(effect.null_95 for effect in effects))


def beyond_others(values: Array) -> Array:
    """Every value less the mean of the others: [subspace]."""
    rest: Array = values - (values.sum() - values) / (len(values) - 1)
    return rest


def beyond_random(judged: Array, random: Array, further: Mapping[str, Array], draws: Draws, scale: Scale) -> Effect:
    """Mean over items of what one subspace changes, less the mean over random subspaces, resampled by item.

    The null of the random subspaces is each of them less the mean of the others; that of a further kind each of its subspaces less the mean
    of the random ones. The kind that is exceeded least counts.

    Args:
        judged: [item]. random: [subspace, item]. further: kind -> [subspace, item].
    """
    difference = judged - random.mean(0)
    interval = bootstrap(difference, lambda rows: float(difference[rows].mean()), draws.bootstraps, draws.seed)
    nulls = [beyond_others(random.mean(1)), *((of_kind - random.mean(0)).mean(1) for of_kind in further.values())]
    return stats.against_nulls(float(difference.mean()), interval, nulls, n=len(difference), scale=scale)
