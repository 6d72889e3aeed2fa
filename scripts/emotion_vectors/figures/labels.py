"""Labels beside their points: each takes the nearest free place, decided in a fixed order so that a figure repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from emotion_vectors.figures.style import DARK, GREY
from emotion_vectors.figures.text_widths import POINTS_PER_INCH, text_widths

Array = NDArray[np.float64]
REACHES = (1.5, 4.0, 7.0, 11.0, 16.0, 22.0, 29.0)
"""Gaps between a point and its label that are tried, points."""
ANGLES = np.radians(np.arange(0, 360, 20))
GAP, DOT = 0.7, 1.6
"""Least distance between labels, and half the size of a point's mark, points."""
OVERLAP_COST, TOUCH_COST, DOT_COST, OUTSIDE_COST = 5.0, 30.0, 12.0, 1000.0
SWEEPS, STARTS = 12, 12


def place(points: Array, sizes: Array, area: tuple[float, float]) -> Array:
    """Centres of labels near their points, without overlap where there is room.

    Every label in turn moves to its cheapest place (overlap with other labels, points it covers, distance), until none moves;
    of several orders of taking turns the cheapest result is kept.

    Args:
        points: [label, 2]; sizes: [label, 2], width and height; area: width and height of the panel. All in points.
    Returns:
        [label, 2].
    """
    candidates = np.stack([_around(point, size) for point, size in zip(points, sizes, strict=True)])
    distances = np.repeat(REACHES, len(ANGLES)) + 0.2 * (1 - np.sin(np.tile(ANGLES, len(REACHES))))
    fixed = (
        distances + DOT_COST * _covered(candidates, sizes, points) + OUTSIDE_COST * _outside(candidates, sizes, area)
    )
    generator = np.random.default_rng(0)
    orders = [generator.permutation(len(points)) for _ in range(STARTS)]
    results = [_descend(candidates, sizes, fixed, order) for order in orders]
    _, chosen = min(results, key=lambda result: result[0])
    centres: Array = candidates[np.arange(len(points)), chosen]
    return centres


def _descend(
    candidates: Array, sizes: Array, fixed: Array, order: NDArray[np.int64]
) -> tuple[float, NDArray[np.int64]]:
    """Labels move in this order until none gains by it: cost of the result, and the candidate each label took."""
    everyone = np.arange(len(candidates))
    chosen, paid = fixed.argmin(1), np.zeros(len(candidates))
    for _ in range(SWEEPS):
        before = chosen.copy()
        for label in order:
            others = everyone != label
            centres = candidates[everyone[others], chosen[others]]
            apart = np.abs(candidates[label][:, None] - centres)
            shared = np.clip((sizes[label] + sizes[others]) / 2 + GAP - apart, 0, None).prod(-1)
            costs = fixed[label] + OVERLAP_COST * shared.sum(1) + TOUCH_COST * (shared > 0).sum(1)
            chosen[label], paid[label] = costs.argmin(), costs.min()
        if (chosen == before).all():
            break
    return float(paid.sum()), chosen


def _around(point: Array, size: Array) -> Array:
    """Centres of a label of this size at each reach and angle from its point: [candidate, 2]."""
    directions = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
    return np.concatenate([point + directions * (size / 2 + DOT + reach * 0.8) for reach in REACHES])


def _covered(candidates: Array, sizes: Array, points: Array) -> Array:
    """Number of points under each candidate: [label, candidate]."""
    apart = np.abs(candidates[:, :, None] - points)
    under: Array = (apart < sizes[:, None, None] / 2 + DOT).all(-1).sum(-1)
    return under


def _outside(candidates: Array, sizes: Array, area: tuple[float, float]) -> Array:
    """Whether a candidate leaves the panel: [label, candidate]."""
    half = sizes[:, None] / 2 + GAP
    leaves = np.logical_or(candidates < half, candidates > np.asarray(area) - half)
    return np.asarray(leaves.any(-1), dtype=float)


def label_points(axes: Axes, x: ArrayLike, y: ArrayLike, labels: Sequence[str], *, size: float) -> None:
    """Write labels beside points of a panel whose place in the figure is final, with a line to those that had to move away."""
    frame = axes.get_window_extent()
    scale = POINTS_PER_INCH / axes.figure.dpi
    data = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    points = (axes.transData.transform(data) - frame.p0) * scale
    sizes = np.column_stack([text_widths(labels, size), np.full(len(labels), 0.98 * size)])
    centres = place(points, sizes, (frame.width * scale, frame.height * scale))
    for label, point, at, extent, offset in zip(labels, data, points, sizes, centres - points, strict=True):
        axes.annotate(
            label, point, xytext=tuple(offset), textcoords="offset points", fontsize=size, color=DARK, ha="center",
            va="center_baseline", zorder=4, annotation_clip=False,
        ).set_in_layout(False)  # fmt: skip
        edge = np.clip(0.0, offset - extent / 2, offset + extent / 2)
        if np.hypot(*edge) > REACHES[1]:
            ends = np.array([at, at + edge]) / scale + frame.p0
            axes.plot(*axes.transData.inverted().transform(ends).T, color=GREY, linewidth=0.4, zorder=1)
