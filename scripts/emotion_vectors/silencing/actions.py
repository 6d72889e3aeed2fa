"""What is done to components of a layer, to which of them, and to how many."""

from __future__ import annotations

SILENCED, DRIVEN = "silenced", "enhanced"
TOP, RANDOM_COMPONENTS = "top", "random"
FEW = 4
"""Components of a layer that the claims call a handful."""


def ladder(parts: int) -> list[int]:
    """Numbers of components: 0, powers of two, and all of them."""
    powers = [2**step for step in range(parts.bit_length()) if 2**step < parts]
    return [0, *powers, parts]
