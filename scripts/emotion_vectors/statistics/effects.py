"""Estimates with an interval and a null: bootstraps and percentiles (design: hierarchical, over scenarios, then items)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

Z_95 = 1.959964
"""Half width of a normal 95 % interval in standard errors."""


@dataclass(frozen=True)
class Effect:
    """One estimate with everything that is needed to judge it.

    estimate, low, high: point and 95 % interval in `unit`; reference: the value that means "no effect" (0, or chance);
    null: estimates under the null; null_percentile: share of the null at or below the estimate, in percent, of |value - reference|
    when `two_sided`; n: number of independent units, named in `of`.
    """

    estimate: float
    low: float
    high: float
    null_percentile: float
    null_95: float
    n: int
    of: str
    unit: str
    reference: float = 0.0


@dataclass(frozen=True)
class Scale:
    """What an estimate is measured in.

    of: independent units that are counted; unit: of the estimate; reference: the value that means "no effect"; two_sided: compare
    distances from the reference, for statistics whose null spreads to both sides.
    """

    of: str
    unit: str
    reference: float = 0.0
    two_sided: bool = False


def effect(estimate: float, interval: tuple[float, float], null: ArrayLike, *, n: int, scale: Scale) -> Effect:
    """An estimate with its interval and its place in the null.

    Args:
        null: estimates of the same statistic under the null, at least 20.
        n: number of independent units.
    Raises:
        ValueError: too few null values, or a value that is not finite.
    """
    values = np.asarray(null, dtype=float)
    if values.size < 20 or not np.isfinite(values).all() or not np.isfinite([estimate, *interval]).all():
        raise ValueError(
            f"estimate {estimate}, interval {interval}, null of {values.size} values: all must be finite, null >= 20"
        )
    if scale.two_sided:
        distances = np.abs(values - scale.reference)
        percentile = 100.0 * float(np.mean(distances <= abs(estimate - scale.reference)))
        null_95 = scale.reference + float(np.quantile(distances, 0.95))
    else:
        percentile = 100.0 * float(np.mean(values <= estimate))
        null_95 = float(np.quantile(values, 0.95))
    low, high = map(float, interval)
    return Effect(float(estimate), low, high, percentile, null_95, n, scale.of, scale.unit, scale.reference)


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
    row_weights = generator.multinomial(rows, np.full(rows, 1 / rows), resamples) / rows
    column_weights = generator.multinomial(columns, np.full(columns, 1 / columns), resamples) / columns
    return percentile_interval(np.einsum("sr,rc,sc->s", row_weights, table, column_weights, optimize=True))


def pair_bootstrap(
    values: ArrayLike, pairs: Sequence[tuple[int, int]], items: int, resamples: int, seed: int
) -> tuple[float, float]:
    """Interval of the mean of values of pairs [pair] under resampling of the items of which the pairs are made.

    A pair counts as often as the product of the times that its two items were drawn; draws without any pair are left out.
    """
    table, ends = np.asarray(values, dtype=float), np.asarray(pairs)
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(items, np.full(items, 1 / items), resamples)
    weights = drawn[:, ends[:, 0]] * drawn[:, ends[:, 1]]
    weights = weights[weights.sum(1) > 0]
    return percentile_interval(weights @ table / weights.sum(1))


def jackknife(items: int, statistic: Callable[[NDArray[np.int64]], float]) -> tuple[float, float]:
    """Normal 95 % interval of `statistic(indices)` from leaving out one item at a time.

    For statistics that repeated items bias, such as shares of variance, where a bootstrap would not be centred on the estimate.
    """
    everything = np.arange(items)
    left_out = np.array([statistic(np.delete(everything, item)) for item in range(items)])
    error = float(np.sqrt((items - 1) / items * ((left_out - left_out.mean()) ** 2).sum()))
    estimate = statistic(everything)
    return estimate - Z_95 * error, estimate + Z_95 * error


def paired_effect(
    differences: ArrayLike, interval: tuple[float, float], flips: int, seed: int, *, scale: Scale
) -> Effect:
    """Mean paired difference [group, item] between two methods on the same items.

    Null: the methods exchanged at random in whole groups (sign flips).
    """
    table = np.asarray(differences, dtype=float)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(flips, len(table)))
    null = signs @ table.mean(1) / len(table)
    return effect(float(table.mean()), interval, null, n=table.size, scale=scale)


def beyond_both(first: Effect, second: Effect) -> Effect:
    """The same effect against two nulls: the one with the lower percentile, since the estimate must exceed both."""
    return first if first.null_percentile <= second.null_percentile else second


def upper_triangle(matrix: ArrayLike) -> Array:
    """Entries above the diagonal of a square matrix, row by row."""
    square = np.asarray(matrix, dtype=float)
    result: Array = square[np.triu_indices(len(square), k=1)]
    return result


def pearson(left: ArrayLike, right: ArrayLike) -> float:
    """Pearson correlation; 0 when one side does not vary, as a resample of few items may not."""
    x, y = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum()))
