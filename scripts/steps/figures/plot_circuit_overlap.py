"""Figure: Jaccard indices of the circuits of all pairs of emotions, minus those to expect of random circuits (W09)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study

KINDS = ("neurons", "heads")


def expected(sizes: pd.DataFrame, emotion: str, other: str) -> float:
    """Index of two random circuits with the same number of parts in every layer, from the shared parts to expect.

    Args:
        sizes: of one kind: emotion, layer, components, parts.
    """
    table = sizes.pivot(index="layer", columns="emotion", values="components")[[emotion, other]].to_numpy()
    shared = (table.prod(1) / sizes["parts"].iloc[0]).sum()
    return float(shared / (table.sum() - shared))


def excess_of(pairs: pd.DataFrame, sizes: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Index found minus index to expect, below the diagonal; nothing elsewhere."""
    of_kind = sizes[sizes["kind"] == kind]
    emotions = list(dict.fromkeys(of_kind["emotion"]))
    matrix = pd.DataFrame(np.nan, index=emotions, columns=emotions)
    for row in pairs[pairs["kind"] == kind].itertuples():
        first, second = sorted((row.emotion, row.other), key=emotions.index)
        matrix.loc[second, first] = row.jaccard - expected(of_kind, first, second)
    return matrix.iloc[1:, :-1]


def draw(axes: Axes, matrix: pd.DataFrame, limit: float) -> Any:
    """One kind in one model with its numbers; returns the mappable for the colour bar."""
    edges = np.arange(len(matrix) + 1)
    drawn = axes.pcolormesh(
        edges, edges, matrix, cmap=style.DIVERGING, vmin=-limit, vmax=limit, edgecolors="white", linewidth=0.3
    )
    for (row, column), value in np.ndenumerate(matrix.to_numpy()):
        if np.isfinite(value):
            number = style.decimal(value, signed=True).replace("0.", ".")
            colour = "white" if abs(value) > 0.65 * limit else "black"
            axes.text(column + 0.5, row + 0.5, number, ha="center", va="center", fontsize=style.SMALL, color=colour)
    axes.set_xticks(edges[:-1] + 0.5, matrix.columns, rotation=90)
    axes.set_yticks(edges[:-1] + 0.5, matrix.index)
    axes.set_ylim(len(matrix), 0)
    axes.tick_params(length=0)
    axes.spines[["top", "right"]].set_visible(False)
    return drawn


def main(pairs: list[Path], sizes: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = list(zip(study.tables(pairs).values(), study.tables(sizes).values(), strict=True))
    matrices = {kind: [excess_of(table, size, kind) for table, size in tables] for kind in KINDS}
    width = style.COLUMN_WIDTH if len(tables) < 3 else style.TEXT_WIDTH
    side = min((width - 0.7) / len(tables), 1.7)
    figure, grid = panels.panels(study.models, [side] * len(KINDS), width, 1.1, sharex=True, sharey=True)
    limit = style.round_up(max(np.nanmax(np.abs(one)) for of_kind in matrices.values() for one in of_kind), 0.1)
    for row, (kind, of_kind) in zip(grid, matrices.items(), strict=True):
        drawn = [draw(axes, matrix, limit) for axes, matrix in zip(row, of_kind, strict=True)]
        row[0].set_ylabel(kind, fontweight="bold")
    marks.colour_bar(
        drawn[-1],
        grid.ravel(),
        "Jaccard index minus that of random circuits\nwith as many parts in every layer",
        shrink=0.7,
    )
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
