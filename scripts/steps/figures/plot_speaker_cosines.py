"""Figure: cosines between vectors of the present and of the other speaker, and what noise leaves of them (A14)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study

LOWEST, HIGHEST = -1.0, 2.0
"""Ends of the axis of corrected cosines, which have no bounds where vectors are not reliable."""
ROWS = ("present and other", "present, two labels", "other, two labels")


def matrix_of(table: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Cosines of all vectors, families one behind the other, and the names of the families."""
    families, emotions = list(dict.fromkeys(table["family"])), list(dict.fromkeys(table["emotion"]))
    order = pd.MultiIndex.from_product([families, emotions])
    wide = table.pivot(index=["family", "emotion"], columns=["other_family", "other_emotion"], values="cosine")
    return wide.loc[order, order].to_numpy(), families


def draw(axes: Axes, matrix: np.ndarray, families: list[str], limit: float) -> Any:
    """One model: a block for every two families, the same emotion on its diagonal."""
    drawn = marks.heatmap(axes, matrix, limit)
    size = len(matrix) // len(families)
    for at in range(1, len(families)):
        for line in (axes.axvline, axes.axhline):
            line(at * size - 0.5, color="black", linewidth=0.9)
    centres = [at * size + (size - 1) / 2 for at in range(len(families))]
    axes.set_xticks(centres, families)
    axes.set_yticks(centres, families, rotation=90, va="center")
    axes.tick_params(length=0)
    return drawn


def draw_corrected(axes: Axes, table: pd.DataFrame) -> None:
    """Corrected cosines over the null of what is the same direction."""
    marks.estimates(axes, table.set_axis(list(ROWS)), colour=[style.VERMILION, style.BLUE, style.BLUE])
    marks.zero(axes, vertical=True)
    axes.axvline(1, color="black", linewidth=0.8, linestyle=":", label="same direction", zorder=2)
    low, high = axes.get_xlim()
    axes.set_xlim(max(LOWEST, min(low, -0.2)), min(HIGHEST, max(high, 1.2)))
    axes.set_xlabel("corrected cosine")


def main(blocks: list[Path], compared: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    figure, grid = panels.panels(study.models, [2.3, 0.9], style.TEXT_WIDTH, 0.9)
    matrices = [matrix_of(table) for table in study.tables(blocks).values()]
    limit = style.round_up(float(np.quantile(np.abs([matrix for matrix, _ in matrices]), 0.99)))
    drawn = [draw(axes, *matrix, limit) for axes, matrix in zip(grid[0], matrices, strict=True)]
    for axes, table in zip(grid[1], study.tables(compared).values(), strict=True):
        draw_corrected(axes, table)
        axes.tick_params(labelleft=axes is grid[1, 0])
    marks.colour_bar(drawn[-1], list(grid[0]), "cosine between halves of the dialogues")
    style.shared_legend(figure, grid[1], 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
