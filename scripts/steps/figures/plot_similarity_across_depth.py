"""Figure: similarity of the emotion structure between all pairs of layers (A10)."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.models.layers import main_layer

TICKS = {0.25: "¼", 0.5: "½", 0.75: "¾", 1.0: "1"}
HALF = 0.5
"""Depth from which layers belong to the deeper half, which A10 judges."""


def draw(axes: Axes, matrix: np.ndarray, depth: float, lowest: float) -> Any:
    """One model: cells centred on the depth of their layers, the deeper half framed, the main layer marked."""
    count = len(matrix)
    edges = (np.arange(count + 1) + 0.5) / count
    drawn = marks.cells(axes, matrix, (lowest, 1.0), cmap=style.SEQUENTIAL, edges=edges)
    first = next(layer for layer in range(count) if (layer + 1) / count >= HALF)
    start, end = edges[first], edges[-1]
    axes.plot(
        [start, end, end, start, start],
        [start, start, end, end, start],
        color="black",
        linewidth=1.2,
        clip_on=False,
        label="deeper half, judged by A10",
    )
    at = style.depths(main_layer(count, depth), count)
    for line, label in ((axes.axvline, "main layer"), (axes.axhline, None)):
        line(at, color="black", linewidth=0.8, linestyle=style.DASHED, label=label)
    axes.set_xticks(list(TICKS), list(TICKS.values()))
    axes.set_yticks(list(TICKS), list(TICKS.values()))
    axes.set(xlabel="depth, other half of topics", ylabel="depth, one half of topics")
    return drawn


def main(similarity: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    matrices = [
        table.pivot(index="left_layer", columns="right_layer", values="r").to_numpy()
        for table in study.tables(similarity).values()
    ]
    # Layers that share nearly everything would fill a scale from -1 with one colour.
    lowest = max(-1.0, np.floor(10 * min(matrix.min() for matrix in matrices)) / 10)
    wide = len(matrices) > 1
    figure, cells = panels.a_panel_each(
        study.models, min(len(matrices), 3), style.TEXT_WIDTH if wide else style.COLUMN_WIDTH, 2.7, 0.4
    )
    drawn = [draw(axes, matrix, study.main_depth, lowest) for axes, matrix in zip(cells, matrices, strict=True)]
    marks.colour_bar(drawn[-1], cells, "r between the structures of two layers", shrink=0.6)
    style.shared_legend(figure, cells, 2)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
