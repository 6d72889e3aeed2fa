"""Numbers, intervals and lists in words, the same in paper, README and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
MINUS = "−"


NO_ESTIMATE = "no estimate"


def number(value: float, decimals: int) -> str:
    """Fixed decimals with a true minus sign and thousands separated; never "−0.00"."""
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def decimals_for(*values: float) -> int:
    """Decimals that leave about two significant digits of the largest value: 2 from a tenth on, more below, fewer above ten."""
    largest = max(abs(value) for value in values)
    steps = ((100.0, 0), (10.0, 1), (0.1, 2), (0.01, 3))
    return next((decimals for least, decimals in steps if largest >= least), 4)


def interval(row: Row, value: str = "estimate") -> str:
    """For instance "0.31 [0.12, 0.47]", all with the same decimals; says so where a gate left nothing to estimate."""
    if row[value] is None:
        return NO_ESTIMATE
    numbers = [float(row[key]) for key in (value, "low", "high")]
    estimate, low, high = (number(one, decimals_for(*numbers)) for one in numbers)
    return f"{estimate} [{low}, {high}]"


def percentile(row: Row) -> str:
    """Percentile in the null, one decimal; 100 and 0 are exact."""
    value = float(row["null_percentile"])
    return number(value, 0 if value in (0.0, 100.0) else 1)


def bare(value: float) -> str:
    """A number by itself, with two significant digits."""
    return number(value, decimals_for(value))


def listing(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
