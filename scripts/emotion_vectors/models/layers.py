"""Layers by their depth (l + 1) / L, without loading what runs models: steps that draw or count need layers as well."""

from __future__ import annotations


def main_layer(layers: int, depth: float) -> int:
    """Layer whose depth is nearest to `depth`; the study's main layer is at two thirds, fixed beforehand."""
    return min(range(layers), key=lambda layer: abs((layer + 1) / layers - depth))


def from_depth(layers: int, depth: float) -> list[int]:
    """Layers at a depth and beyond."""
    return [layer for layer in range(layers) if (layer + 1) / layers >= depth]


def between(layers: int, above: float, to: float) -> list[int]:
    """Layers deeper than `above`, down to `to` itself."""
    return [layer for layer in range(layers) if above < (layer + 1) / layers <= to]


def middle_third(layers: int) -> list[int]:
    """Layers deeper than one third, down to two thirds."""
    return between(layers, 1 / 3, 2 / 3)


def like_blocks(layers: int, first: int, last: int, blocks: int) -> list[int]:
    """Layers at the depths of the blocks `first` to `last`, counted from 1, of a model of `blocks` blocks; both ends included."""
    return [layer for layer in range(layers) if first * layers <= blocks * (layer + 1) <= last * layers]
