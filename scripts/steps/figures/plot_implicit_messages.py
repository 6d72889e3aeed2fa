"""Figure: mean reading of every vector on the messages of every emotion, main layer (A02)."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style

STACKED = 2
"""Up to this many models fit above each other in a column; more are laid out over the width of the text."""


def matrix_of(table: pd.DataFrame) -> pd.DataFrame:
    """Cosines with one row for each emotion of the messages and one column for each vector, both in the order of the set."""
    order = list(dict.fromkeys(table["vector"]))
    return table.pivot(index="message_emotion", columns="vector", values="cosine").loc[order, order]


def layout(count: int) -> tuple[int, int, float, float]:
    """Rows, columns, width and height of the figure."""
    if count <= STACKED:
        return count, 1, style.COLUMN_WIDTH, 2.85 * count + 0.8
    rows, columns = style.model_grid(count, 3)
    return rows, columns, style.TEXT_WIDTH, 2.35 * rows + 0.8


def main(inputs, pdf_file: str, png_file: str, *, models):
    matrices = {model: matrix_of(table) for model, table in style.read_tables(inputs.heatmaps, models).items()}
    limit = style.round_up(max(matrix.abs().to_numpy().max() for matrix in matrices.values()))
    rows, columns, width, height = layout(len(models))
    figure, grid = style.panels(rows, columns, width, height, sharex=True, sharey=True)
    cells = grid.ravel()
    size = style.SMALL if columns == 1 else style.TINY - 0.3
    for index, (axes, (model, matrix), letter) in enumerate(
        zip(cells, matrices.items(), style.letters(len(models)), strict=False)
    ):
        drawn = style.heatmap(axes, matrix, limit)
        places = range(len(matrix))
        axes.set_xticks(places, matrix.columns, rotation=90, fontsize=size)
        axes.set_yticks(places, matrix.index, fontsize=size)
        axes.tick_params(labelbottom=style.stands_lowest(index, columns, len(models)))
        style.name_panel(axes, model, letter)
    style.hide(cells[len(models) :])
    figure.supxlabel("vector", fontsize=style.TEXT)
    figure.supylabel("emotion of the message", fontsize=style.TEXT)
    shown = list(cells[: len(models)])
    bar = figure.colorbar(drawn, ax=shown, location="top", shrink=0.7, aspect=35, pad=0.01)
    bar.set_label("mean cosine, centred over messages", size=style.TEXT)
    style.save(figure, pdf_file, png_file, title="Messages that imply an emotion, against vectors")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
