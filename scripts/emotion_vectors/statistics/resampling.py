"""Bootstraps: how often each unit is drawn, and percentile intervals under resampling of items, groups, rows and columns, or pairs.

The same draws serve many statistics at once as weights, which `scipy.stats.bootstrap` does not offer: it draws anew for every
statistic, and knows neither groups with items inside nor crossed rows and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

Z_95 = 1.959964
"""Half width of a normal 95 % interval in standard errors."""


@dataclass(frozen=True)
class Draws:
    """Number of bootstrap resamples, of draws from a null, and the seed of both."""

    bootstraps: int
    shuffles: int
    seed: int

    def generator(self, offset: int) -> np.random.Generator:
        """Random numbers of their own for each use."""
        return np.random.default_rng(self.seed + offset)


def evenly_spaced(units: int, count: int) -> list[int]:
    """Numbers of `count` units at equal distances, the first and the last among them; all units where there are fewer."""
    chosen: list[int] = np.linspace(0, units - 1, min(count, units)).round().astype(int).tolist()
    return chosen


def counts(units: int, resamples: int, source: int | np.random.Generator) -> NDArray[np.int64]:
    """How often each unit is drawn in each resample, with replacement: [resample, unit].

    Args:
        source: seed, or a generator from which other numbers are drawn before or after.
    """
    return np.random.default_rng(source).multinomial(units, np.full(units, 1 / units), resamples)


def weights(units: int, resamples: int, source: int | np.random.Generator) -> Array:
    """The same as shares of the resample: [resample, unit], each row of sum one."""
    shares: Array = counts(units, resamples, source) / units
    return shares


def nested_weights(groups: ArrayLike, resamples: int, source: int | np.random.Generator) -> Array:
    """Shares of a resample in which whole groups are drawn, then as many items within each: [resample, item], each row of sum one.

    Args:
        groups: name of the group of each item.
    """
    generator = np.random.default_rng(source)
    names, of_item = np.unique(np.asarray(groups), return_inverse=True)
    sizes = np.bincount(of_item)
    times, drawn = counts(len(names), resamples, generator), np.zeros((resamples, len(of_item)))
    for group, size in enumerate(sizes):
        # A group that is drawn twice brings two draws of its items.
        within = generator.multinomial(size * times[:, group], np.full(size, 1 / size))
        drawn[:, of_item == group] = within
    shares: Array = drawn / drawn.sum(1, keepdims=True)
    return shares


def sign_flips(units: int, draws: int, source: int | np.random.Generator) -> Array:
    """Signs of every unit under a null in which two methods, or two halves, are exchanged: [flip, unit].

    Every way equally often where the draws suffice for them all: of few units chance would draw some ways twice and others never,
    and the percentile of an effect that all units share would depend on the seed. No effect of n units can then lie above the
    percentile 100 (1 - 2^-n), two-sided 100 (1 - 2^(1-n)).

    Args:
        draws: signs to draw, at least 39 where `effects.effect` takes what comes of them for a null.
    """
    ways = 2**units
    if ways <= draws:
        flipped = np.arange(ways)[:, None] >> np.arange(units) & 1 == 1
        return np.tile(np.where(flipped, -1.0, 1.0), (draws // ways, 1))
    return np.random.default_rng(source).choice([-1.0, 1.0], (draws, units))


def percentile_interval(samples: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of bootstrap samples."""
    tail = (1 - level) / 2
    low, high = np.quantile(np.asarray(samples, dtype=float), [tail, 1 - tail])
    return float(low), float(high)


def bootstrap(
    items: Sequence[object] | Array, statistic: Callable[[NDArray[np.int64]], float], resamples: int, seed: int
) -> tuple[float, float]:
    """Percentile interval of `statistic(indices)` under resampling of the items with replacement."""
    generator = np.random.default_rng(seed)
    count = len(items)
    samples = [statistic(generator.integers(0, count, count)) for _ in range(resamples)]
    return percentile_interval(samples)


def hierarchical_bootstrap(values: ArrayLike, resamples: int, seed: int) -> tuple[float, float]:
    """Interval of the mean of `values` [group, item] under resampling of groups, then of items within each group."""
    table = np.asarray(values, dtype=float)
    groups, items = table.shape
    generator = np.random.default_rng(seed)
    samples = np.empty(resamples)
    for sample in range(resamples):
        chosen: NDArray[np.int64] = generator.integers(0, groups, size=(groups,))
        within = generator.integers(0, items, (groups, items))
        samples[sample] = table[chosen[:, None], within].mean()
    return percentile_interval(samples)


def crossed_bootstrap(values: ArrayLike, resamples: int, seed: int) -> tuple[float, float]:
    """Interval of the mean of `values` [row, column] where every column is crossed with every row.

    Rows and columns are resampled independently, because cells of one column share what belongs to it: all stories of an
    emotion share its vector, whatever their topic.
    """
    table = np.asarray(values, dtype=float)
    rows, columns = table.shape
    generator = np.random.default_rng(seed)
    row_weights, column_weights = weights(rows, resamples, generator), weights(columns, resamples, generator)
    return percentile_interval(np.einsum("sr,rc,sc->s", row_weights, table, column_weights, optimize=True))


def crossed_ratio_bootstrap(above: ArrayLike, below: ArrayLike, resamples: int, seed: int) -> tuple[float, float]:
    """Interval of the ratio of two means over the same crossed rows and columns, drawn as for `crossed_bootstrap`.

    Only ratios whose divisor is known to lie off zero have one that says something.
    """
    tables = np.stack([np.asarray(above, dtype=float), np.asarray(below, dtype=float)])
    rows, columns = tables.shape[1:]
    generator = np.random.default_rng(seed)
    row_weights, column_weights = weights(rows, resamples, generator), weights(columns, resamples, generator)
    means = np.einsum("sr,trc,sc->ts", row_weights, tables, column_weights, optimize=True)
    return percentile_interval(means[0] / means[1])


def pair_bootstrap(
    values: ArrayLike, pairs: Sequence[tuple[int, int]], items: int, resamples: int, seed: int
) -> tuple[float, float]:
    """Interval of the mean of values of pairs [pair] under resampling of the items of which the pairs are made.

    A pair counts as often as the product of the times that its two items were drawn; draws without any pair are left out.
    """
    table, ends = np.asarray(values, dtype=float), np.asarray(pairs)
    drawn = counts(items, resamples, seed)
    times = drawn[:, ends[:, 0]] * drawn[:, ends[:, 1]]
    times = times[times.sum(1) > 0]
    return percentile_interval(times @ table / times.sum(1))


def jackknife(items: int, statistic: Callable[[NDArray[np.int64]], float]) -> tuple[float, float]:
    """Normal 95 % interval of `statistic(indices)` from leaving out one item at a time.

    For statistics that repeated items bias, such as shares of variance, where a bootstrap would not be centred on the estimate.
    """
    everything = np.arange(items)
    left_out = np.array([statistic(np.delete(everything, item)) for item in range(items)])
    error = float(np.sqrt((items - 1) / items * ((left_out - left_out.mean()) ** 2).sum()))
    estimate = statistic(everything)
    return estimate - Z_95 * error, estimate + Z_95 * error
