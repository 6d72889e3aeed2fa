"""Curves of conduct against strength: what is drawn in one panel, from the tables of finite strengths and of slopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emotion_vectors.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRENGTH, CHANGE, COST = "strength_norm_fraction", "delta_logodds_nats", "neutral_logprob_fall_nats_per_token"
UNIT_STRENGTH = 0.1
"""Slopes are printed as nats per token at this strength."""
EMOTION = "emotion"
OUTSIDE: dict[str, Any] = {
    "markerfacecolor": "white",
    "markersize": 2.8,
    "markeredgewidth": 0.6,
    "linewidth": 0.7,
    "dashes": (4, 2),
}
"""Look of what lies outside the coherent range."""


@dataclass(frozen=True)
class DoseCurve:
    """One emotion in one experiment and model.

    changes: by strength, 0 included: mean over situations, low, high, coherent; same_slope: gradient slope of the same situations,
    nats per token at strength 0.1; slope: that of all situations, with its interval (estimate, low, high).
    """

    changes: pd.DataFrame
    same_slope: float
    slope: pd.Series


def curve_of(changes: pd.DataFrame, guard_nats: float, bootstraps: int, seed: int) -> pd.DataFrame:
    """Mean change over situations at every strength, 0 included, with its 95 % bootstrap interval; whether text stays coherent."""
    table = changes.pivot(index="scenario", columns=STRENGTH, values=CHANGE)
    values = table.assign(zero=0.0).rename(columns={"zero": 0.0}).sort_index(axis=1)
    chosen = np.random.default_rng(seed).integers(0, len(values), (bootstraps, len(values)))
    low, high = np.quantile(values.to_numpy()[chosen].mean(1), [0.025, 0.975], axis=0)
    cost = changes.groupby(STRENGTH)[COST].first().reindex(values.columns, fill_value=0.0)
    return pd.DataFrame({"mean": values.mean(), "low": low, "high": high, "coherent": cost <= guard_nats})


def null_ends(changes: pd.DataFrame) -> pd.DataFrame:
    """Middle 95 % of the mean changes of all null directions, by strength: low, high."""
    means = changes[changes["kind"] != EMOTION].groupby([STRENGTH, "direction"])[CHANGE].mean()
    by_strength = means.groupby(STRENGTH)
    return pd.DataFrame({"low": by_strength.quantile(0.025), "high": by_strength.quantile(0.975)})


def draw_curve(axes: Axes, curve: DoseCurve, emotion: str, look: tuple[str, str], shift: float) -> list[float]:
    """One emotion: solid where neutral text stays coherent, its tangent at zero dotted, the slope of all situations as a diamond.

    Args:
        look: colour and marker; shift: distance of the diamond from strength 0.1, so that those of several emotions stand apart.
    Returns:
        Ends of what the panel has to show.
    """
    (colour, marker), table = look, curve.changes
    kept = table[table["coherent"]]
    ends = np.array([kept.index.min(), kept.index.max()])
    tangent = curve.same_slope / UNIT_STRENGTH * ends
    axes.plot(ends, tangent, color=colour, linewidth=0.9, linestyle=style.DOTTED, zorder=2)
    axes.fill_between(kept.index, kept["low"], kept["high"], color=colour, alpha=0.12, linewidth=0, zorder=1.5)
    axes.plot(table.index, table["mean"], color=colour, marker=marker, zorder=2.5, **OUTSIDE)
    axes.plot(kept.index, kept["mean"], color=colour, marker=marker, markersize=3, label=emotion, zorder=3)
    at = UNIT_STRENGTH + shift
    axes.vlines(at, curve.slope["low"], curve.slope["high"], color=colour, linewidth=0.8, zorder=3.5)
    axes.plot(
        at,
        curve.slope["estimate"],
        "D",
        color=colour,
        markersize=3.2,
        markeredgecolor="black",
        markeredgewidth=0.4,
        zorder=4,
    )
    return [kept["low"].min(), kept["high"].max(), *tangent, curve.slope["low"], curve.slope["high"]]


def draw_null(axes: Axes, changes: pd.DataFrame) -> list[float]:
    """Boxes around the middle 95 % of the null directions, outlined over everything else; returns their ends."""
    ends = null_ends(changes)
    axes.bar(
        ends.index,
        ends["high"] - ends["low"],
        width=0.016,
        bottom=ends["low"],
        facecolor=style.GREY,
        alpha=0.7,
        zorder=1.2,
        linewidth=0,
    )
    axes.bar(
        ends.index,
        ends["high"] - ends["low"],
        width=0.016,
        bottom=ends["low"],
        facecolor="none",
        edgecolor="black",
        linewidth=0.7,
        zorder=5,
        label="95 % of null directions",
    )
    return [float(ends["low"].min()), float(ends["high"].max())]
