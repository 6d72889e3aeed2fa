"""Words beside what they name: beside points, and at the ends of curves in place of a legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import textalloc
from scipy.optimize import isotonic_regression

from emotion_vectors.figures.style import DARK, GREY, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

PLACEMENT: dict[str, Any] = {"margin": 0.002, "min_distance": 0.012, "max_distance": 0.3, "nbr_candidates": 400}
"""Where textalloc tries to put labels, as parts of the panel."""
POINTS_PER_INCH = 72.0


def freeze_layout(figure: Figure) -> None:
    """Settle where panels lie, so that labels placed afterwards move nothing."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def label_points(
    axes: Axes, x: ArrayLike, y: ArrayLike, labels: Sequence[str], *, avoid: ArrayLike | None = None
) -> None:
    """Words beside points of a panel whose place in the figure is settled, with a line to those that had to move away.

    Args:
        avoid: [point, 2], further points that no word may cover.
    """
    at = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    covered = at if avoid is None else np.concatenate([at, np.asarray(avoid, dtype=float)])
    limits: dict[str, Any] = {"xlims": axes.get_xlim(), "ylims": axes.get_ylim()}
    textalloc.allocate(
        axes,
        at[:, 0],
        at[:, 1],
        list(labels),
        x_scatter=covered[:, 0],
        y_scatter=covered[:, 1],
        textsize=SMALL,
        textcolor=DARK,
        linecolor=GREY,
        linewidth=0.5,
        zorder=4,
        **PLACEMENT,
        **limits,
    )
    axes.set_xlim(limits["xlims"])
    axes.set_ylim(limits["ylims"])


def label_ends(axes: Axes, heights: Mapping[str, float], colours: Mapping[str, str]) -> None:
    """Names of curves at the right edge of a panel, at their last values as far as the names leave each other room.

    Args:
        heights: name -> last value of its curve; colours: name -> colour.
    """
    names = sorted(heights, key=lambda name: heights[name])
    low, high = axes.get_ylim()
    gap = 1.05 * SMALL * axes.figure.dpi / POINTS_PER_INCH / axes.get_window_extent().height
    at = spread([(heights[name] - low) / (high - low) for name in names], gap)
    for name, height in zip(names, at, strict=True):
        end = (heights[name] - low) / (high - low)
        axes.annotate(
            name,
            (1.0, end),
            xytext=(1.06, height),
            xycoords="axes fraction",
            textcoords="axes fraction",
            ha="left",
            va="center",
            fontsize=SMALL,
            color=colours[name],
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colours[name], "linewidth": 0.4, "shrinkA": 0, "shrinkB": 0},
        )


def spread(positions: Sequence[float], gap: float) -> NDArray[np.float64]:
    """Places in ascending order moved as little as their least distance asks for, in the least-squares sense."""
    offsets = gap * np.arange(len(positions))
    return np.asarray(isotonic_regression(np.asarray(positions) - offsets).x + offsets, dtype=np.float64)
