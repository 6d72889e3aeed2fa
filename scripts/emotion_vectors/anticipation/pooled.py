"""Correlations over items and emotions, centred per emotion within groups of items; resampled, exchanged and corrected for reliability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import LEAST_RELIABILITY

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Groups:
    """Groups of items, within which readings are centred, items are drawn, and replies are exchanged: the rows of each."""

    rows: tuple[NDArray[np.intp], ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> Groups:
        """From the group of every item."""
        table = np.asarray(names)
        return cls(tuple(np.flatnonzero(table == name) for name in dict.fromkeys(names)))

    @property
    def items(self) -> int:
        return sum(map(len, self.rows))

    @property
    def everything(self) -> Array:
        """Every item once: [1, item]."""
        return np.ones((1, self.items))

    def drawn(self, resamples: int, generator: np.random.Generator) -> Array:
        """How often each item is drawn: [resample, item]; a group keeps its number of items."""
        times = np.empty((resamples, self.items))
        for rows in self.rows:
            times[:, rows] = resampling.counts(len(rows), resamples, generator)
        return times

    def drawn_anew(self, resamples: int, generator: np.random.Generator) -> Array:
        """How often each item is drawn where groups are drawn as well, and items within every one of these: [resample, item]."""
        times = np.empty((resamples, self.items))
        of_groups = resampling.counts(len(self.rows), resamples, generator)
        for rows, drawn in zip(self.rows, of_groups.T, strict=True):
            times[:, rows] = generator.multinomial(drawn * len(rows), np.full(len(rows), 1 / len(rows)))
        return times

    def exchanged(self, sets: int, generator: np.random.Generator) -> NDArray[np.intp]:
        """Whose values each item has where they are exchanged at random within groups: [set, item]."""
        order = np.empty((sets, self.items), dtype=np.intp)
        for rows in self.rows:
            order[:, rows] = generator.permuted(np.broadcast_to(rows, (sets, len(rows))), axis=1)
        return order


def comoment(left: Array, right: Array, times: Array, groups: Groups) -> Array:
    """Sum of products of values [item, emotion] centred per emotion within groups: [resample] of times [resample, item]."""
    total = np.zeros(len(times))
    for rows in groups.rows:
        drawn, x, y = times[:, rows], left[rows], right[rows]
        sums = ((drawn @ x) * (drawn @ y)).sum(1)
        total += drawn @ (x * y).sum(1) - sums / drawn.sum(1)
    return total


def correlation(left: Array, right: Array, times: Array, groups: Groups) -> Array:
    """Pearson correlation of values [item, emotion] over items and emotions: [resample]; 0 where one side does not vary."""
    variances = comoment(left, left, times, groups) * comoment(right, right, times, groups)
    products = comoment(left, right, times, groups)
    shape = np.zeros_like(products)
    r: Array = np.divide(products, np.sqrt(variances.clip(0)), out=shape, where=variances > 0)
    return r


def exchanged_correlations(left: Array, right: Array, order: NDArray[np.intp], groups: Groups) -> Array:
    """The same with the right side exchanged between items: [set] of order [set, item]."""
    once = groups.everything
    return np.array([correlation(left, right[rows], once, groups)[0] for rows in order])


def across_halves(left: Array, right: Array, times: Array, groups: Groups) -> Array:
    """Mean correlation of one half of the left with the other half of the right, both ways: [resample].

    What a half has of its own, such as the wording of one message, is not shared by the two sides then.

    Args:
        left, right: [half, item, emotion].
    """
    both = [correlation(left[half], right[1 - half], times, groups) for half in (0, 1)]
    mean: Array = np.mean(both, axis=0)
    return mean


def corrected(left: Array, right: Array, times: Array, groups: Groups) -> Array:
    """`across_halves` divided by the reliability of both sides: [resample]; 1 is the same reading twice."""
    sides = (across_halves(side, side, times, groups).clip(LEAST_RELIABILITY) for side in (left, right))
    ratio: Array = across_halves(left, right, times, groups) / np.sqrt(np.prod(list(sides), axis=0))
    return ratio


def same_reading(side: Array, above: Array, below: Array, groups: Groups) -> Array:
    """Corrected correlations of two halves of one reading: 1 but for the chance of items, since both come from draws of their own.

    Args:
        side: [half, item, emotion]; above, below: [resample, item], the draws of the correlation and of the reliability.
    Returns:
        [resample].
    """
    reliability = across_halves(side, side, below, groups).clip(LEAST_RELIABILITY)
    ratio: Array = across_halves(side, side, above, groups) / reliability
    return ratio
