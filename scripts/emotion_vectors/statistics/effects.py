"""Estimates with an interval and a null: bootstraps and percentiles (design: hierarchical, over scenarios, then items)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emotion_vectors.statistics.resampling import sign_flips

Array = NDArray[np.float64]
A_TIE = 1e-9
"""Relative difference below which two values are one."""
LEAST_RELIABILITY = 1e-3
"""Divisor where a reliability is nil; the percentile of the null, not the ratio, decides there."""


@dataclass(frozen=True)
class Effect:
    """One estimate with everything that is needed to judge it.

    estimate, low, high: point and 95 % interval in `unit`; reference: the value that means "no effect" (0, or chance);
    null: estimates under the null; null_percentile: share of the null that the estimate exceeds, in percent, of |value - reference|
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
        percentile = percentile_in(distances, abs(estimate - scale.reference))
        null_95 = scale.reference + float(np.quantile(distances, 0.95))
    else:
        percentile = percentile_in(values, estimate)
        null_95 = float(np.quantile(values, 0.95))
    low, high = map(float, interval)
    return Effect(float(estimate), low, high, percentile, null_95, n, scale.of, scale.unit, scale.reference)


def percentile_in(null: ArrayLike, value: float) -> float:
    """Share of a null that a value exceeds, in percent; a tie is not exceeded.

    Where few units can be exchanged, or answers are counted, many ties stand at the end of the null.
    """
    values = np.asarray(null, dtype=float)
    return 100.0 * float(np.mean((values < value) & ~np.isclose(values, value, rtol=A_TIE, atol=0)))


def paired_effect(
    differences: ArrayLike, interval: tuple[float, float], flips: int, seed: int, *, scale: Scale
) -> Effect:
    """Mean paired difference [group, item] between two methods on the same items.

    Null: the methods exchanged at random in whole groups (sign flips).
    """
    table = np.asarray(differences, dtype=float)
    null = sign_flips(len(table), flips, seed) @ table.mean(1) / len(table)
    return effect(float(table.mean()), interval, null, n=table.size, scale=scale)


def hardest(of_nulls: Iterable[Effect]) -> Effect:
    """Of one estimate beside several nulls, all of which it must exceed: the lowest percentile, and the null that reaches furthest."""
    effects = list(of_nulls)
    lowest = min(effects, key=lambda effect: effect.null_percentile)
    return replace(lowest, null_95=max(effect.null_95 for effect in effects))


def difference_of(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[float, float, float]:
    """First minus second of two independent estimates, with the 95 % interval that follows from their own: estimate, low, high.

    Square-and-add limits: each side of the interval is made of the sides that bear on it, so that intervals may be lopsided.
    """
    estimate = float(first["estimate"] - second["estimate"])
    below = math.hypot(first["estimate"] - first["low"], second["high"] - second["estimate"])
    above = math.hypot(first["high"] - first["estimate"], second["estimate"] - second["low"])
    return estimate, estimate - below, estimate + above


def against_nulls(
    estimate: float, interval: tuple[float, float], nulls: Iterable[ArrayLike], *, n: int, scale: Scale
) -> Effect:
    """An estimate with its interval against several nulls, all of which it must exceed."""
    return hardest(effect(estimate, interval, null, n=n, scale=scale) for null in nulls)


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
