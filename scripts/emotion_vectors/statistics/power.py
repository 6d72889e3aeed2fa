"""Power of a design: how large an effect must be for an estimate with such an interval and null to find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scipy.stats import norm

POWER = 0.8
"""Share of studies in which an effect is to be found that counts as detectable."""


def smallest_detectable(row: Mapping[str, Any], power: float = POWER) -> float:
    """Distance from the reference of an effect that would be found in this share of studies like the one behind a row.

    An effect is found where its 95 % interval excludes the reference and it lies beyond the 95th percentile of the null. Estimates are
    taken to vary as their interval says, in the form of a normal distribution; the null to stay where it is.

    Args:
        row: low, high, null_95, reference of an effect.
    """
    half = (row["high"] - row["low"]) / 2
    needed = max(abs(row["null_95"] - row["reference"]), half)
    return float(needed + norm.ppf(power) * half / norm.ppf(0.975))
