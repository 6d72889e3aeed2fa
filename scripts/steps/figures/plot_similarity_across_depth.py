"""Figure: similarity of the emotion structure between all pairs of layers (A10)."""

import numpy as np

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style as figures
from emotion_vectors.models.layers import main_layer

TICKS = {0.25: "¼", 0.5: "½", 0.75: "¾", 1.0: "1"}
HALF = 0.5
"""Depth from which layers belong to the deeper half, which A10 judges."""


def draw(axes, matrix: np.ndarray, depth: float):
    """One model: cells centred on the depth of their layers, the deeper half framed, the main layer marked."""
    count = len(matrix)
    edges = (np.arange(count + 1) + 0.5) / count
    drawn = figures.heatmap(axes, matrix, 1.0, edges)
    first = next(layer for layer in range(count) if (layer + 1) / count >= HALF)
    corner, side = edges[first], edges[-1] - edges[first]
    frame = (
        [corner, corner + side, corner + side, corner, corner],
        [corner, corner, corner + side, corner + side, corner],
    )
    axes.plot(*frame, color="black", linewidth=1.0, clip_on=False, label="deeper half (A10)")
    at = (main_layer(count, depth) + 1) / count
    style = {"color": figures.DARK, "linewidth": 0.7, "linestyle": (0, (4, 2))}
    axes.axvline(at, **style, label="main layer")
    axes.axhline(at, **style)
    axes.set_xticks(list(TICKS), list(TICKS.values()))
    axes.set_yticks(list(TICKS), list(TICKS.values()))
    return drawn


def main(inputs, pdf_file: str, png_file: str, *, models, depth):
    tables = figures.read_tables(inputs.similarity, models)
    rows, columns = figures.model_grid(len(models), 2)
    height = (1.72 if columns == 2 else 2.75) * rows + 0.95
    figure, grid = figures.panels(rows, columns, figures.COLUMN_WIDTH, height, sharex=True, sharey=True)
    cells = grid.ravel()
    for axes, (model, table), letter in zip(cells, tables.items(), figures.letters(len(models)), strict=False):
        drawn = draw(axes, table.pivot(index="left_layer", columns="right_layer", values="r").to_numpy(), depth)
        figures.name_panel(axes, model, letter, characters=19 if columns == 2 else 40)
    figures.hide(cells[len(models) :])
    shown = list(cells[: len(models)])
    for index, axes in enumerate(shown):
        lowest = figures.stands_lowest(index, columns, len(models))
        axes.set_xlabel("depth, other half of topics" if lowest else "")
        axes.set_ylabel("depth, one half of topics" if index % columns == 0 else "")
        axes.tick_params(labelbottom=lowest)
    bar = figure.colorbar(drawn, ax=shown, location="top", shrink=0.7, aspect=35, pad=0.02, ticks=[-1, -0.5, 0, 0.5, 1])
    bar.set_label("r between the structures of two layers", size=figures.TEXT)
    figures.shared_legend(figure, shown, 2)
    figures.save(figure, pdf_file, png_file, title="Similarity of the emotion structure between layers")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models,
            depth=snakemake.params.depth,
        )  # fmt: skip
