"""What panels are drawn with: curves with bands, levels, nulls, estimates, heat maps and the axis of depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from emotion_vectors.figures.style import DARK, DASHED, DIVERGING, GREY, SMALL, TEXT, decimal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

NULL = "null, to its 95th percentile"
SHUFFLED = "label-shuffled null, to its 95th percentile"


def depth_axis(axes: Axes, depth: float, *, label: bool = True, meaning: str = "main layer") -> None:
    """Horizontal axis of depth from the first to the last block, with a mark at one depth."""
    axes.axvline(depth, color=DARK, linewidth=0.7, linestyle=DASHED, zorder=1, label=meaning)
    axes.set_xlim(0, 1.01)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "¼", "½", "¾", "1"])
    axes.tick_params(labelbottom=label)
    if label:
        axes.set_xlabel("depth, (layer + 1) / layers")


def curve(axes: Axes, table: pd.DataFrame, value: str, *, colour: str, label: str, marker: str = "o") -> None:
    """A line with the band between `low` and `high` of a table sorted by `depth`."""
    axes.fill_between(table["depth"], table["low"], table["high"], color=colour, alpha=0.22, linewidth=0, zorder=2)
    axes.plot(
        table["depth"],
        table[value],
        color=colour,
        marker=marker,
        markersize=2.2,
        markeredgewidth=0,
        label=label,
        zorder=3,
    )


def level(axes: Axes, value: float, interval: tuple[float, float], *, colour: str, label: str) -> None:
    """A horizontal line over all depths with its interval, for a method without layers."""
    axes.axhspan(*interval, color=colour, alpha=0.16, linewidth=0, zorder=1.5)
    axes.axhline(value, color=colour, linestyle=(0, (5, 1.5)), label=label, zorder=2.5)


def null_region(axes: Axes, at: ArrayLike, null_95: ArrayLike, *, label: str = SHUFFLED) -> None:
    """The region that a null reaches, shaded up to its 95th percentile."""
    axes.fill_between(at, 0, null_95, color=GREY, alpha=0.75, linewidth=0, label=label, zorder=1.2)


def zero(axes: Axes, *, vertical: bool = False) -> None:
    """Thin line at zero."""
    (axes.axvline if vertical else axes.axhline)(0, color=DARK, linewidth=0.5, zorder=0.9)


def rate(axes: Axes, height: float, row: pd.Series, colour: str) -> None:
    """A rate with its interval at a height, and its number above: rate, low, high."""
    ends = [row["low"], row["high"]]
    axes.plot(ends, [height, height], color=colour, linewidth=1.8, solid_capstyle="butt", zorder=3)
    axes.plot(row["rate"], height, marker="o", markersize=4, color=colour, zorder=4)
    axes.annotate(
        decimal(row["rate"]),
        (row["rate"], height),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=SMALL,
        zorder=3.5,
        bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.3},
    )


def estimates(
    axes: Axes,
    table: pd.DataFrame,
    *,
    colour: str | Sequence[str],
    label: str = "estimate, 95 %",
    two_sided: bool = True,
) -> None:
    """Estimates as rows from top to bottom, each with its interval over the region that its null reaches.

    Args:
        table: estimate, low, high, null_95, reference; the index names the rows.
        two_sided: whether the null spreads to both sides of the reference.
    """
    rows = np.arange(len(table))
    reach = (table["null_95"] - table["reference"]).abs() if two_sided else table["null_95"] - table["reference"]
    start = table["reference"] - reach if two_sided else table["reference"]
    width = 2 * reach if two_sided else reach
    axes.barh(
        rows,
        width,
        left=start,
        height=0.6,
        color=GREY,
        alpha=0.75,
        linewidth=0,
        zorder=1,
        label=NULL,
    )
    axes.hlines(rows, table["low"], table["high"], color=colour, linewidth=1.6, zorder=2)
    axes.scatter(table["estimate"], rows, color=colour, s=16, linewidth=0, zorder=3, label=label)
    axes.set_yticks(rows, list(table.index))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(table) - 0.4, -0.6)


def heatmap(axes: Axes, matrix: ArrayLike, limit: float, edges: ArrayLike | None = None) -> Any:
    """Square cells coloured around zero, first row on top when no edges are given; returns the mappable for a colour bar."""
    return cells(axes, matrix, (-limit, limit), cmap=DIVERGING, edges=edges)


def cells(
    axes: Axes, matrix: ArrayLike, limits: tuple[float, float], *, cmap: str, edges: ArrayLike | None = None
) -> Any:
    """Square cells in the colours of a map, first row on top when no edges are given; returns the mappable for a colour bar."""
    values = np.asarray(matrix, dtype=float)
    at = np.arange(len(values) + 1) - 0.5 if edges is None else np.asarray(edges)
    drawn = axes.pcolormesh(
        at, at, values, cmap=cmap, vmin=limits[0], vmax=limits[1], edgecolors="face", linewidth=0.05, rasterized=False
    )
    axes.set_aspect("equal")
    axes.set_xlim(at[0], at[-1])
    axes.set_ylim((at[-1], at[0]) if edges is None else (at[0], at[-1]))
    axes.tick_params(length=1.5, pad=1.5)
    return drawn


def colour_bar(drawn: Any, axes: Sequence[Axes], label: str, **layout: Any) -> Any:
    """Bar of a colour scale below its panels, unless `layout` says otherwise."""
    layout = {"location": "bottom", "shrink": 0.5, "aspect": 35, "pad": 0.02, **layout}
    bar = axes[0].figure.colorbar(drawn, ax=list(axes), **layout)
    bar.set_label(label, size=TEXT)
    return bar
