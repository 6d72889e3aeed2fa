"""Figure: share of pairs that end alike and are ordered by meaning, by depth: negations, and sentences before (A13)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.context.kinds import EVERY, NEGATION, PREFIX
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli.function.negations import NAMED, SHOWN

ROWS = {NEGATION: "negation pairs in order", PREFIX: "prefix pairs in order"}
KINDS = {
    NAMED: (style.ORANGE, "s", "with the word of the emotion"),
    SHOWN: (style.GREEN, "^", "without it"),
}
EARLY, LATE = 1 / 3, 2 / 3
"""Where the early third ends and the late one begins."""
LOWEST, HIGHEST = 0.2, 1.0


def draw(axes: Axes, table: pd.DataFrame) -> None:
    """One set in one model: all pairs with their interval over the null, and single kinds as thin lines."""
    every = table[table["kind"] == EVERY].sort_values("layer")
    marks.null_region(axes, every["depth"], every["null_95"], label=marks.NULL)
    for kind, (colour, marker, label) in KINDS.items():
        of_kind = table[table["kind"] == kind].sort_values("layer")
        look = {"color": colour, "marker": marker, "markersize": 2.0, "markeredgewidth": 0, "linewidth": 0.8}
        axes.plot(of_kind["depth"], of_kind["share"], **look, label=label, zorder=2.6)
    marks.curve(axes, every, "share", colour=style.BLUE, label="all pairs, 95 %")
    axes.axhline(0.5, color="black", linewidth=0.8, linestyle=":", label="chance", zorder=2)
    axes.set_ylim(min(LOWEST, float(every["low"].min())), HIGHEST)


def main(order: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    figure, grid = panels.panels(study.models, [1.5, 1.5], style.TEXT_WIDTH, 0.75, sharex=True, sharey="row")
    for column, table in zip(grid.T, study.tables(order).values(), strict=True):
        for axes, name in zip(column, ROWS, strict=True):
            draw(axes, table[table["set"] == name])
            axes.axvline(EARLY, color=style.DARK, linewidth=0.7, linestyle=style.DASHED, zorder=1)
            marks.depth_axis(axes, LATE, meaning="end of the early third, start of the late", label=axes in grid[-1])
    panels.label_rows(grid, list(ROWS.values()))
    style.shared_legend(figure, grid.ravel(), 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
