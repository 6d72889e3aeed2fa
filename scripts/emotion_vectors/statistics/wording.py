"""Numbers, intervals and lists in words, the same in paper, README and messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
MINUS = "−"
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Signs that steer a terminal, turn the direction of writing or end a line, and halves of signs that cannot be printed."""
SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


NO_ESTIMATE = "no estimate"


def visible(text: str, kept: str = "") -> str:
    """A text that says its hidden signs in place of doing what they do; those that are kept stay."""

    def said(sign: re.Match[str]) -> str:
        return sign[0] if sign[0] in kept else SHORT_ESCAPES.get(sign[0], f"\\u{ord(sign[0]):04x}")

    return HIDDEN.sub(said, text)


def number(value: float, decimals: int) -> str:
    """Fixed decimals with a true minus sign and thousands separated; never "−0.00"."""
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def decimals_for(*values: float) -> int:
    """Decimals that leave about two significant digits of the largest value: 2 from a tenth on, more below, fewer above ten."""
    largest = max(abs(value) for value in values)
    steps = ((100.0, 0), (10.0, 1), (0.1, 2), (0.01, 3))
    return next((decimals for least, decimals in steps if largest >= least), 4)


MOST_DECIMALS = 6


def interval(row: Row, value: str = "estimate") -> str:
    """For instance "0.31 [0.12, 0.47]", all with the same decimals; says so where a gate left nothing to estimate.

    A narrow interval has as many decimals as tell its ends from the estimate: "0.1949 [0.1946, 0.1951]".
    """
    if row[value] is None:
        return NO_ESTIMATE
    numbers = [float(row[key]) for key in (value, "low", "high")]
    estimate, low, high = (number(one, _decimals_apart(numbers)) for one in numbers)
    return f"{estimate} [{low}, {high}]"


def _decimals_apart(numbers: Sequence[float]) -> int:
    """Decimals with which numbers that differ look different; differences below the last decimal count as none."""
    least = decimals_for(*numbers)
    different = len({f"{one:.{MOST_DECIMALS}f}" for one in numbers})
    return next(
        (count for count in range(least, MOST_DECIMALS) if len({f"{one:.{count}f}" for one in numbers}) == different),
        max(least, MOST_DECIMALS),
    )


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
