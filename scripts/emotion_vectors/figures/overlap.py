"""Comparison of both methods by depth: measures that follow from those that were stored, and how each is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from emotion_vectors.figures import marks, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COSINES: dict[str, tuple[str, dict[str, Any]]] = {
    "corrected_matched": ("same emotion, over reliability", {"color": style.BLUE, "marker": "o"}),
    "matched": ("same emotion, as found", {"color": style.SKY, "marker": "s"}),
    "mismatched": ("different emotions, as found", {"color": style.VERMILION, "linestyle": (0, (3, 1))}),
    "ceiling": ("split-half reliability", {"color": style.DARK, "linestyle": ":"}),
}
SPACES: dict[str, tuple[str, dict[str, Any]]] = {
    "space_share": ("share of the ceiling", {"color": style.BLUE, "marker": "o"}),
    "space_overlap": ("overlap as found", {"color": style.SKY, "marker": "s"}),
    "space_ceiling": ("split-half ceiling", {"color": style.DARK, "linestyle": ":"}),
}
READINGS = ((style.BLUE, "o"), (style.VERMILION, "s"))


def measures_of(similarity: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Value and interval of every measure by depth, with those that follow from others; these and ceilings have no interval."""
    by_measure = {str(name): table.set_index("depth").sort_index() for name, table in similarity.groupby("measure")}

    def derived(values: pd.Series[Any]) -> pd.DataFrame:
        return pd.DataFrame({"value": values, "low": values, "high": values})

    value = {name: table["value"] for name, table in by_measure.items()}
    random = value["space_overlap"] - value["above_random"]
    reliabilities = [value[f"{method}_reliability"].clip(lower=0) for method in ("story", "instruction")]
    return by_measure | {
        "space_ceiling": derived(value["space_ceiling"]),
        "ceiling": derived((reliabilities[0] * reliabilities[1]) ** 0.5),
        "random": derived(random).assign(null_95=random + by_measure["above_random"]["null_95_or_missing"]),
    }


def draw_measures(
    axes: Axes, measures: Mapping[str, pd.DataFrame], wanted: Mapping[str, tuple[str, dict[str, Any]]]
) -> None:
    """Measures by depth with their intervals."""
    for name, (label, look) in wanted.items():
        table = measures[name]
        axes.fill_between(table.index, table["low"], table["high"], color=look["color"], alpha=0.2, linewidth=0)
        axes.plot(table.index, table["value"], markersize=2.2, markeredgewidth=0, label=label, zorder=3, **look)
    marks.zero(axes)


def draw_reading(axes: Axes, table: pd.DataFrame, look: tuple[str, str], chance: float) -> None:
    """Accuracy of one method on the texts of the other by depth, over its own null."""
    colour, marker = look
    table = table.assign(depth=style.depths(table["layer"], table["layer"].max() + 1)).sort_values("depth")
    marks.null_region(axes, table["depth"], table["null_95"], label="its label-shuffled null, to 95 %")
    marks.curve(axes, table, "value", colour=colour, label="accuracy, 95 %", marker=marker)
    axes.axhline(chance, color="black", linewidth=0.8, linestyle=":", label="chance", zorder=2)
