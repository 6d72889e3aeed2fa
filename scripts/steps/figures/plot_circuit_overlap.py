"""Figure: Jaccard indices of the circuits of all pairs of emotions, beside those of random circuits of the same make (W09)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import safe_open

from emotion_vectors.artefacts import step
from emotion_vectors.figures import panels, style

KINDS = ("neurons", "heads")
LIGHT = 0.5
"""Part of the colour scale above which cells are light and their text is dark."""


def parts_of(file: str, kind: str) -> int:
    """Parts of a kind in one layer, from the shape of their scores [emotion, layer, part]."""
    with safe_open(file, framework="np") as stored:
        return stored.get_slice(f"{kind[:-1]}_scores").get_shape()[-1]


def expected(one: dict, other: dict, kind: str, parts: int) -> float:
    """Index of two random circuits with the same number of parts in every layer, from the shared parts to expect."""
    sizes = np.array([(len(one[layer][kind]), len(other[layer][kind])) for layer in one])
    shared = (sizes.prod(1) / parts).sum()
    return float(shared / (sizes.sum() - shared))


def matrix_of(pairs: pd.DataFrame, circuits: dict, kind: str, parts: int) -> pd.DataFrame:
    """Indices found above the diagonal, expected of random circuits below it, nothing on it."""
    emotions = list(circuits)
    matrix = pd.DataFrame(np.nan, index=emotions, columns=emotions)
    for row in pairs[pairs["kind"] == kind].itertuples():
        first, second = sorted((row.emotion, row.other), key=emotions.index)
        matrix.loc[first, second] = row.jaccard
        matrix.loc[second, first] = expected(circuits[first], circuits[second], kind, parts)
    return matrix


def draw(axes, matrix: pd.DataFrame, most: float):
    """One kind in one model with its numbers; returns the mappable for the colour bar."""
    at = np.arange(len(matrix) + 1)
    drawn = axes.pcolormesh(at, at, matrix, cmap=style.SEQUENTIAL, vmin=0, vmax=most, edgecolors="white", linewidth=0.3)
    for (row, column), value in np.ndenumerate(matrix.to_numpy()):
        if row != column:
            text = f"{value:.2f}".removeprefix("0")
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=style.TINY,
                      color="black" if value > LIGHT * most else "white")  # fmt: skip
    axes.plot([0, len(matrix)], [0, len(matrix)], color=style.DARK, linewidth=0.6)
    axes.set_aspect("equal")
    axes.set_xticks(at[:-1] + 0.5, matrix.columns, rotation=90)
    axes.set_yticks(at[:-1] + 0.5, matrix.index)
    axes.set_ylim(len(matrix), 0)
    axes.tick_params(length=0)
    return drawn


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.pairs, models)
    width = style.COLUMN_WIDTH if len(models) < 3 else style.TEXT_WIDTH
    side = min((width - 0.7) / len(models), 2.0)
    figure, grid = panels.panels(models, [side] * len(KINDS), width, 1.2, sharex=True, sharey=True)
    circuits = [json.loads(Path(file).read_text())["circuits"] for file in inputs.circuits]
    matrices = {
        kind: [
            matrix_of(table, circuit, kind, parts_of(file, kind))
            for table, circuit, file in zip(tables.values(), circuits, inputs.components, strict=True)
        ]
        for kind in KINDS
    }
    most = style.round_up(max(np.nanmax(each) for found in matrices.values() for each in found), 0.1)
    for row, (kind, found) in zip(grid, matrices.items(), strict=True):
        drawn = [draw(axes, each, most) for axes, each in zip(row, found, strict=True)]
        row[0].set_ylabel(kind, fontweight="bold")
    bar = figure.colorbar(drawn[-1], ax=list(grid.ravel()), location="bottom", shrink=0.7, aspect=35, pad=0.02)
    bar.set_label(
        "Jaccard index; above the diagonal: found,\nbelow it: random parts, as many in every layer", size=style.TEXT
    )
    style.save(figure, pdf_file, png_file, title="Jaccard indices of circuits")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
