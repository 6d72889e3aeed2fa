"""Figures with a panel for each model, or with a column for each model and a row for each thing measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emotion_vectors.figures import style

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray


def panels(
    models: Sequence[str], heights: Sequence[float], width: float, below: float, **layout: str | bool
) -> tuple[Figure, NDArray[np.object_]]:
    """Axes [row, model] with the models as titles of the first row and a letter for every panel.

    Args:
        heights: of the rows, inches; below: room for titles and legend, inches.
    """
    figure, grid = style.bare_panels(
        len(heights), len(models), width, sum(heights) + below, height_ratios=list(heights), **layout
    )
    characters = round(80 * width / style.TEXT_WIDTH / len(models))
    for index, (axes, letter) in enumerate(zip(grid.ravel(), style.letters(grid.size), strict=True)):
        style.name_panel(axes, models[index] if index < len(models) else "", letter, characters=min(30, characters))
    return figure, grid


def a_panel_each(
    names: Sequence[str], columns: int, width: float, height: float, below: float, **layout: str | bool
) -> tuple[Figure, list[Axes]]:
    """One lettered panel for each name, most often a model, at most `columns` side by side.

    Args:
        height: of a row, inches; below: room for legend or colour bar, inches.
    """
    rows, across = style.model_grid(len(names), columns)
    figure, grid = style.bare_panels(rows, across, width, height * rows + below, **layout)
    cells = list(grid.ravel())
    characters = min(40, round(78 * width / style.TEXT_WIDTH / across))
    for axes, name, letter in zip(cells, names, style.letters(len(names)), strict=False):
        style.name_panel(axes, name, letter, characters=characters)
    style.hide(cells[len(names) :])
    return figure, cells[: len(names)]


def label_rows(grid: NDArray[np.object_], labels: Sequence[str]) -> None:
    """What each row shows, left of its first panel."""
    for axes, label in zip(grid[:, 0], labels, strict=True):
        axes.set_ylabel(label)


def limit(grid: NDArray[np.object_], lowest: float, highest: float) -> None:
    """Vertical axes of rows that panels share, cut off where values without bound would stretch them."""
    for axes in grid[:, 0]:
        low, high = axes.get_ylim()
        axes.set_ylim(max(low, lowest), min(high, highest))


def legend_beside(axes: Axes, title: str | None = None) -> None:
    """Legend of a row, right of its last panel."""
    axes.legend(
        loc="center left", bbox_to_anchor=(1.02, 0.5), borderaxespad=0, handlelength=1.8, title=title, alignment="left"
    )
