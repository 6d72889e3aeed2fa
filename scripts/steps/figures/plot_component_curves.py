"""Figure: emotion scores while more and more neurons or heads of a layer are silenced or enhanced (W04-W06)."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.circuits.curves import DRIVEN, FEW, RANDOM, SILENCED, TOP
from emotion_vectors.figures import style

PANELS = [(kind, action) for kind in ("neurons", "heads") for action in (SILENCED, DRIVEN)]
STYLES = {
    TOP: (style.BLUE, "o", "top components, 95 % over scenarios"),
    RANDOM: (style.VERMILION, "s", "random components, likewise"),
}
HALF, TICKS = 0.5, 5


def ticks(most: int) -> list[int]:
    """At most so many powers of two from 1 to the number of components, at equal distances."""
    powers = int(np.log2(most))
    return [2**power for power in range(0, powers + 1, max(1, -(-powers // (TICKS - 1))))]


def draw(axes, table: pd.DataFrame) -> None:
    """One kind and action in one model: the mean over emotions with its band, single emotions as thin lines."""
    drawn = table[table["components"] > 0].sort_values("components")
    for choice, (colour, marker, label) in STYLES.items():
        chosen = drawn[drawn["choice"] == choice]
        for _, one in chosen[chosen["emotion"] != "all"].groupby("emotion"):
            axes.plot(one["components"], one["share"], color=colour, linewidth=0.4, alpha=0.55, zorder=2)
        mean = chosen[chosen["emotion"] == "all"]
        axes.fill_between(
            mean["components"], mean["low"], mean["high"], color=colour, alpha=0.25, linewidth=0, zorder=2
        )
        axes.plot(mean["components"], mean["share"], color=colour, marker=marker, markersize=2.4, markeredgewidth=0,
                  label=label, zorder=3)  # fmt: skip
    axes.axhline(0, color=style.DARK, linewidth=0.5, zorder=1)
    axes.axvline(FEW, color=style.DARK, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1, label=f"{FEW} components")
    axes.set_xscale("log", base=2)


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.curves, models)
    figure, grid = style.panels(
        len(models), len(PANELS), style.TEXT_WIDTH, 1.4 * len(models) + 0.75, sharex="col", sharey="col"
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
        column[-1].set_xlabel(f"{kind} of each layer")
        most = max(table.loc[table["kind"] == kind, "components"].max() for table in tables.values())
        column[-1].set_xticks(ticks(most), [str(tick) for tick in ticks(most)])
        column[-1].minorticks_off()
    style.shared_legend(figure, grid.ravel(), 3)
    style.save(figure, pdf_file, png_file, title="Emotion scores with neurons and heads silenced or enhanced")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
