"""Figure: cosines between the directions of all pairs of emotions by depth, two pairs in colour (W10)."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.circuits.directions import DEEP
from emotion_vectors.figures import panels
from emotion_vectors.figures import style as figures
from emotion_vectors.models.sublayers import MLP

PAIRS = {
    ("anger", "disgust"): (figures.VERMILION, "o"),
    ("sadness", "fear"): (figures.BLUE, "s"),
}
"""The pairs that W10 names."""


def draw(axes, table: pd.DataFrame) -> None:
    """One model: the named pairs with intervals over all others."""
    named = {frozenset(pair): style for pair, style in PAIRS.items()}
    label = "other pairs"
    for (left, right), pair in table.sort_values("depth").groupby(["left", "right"]):
        if frozenset((left, right)) in named:
            colour, marker = named[frozenset((left, right))]
            figures.curve(axes, pair, "cosine", colour=colour, label=f"{left} and {right}", marker=marker)
        else:
            axes.plot(pair["depth"], pair["cosine"], color="#999999", linewidth=0.6, zorder=2, label=label)


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = figures.read_tables(inputs.cosines, models)
    figure, grid = panels.panels(models, [1.75], figures.TEXT_WIDTH, 0.7, sharex=True, sharey=True)
    for axes, table in zip(grid[0], tables.values(), strict=True):
        here = table[table["point"] == MLP]
        draw(axes, here.assign(depth=figures.depths(here["layer"], here["layer"].max() + 1)))
        emotions = len({*here["left"], *here["right"]})
        axes.axhline(-1 / (emotions - 1), color="black", linewidth=0.8, linestyle=":", zorder=2.5,
                     label=f"mean that centring forces, −1/{emotions - 1}")  # fmt: skip
        panels.depth_axis(axes, DEEP, f"{DEEP:.0%} of depth".replace("%", " %"), label=True)
    grid[0, 0].set_ylabel("cosine of two directions")
    figures.shared_legend(figure, grid.ravel(), 5)
    figures.save(figure, pdf_file, png_file, title="Cosines between directions by depth")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
