"""Figure: cosines between the directions of all pairs of emotions by depth, two pairs in colour (W10)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.circuits.depths import DEEP
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.models.points import MLP

PAIRS = {
    ("anger", "disgust"): (style.VERMILION, "o"),
    ("sadness", "fear"): (style.BLUE, "s"),
}
"""The pairs that W10 names."""


def draw(axes: Axes, table: pd.DataFrame) -> None:
    """One model: the named pairs with intervals over all others."""
    named = {frozenset(pair): look for pair, look in PAIRS.items()}
    for (left, right), pair in table.sort_values("depth").groupby(["left", "right"]):
        if frozenset((left, right)) in named:
            colour, marker = named[frozenset((left, right))]
            marks.curve(axes, pair, "cosine", colour=colour, label=f"{left} and {right}", marker=marker)
        else:
            axes.plot(pair["depth"], pair["cosine"], color="#999999", linewidth=0.6, zorder=2, label="other pairs")


def main(cosines: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    figure, grid = panels.panels(study.models, [1.75], style.TEXT_WIDTH, 0.7, sharex=True, sharey=True)
    for axes, table in zip(grid[0], study.tables(cosines).values(), strict=True):
        after_mlp = table[table["point"] == MLP]
        draw(axes, after_mlp.assign(depth=style.depths(after_mlp["layer"], after_mlp["layer"].max() + 1)))
        emotions = len({*after_mlp["left"], *after_mlp["right"]})
        axes.axhline(
            -1 / (emotions - 1),
            color="black",
            linewidth=0.8,
            linestyle=":",
            zorder=2.5,
            label=f"mean that centring forces, −1/{emotions - 1}",
        )
        marks.depth_axis(axes, DEEP, meaning=f"{100 * DEEP:.0f} % of depth")
    grid[0, 0].set_ylabel("cosine of two directions")
    style.shared_legend(figure, grid.ravel(), 5)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
