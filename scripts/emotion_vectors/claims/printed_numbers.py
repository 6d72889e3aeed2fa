"""Sentences with numbers in them, compared: the words must be the same, what was measured near, what was laid down equal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = re.compile(r"(?<![\w.])(?<!\d-)[+−-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\.?\w)(?!-\d)")
"""A number by itself: names such as "PC4" and "95th", and bands such as "0.2-0.4", are words."""
LAID_DOWN = re.compile(r"(?:\bn = |\bstrength |\ball |\d of |\bmust be (?:[^;]* )?)$")
"""What stands before a number that no run measures: counts of what was looked at, strengths, limits of a gate."""
LEVEL = " %"
"""What follows a level of confidence."""
PERCENTILE = re.compile(r"\bpercentile $")

SAME_PROCESSOR_UNITS, ANY_PROCESSOR_UNITS = 1, 2
"""Units of the last printed decimal by which a number may differ, on the processor of the reference and elsewhere."""
OF_SIZE = 0.01
"""Share of its size by which a number may differ elsewhere, where that is more: for ranks and ratios far from zero."""
EXCERPT = 40
"""Characters before a number that are shown with it."""


@dataclass(frozen=True)
class PrintedNumber:
    """A number in a sentence; `excerpt` ends with it, `measured` unless it was laid down before any run."""

    value: float
    decimals: int
    measured: bool
    is_percentile: bool
    excerpt: str

    def tolerance(self, *, same_processor: bool) -> float:
        """Allowed absolute difference."""
        if not self.measured:
            return 0.0
        if same_processor:
            return SAME_PROCESSOR_UNITS * 10.0**-self.decimals
        # A count moves by one where a tie falls the other way; a percentile, whole or not, is no count.
        is_count = self.decimals == 0 and not self.is_percentile
        units = 1 if is_count else ANY_PROCESSOR_UNITS
        return max(units * 10.0**-self.decimals, OF_SIZE * abs(self.value), 1.0 if self.is_percentile else 0.0)


@dataclass(frozen=True)
class Contrast:
    """What one sentence says and the other does not; `tolerance` in the unit of the number, None where words differ."""

    expected: str
    other: str
    tolerance: float | None


def words_of(sentence: str) -> str:
    """The sentence with "#" for every number."""
    return NUMBER.sub("#", sentence)


def numbers_in(sentence: str) -> Iterator[PrintedNumber]:
    """Numbers of a sentence in their order."""
    for match in NUMBER.finditer(sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        digits = match[0].replace(",", "").replace("−", "-")
        yield PrintedNumber(
            value=float(digits),
            decimals=len(digits.partition(".")[2]),
            measured=not LAID_DOWN.search(before) and not after.startswith(LEVEL),
            is_percentile=bool(PERCENTILE.search(before)),
            excerpt=sentence[max(0, match.start() - EXCERPT) : match.end()],
        )


def contrasts(expected: str, other: str, *, same_processor: bool) -> Iterator[Contrast]:
    """Everything in which a sentence differs from the expected one by more than is allowed.

    Args:
        same_processor: both were written from float32 on one kind of processor.
    """
    if words_of(expected) != words_of(other):
        yield Contrast(expected, other, None)
        return
    for number, compared in zip(numbers_in(expected), numbers_in(other), strict=True):
        allowed = number.tolerance(same_processor=same_processor)
        if abs(compared.value - number.value) > allowed * (1 + 1e-9):
            yield Contrast(number.excerpt, compared.excerpt, allowed)
