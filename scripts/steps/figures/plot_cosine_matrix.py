"""Figure: cosines between all emotion vectors, emotions ordered by registered family, main layer (A09)."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style
from emotion_vectors.stimuli import tables as stimuli

STACKED = 2
"""Up to this many models fit above each other in a column; more are laid out over the width of the text."""
SHOWN = 0.98
"""Quantile of the absolute cosines at which the colours end."""


def matrix_of(table: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Cosines as a square in this order of emotions."""
    return table.pivot(index="left", columns="right", values="cosine").loc[order, order]


def bracket_families(axes, families: dict[str, tuple[str, ...]], *, labels: bool, size: float) -> None:
    """Brackets and names of the families at the left, and thin lines between them."""
    start = -0.5
    for name, members in families.items():
        end = start + len(members)
        at = axes.get_yaxis_transform()
        axes.plot([-0.015, -0.03, -0.03, -0.015], np.array([start + 0.25] * 2 + [end - 0.25] * 2), transform=at, clip_on=False,
                  color=style.DARK, linewidth=0.7)  # fmt: skip
        if labels:
            text = style.wrapped(name.replace("_", " "), 14) if len(members) > 3 else name.replace("_", " ")
            axes.text(-0.05, (start + end) / 2, text, transform=at, ha="right", va="center", fontsize=size)
        for line in (axes.axhline, axes.axvline):
            line(end, color="black", linewidth=0.35)
        start = end


def layout(count: int) -> tuple[int, int, float, float]:
    """Rows, columns, width and height of the figure."""
    if count <= STACKED:
        return count, 1, style.COLUMN_WIDTH, 2.38 * count + 0.4
    rows, columns = style.model_grid(count, 3)
    return rows, columns, style.TEXT_WIDTH, 2.2 * rows + 0.5


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.cosines, models)
    emotions = list(dict.fromkeys(tables[models[0]]["left"]))
    families = stimuli.load_clusters(inputs.families, emotions=emotions)
    order = [emotion for members in families.values() for emotion in members]
    matrices = {model: matrix_of(table, order) for model, table in tables.items()}
    apart = np.concatenate([matrix.to_numpy()[~np.eye(len(order), dtype=bool)] for matrix in matrices.values()])
    limit = style.round_up(float(np.quantile(np.abs(apart), SHOWN)), 0.1)
    rows, columns, width, height = layout(len(models))
    figure, grid = style.panels(rows, columns, width, height, sharex=True, sharey=True)
    figure.get_layout_engine().set(w_pad=0.06)
    cells = grid.ravel()
    size = style.SMALL - 0.3 if columns == 1 else style.TINY - 0.4
    for index, (axes, (model, matrix), letter) in enumerate(
        zip(cells, matrices.items(), style.letters(len(models)), strict=False)
    ):
        drawn = style.heatmap(axes, matrix, limit)
        axes.set_xticks([])
        axes.set_yticks([])
        bracket_families(axes, families, labels=index % columns == 0, size=size)
        style.name_panel(axes, model, letter)
    style.hide(cells[len(models) :])
    shown = list(cells[: len(models)])
    bar = figure.colorbar(drawn, ax=shown, location="bottom", shrink=0.7, aspect=35, pad=0.02, extend="both")
    bar.set_label("cosine", size=style.TEXT)
    style.save(figure, pdf_file, png_file, title="Cosines between emotion vectors")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
