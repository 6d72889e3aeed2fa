"""Layers by their depth. A module of its own, so that a step that draws or counts need not load what runs models."""

from __future__ import annotations


def main_layer(layers: int, depth: float) -> int:
    """Layer whose depth (l + 1) / L is nearest to `depth`; the study's main layer is at two thirds, fixed beforehand."""
    return min(range(layers), key=lambda layer: abs((layer + 1) / layers - depth))
