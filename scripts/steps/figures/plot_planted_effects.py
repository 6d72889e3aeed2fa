"""Figure: share of planted effects that the rules find, by size and side, and of shams, by model (A19b-A29b)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.controls import shares
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study

SIDES = {1: ("side that the claim expects", style.BLUE, "o"), -1: ("other side", style.VERMILION, "s")}
"""Label, colour and marker of the plants on each side."""
APART = 0.03
"""Between the marks of one size, multiples of the smallest effect."""
MOST_FALSE, LEAST_FOUND = 0.05, 0.95
"""Share of shams that may be found, and of plants of the largest size that must be."""


def draw(axes: Axes, planted: pd.DataFrame) -> None:
    """Shares of one model over the size of the plant, with exact 95 % intervals; shams stand at nought."""
    shams = planted[planted["kind"] != EMOTION]
    for side, (label, colour, marker) in SIDES.items():
        of_side = planted[(planted["kind"] == EMOTION) & (planted["side"] == side)]
        rows = shares.shares(of_side)
        at = rows["size"] + side * APART
        axes.vlines(at, rows["low"], rows["high"], color=colour, linewidth=1.2)
        axes.plot(at, rows["share"], color=colour, marker=marker, markersize=4, label=f"plant, {label}")
    (row,) = shares.shares(shams).to_dict("records")
    axes.vlines(0, row["low"], row["high"], color=style.DARK, linewidth=1.2)
    axes.scatter([0], [row["share"]], s=18, color=style.DARK, marker="x", zorder=3, label="sham of the largest size")
    for share, label in ((MOST_FALSE, "at most, of shams"), (LEAST_FOUND, "at least, of the largest plants")):
        line = style.DOTTED if share == MOST_FALSE else style.DASHED
        axes.axhline(share, color=style.DARK, linewidth=0.7, linestyle=line, zorder=0.5, label=label)
    marks.zero(axes)
    axes.set_xticks([0, *shares.SIZES], ["sham", *(f"{size:g}" for size in shares.SIZES)])
    axes.set(ylim=(-0.03, 1.03), xlabel="multiples of the smallest effect of interest", ylabel="share found")


def main(
    planted: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    figure, cells = panels.a_panel_each(study.models, 3, style.TEXT_WIDTH, 2.1, 0.5, sharex=True, sharey=True)
    for axes, table in zip(cells, study.tables(planted).values(), strict=True):
        draw(axes, table)
    style.shared_legend(figure, cells[:1], 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
