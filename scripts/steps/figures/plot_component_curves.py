"""Figure: emotion scores while more and more neurons or heads of a layer are silenced or enhanced (W04-W06)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.silencing.actions import DRIVEN, FEW, RANDOM_COMPONENTS, SILENCED, TOP

PANELS = [(kind, action) for kind in ("neurons", "heads") for action in (SILENCED, DRIVEN)]
LOOKS = {
    TOP: (style.BLUE, "o", "top components, 95 % over scenarios"),
    RANDOM_COMPONENTS: (style.VERMILION, "s", "random components, likewise"),
}
HALF, TICKS = 0.5, 4


def ticks(most: int) -> list[int]:
    """At most so many powers of two from 1 to below the number of components, at equal distances."""
    powers = int(np.log2(max(1, most - 1)))
    return [2**power for power in range(0, powers + 1, max(1, -(-powers // (TICKS - 1))))]


def draw(axes: Axes, table: pd.DataFrame) -> None:
    """One kind and action in one model: the mean over emotions with its band, single emotions as thin lines.

    All components together stand apart: there top and random are the same.
    """
    most = table["components"].max()
    table = table[table["components"] > 0].sort_values("components")
    for choice, (colour, marker, label) in LOOKS.items():
        chosen = table[table["choice"] == choice]
        some = chosen[chosen["components"] < most]
        for _, curve in some[some["emotion"] != "all"].groupby("emotion"):
            axes.plot(curve["components"], curve["share"], color=colour, linewidth=0.4, alpha=0.55, zorder=2)
        mean = some[some["emotion"] == "all"]
        axes.fill_between(
            mean["components"], mean["low"], mean["high"], color=colour, alpha=0.25, linewidth=0, zorder=2
        )
        axes.plot(
            mean["components"],
            mean["share"],
            color=colour,
            marker=marker,
            markersize=2.4,
            markeredgewidth=0,
            label=label,
            zorder=3,
        )
    whole = table[(table["components"] == most) & (table["emotion"] == "all") & (table["choice"] == TOP)].iloc[0]
    axes.vlines(1.6 * most, whole["low"], whole["high"], color="black", linewidth=0.8)
    axes.plot(1.6 * most, whole["share"], "D", color="black", markersize=3, label="all components of the layer")
    marks.zero(axes)
    axes.axvline(FEW, color=style.DARK, linewidth=0.7, linestyle=style.DASHED, zorder=1, label=f"{FEW} components")
    axes.set_xscale("log", base=2)


def main(curves: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(curves)
    figure, grid = style.bare_panels(
        len(tables), len(PANELS), style.TEXT_WIDTH, 1.15 * len(tables) + 0.8, sharex="col", sharey="col"
    )
    for row, (model, table) in zip(grid, tables.items(), strict=True):
        for axes, (kind, action) in zip(row, PANELS, strict=True):
            draw(axes, table[(table["kind"] == kind) & (table["action"] == action)])
            if action == SILENCED:
                axes.axhline(HALF, color=style.DARK, linewidth=0.7, linestyle=":", label="half of the largest drop")
        row[0].set_ylabel(f"{style.wrapped(model, 18)}\nchange / largest drop")
    grid[0, 0].plot([], [], color=style.DARK, linewidth=0.4, label="single emotions")
    for column, (kind, action), letter in zip(grid.T, PANELS, style.letters(len(PANELS)), strict=True):
        style.name_panel(column[0], f"{kind} {action}", letter)
        column[-1].set_xlabel(f"{kind} of each layer\n(logarithmic)")
        most = max(table.loc[table["kind"] == kind, "components"].max() for table in tables.values())
        column[-1].set_xticks(ticks(most), [f"{tick:,}" for tick in ticks(most)])
        column[-1].minorticks_off()
    style.shared_legend(figure, grid.ravel(), 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
