"""Gates in the words in which they closed a readout, held against their limits: one that keeps its limit has closed nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from emotion_vectors.claims.printed_numbers import numbers_in

GATE = re.compile(r"(?P<measured>\S+) \[(?P<low>[^],]+), [^]]*\] of n = [\d,]+, must be (?P<limit>[^;]+)")
"""For instance "0.49 [0.37, 0.60] of n = 72, must be at least 0.75"; guards that give no limit have none to be held against."""

INTERVAL = "interval above"
"""Begins a limit of the lower end of the interval, alone or after one of the estimate."""


def kept_limits(guard: str) -> Iterator[str]:
    """The gates of a guard that keep their limit by more than rounding, so that they cannot have closed."""
    for gate in GATE.finditer(guard):
        value, _, interval = gate["limit"].partition(INTERVAL)
        kept = _within(gate["measured"], value.removesuffix(", ")) if value else True
        if kept and (not interval or _within(gate["low"], f"at least{interval}")):
            yield gate[0]


def _within(text: str, limit: str) -> bool:
    """Whether a printed number keeps a limit by more than rounding."""
    (measured,) = numbers_in(text)
    least, most = _bounds(limit)
    rounding = 0.5 * 10.0**-measured.decimals if least < most else 0.0
    return least + rounding <= measured.value <= most - rounding


def _bounds(limit: str) -> tuple[float, float]:
    """Least and most of a limit: "at least a", "at most b", "at most b either way", "below b", "a to b" or "a" alone."""
    bounds = [number.value for number in numbers_in(limit)]
    if limit.startswith("at least"):
        return bounds[0], math.inf
    if limit.startswith("at most"):
        return -bounds[0] if limit.endswith("either way") else -math.inf, bounds[0]
    if limit.startswith("below"):
        return -math.inf, bounds[0]
    return bounds[0], bounds[-1]
