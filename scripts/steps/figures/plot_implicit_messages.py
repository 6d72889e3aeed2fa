"""Figure: mean reading of every vector on the messages of every emotion, main layer, with the rate that is judged (A02)."""

from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study, evidence_of

STACKED = 2
"""Up to this many models fit above each other in a column; more are laid out over the width of the text."""
SHOWN = 0.99
"""Quantile of the absolute cosines at which the colours end."""


def matrix_of(table: pd.DataFrame) -> pd.DataFrame:
    """Cosines with one row for each emotion of the messages and one column for each vector, both in the order of the set."""
    order = list(dict.fromkeys(table["vector"]))
    return table.pivot(index="message_emotion", columns="vector", values="cosine").loc[order, order]


def rate_in_words(evidence: pd.DataFrame) -> str:
    """The judged rate with its interval, chance and null."""
    row = evidence.loc[("A02", "top-3 rate")]
    numbers = [style.decimal(row[name]) for name in ("estimate", "low", "high", "reference", "null_95")]
    return "own vector among the top 3: {} [{}, {}]\n(chance {}, null to {})".format(*numbers)


def main(heatmaps: list[Path], evidence: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    matrices = {model: matrix_of(table) for model, table in study.tables(heatmaps).items()}
    limit = style.round_up(float(np.quantile([matrix.abs() for matrix in matrices.values()], SHOWN)))
    columns = 1 if len(study.models) <= STACKED else 2
    width = style.COLUMN_WIDTH if columns == 1 else style.TEXT_WIDTH
    figure, cells = panels.a_panel_each(study.models, columns, width, 3.55, 0.4)
    for axes, (model, matrix), rows in zip(cells, matrices.items(), study.tables(evidence).values(), strict=True):
        drawn = marks.heatmap(axes, matrix, limit)
        axes.set_xticks(range(len(matrix)), matrix.columns, rotation=90)
        axes.set_yticks(range(len(matrix)), matrix.index)
        axes.set_xlabel("vector")
        axes.set_ylabel("emotion of the message")
        axes.set_title(f"{style.wrapped(model, 40)}\n{rate_in_words(evidence_of(rows))}")
    marks.colour_bar(drawn, cells, "mean cosine, centred over messages", shrink=0.7, extend="both")
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
