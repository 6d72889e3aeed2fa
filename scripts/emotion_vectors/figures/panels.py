"""Figures with a column of panels for each model and a row for each thing measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emotion_vectors.figures import style


def panels(
    models: Sequence[str], heights: Sequence[float], width: float, below: float, **layout: str | bool
) -> tuple[Figure, NDArray[np.object_]]:
    """Axes [row, model] with the models as titles of the first row and a letter for every panel.

    Args:
        heights: of the rows, inches; below: room for titles and legend, inches.
    """
    figure, grid = style.panels(
        len(heights), len(models), width, sum(heights) + below, height_ratios=list(heights), **layout
    )
    characters = round(80 * width / style.TEXT_WIDTH / len(models))
    for axes, letter, place in zip(grid.ravel(), style.letters(grid.size), range(grid.size), strict=True):
        style.name_panel(axes, models[place] if place < len(models) else "", letter, characters=min(30, characters))
    return figure, grid


def depth_axis(axes: Axes, at: float, meaning: str, *, label: bool) -> None:
    """Horizontal axis of depth with a mark at one depth that is not the main layer."""
    style.depth_axis(axes, at, label=label)
    axes.lines[-1].set_label(meaning)


def label_rows(grid: NDArray[np.object_], labels: Sequence[str]) -> None:
    """What each row shows, left of its first panel."""
    for axes, label in zip(grid[:, 0], labels, strict=True):
        axes.set_ylabel(label)


def limit(grid: NDArray[np.object_], lowest: float, highest: float) -> None:
    """Vertical axes of rows that panels share, cut off where values without bound would stretch them."""
    for axes in grid[:, 0]:
        low, high = axes.get_ylim()
        axes.set_ylim(max(low, lowest), min(high, highest))


def legend_beside(axes: Axes) -> None:
    """Legend of a row, right of its last panel."""
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), borderaxespad=0, handlelength=1.8)
