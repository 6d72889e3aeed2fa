"""Layers on which claims about circuits rest: where directions are there, and those that references are taken from."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_vectors.models.layers import between, main_layer

DEEP = 0.4
"""Depth from which on the directions are said to be there (W01)."""
LATE = "late"
LATE_DEPTHS = (22 / 28, 26 / 28)
"""Depths of layers 21 and 25 of 28, between which the original takes its reference."""
BANDS = 5


def late_layers(layers: int) -> list[int]:
    """Layers at the depths from which the original takes its reference."""
    first, last = (main_layer(layers, depth) for depth in LATE_DEPTHS)
    return list(range(first, last + 1))


def bands(layers: int) -> dict[str, list[int]]:
    """Five bands of equal depth, each named by its depths; a band without a layer is left out."""
    named = {}
    for band in range(BANDS):
        inside = between(layers, band / BANDS, (band + 1) / BANDS)
        if inside:
            named[f"{band / BANDS:.1f}-{(band + 1) / BANDS:.1f}"] = inside
    return named


def other_references(names: Sequence[str]) -> list[str]:
    """Bands other than the deepest, which shares most of its layers with the late reference."""
    return [name for name in names if name != LATE][:-1]
