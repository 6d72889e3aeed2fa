"""Figure: in which layers the neurons and heads of each emotion's circuit lie (W09)."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study

KINDS = ("neurons", "heads")
HEIGHT = 1.0


def counts_of(sizes: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Number of parts of a kind in each layer (columns) of the circuit of each emotion (rows)."""
    chosen = sizes[sizes["kind"] == kind]
    table = chosen.pivot(index="emotion", columns="layer", values="components")
    return table.loc[list(dict.fromkeys(chosen["emotion"]))]


def draw(axes: Axes, counts: pd.DataFrame, most: int) -> Any:
    """One kind in one model; returns the mappable for the colour bar."""
    drawn = axes.pcolormesh(
        [*counts.columns, counts.shape[1]],
        range(len(counts) + 1),
        counts,
        cmap=style.SEQUENTIAL,
        vmin=0,
        vmax=most,
        edgecolors="white",
        linewidth=0.2,
    )
    axes.set_ylim(len(counts), 0)
    axes.set_yticks([row + 0.5 for row in range(len(counts))], counts.index)
    ticks = range(0, counts.shape[1], 5)
    axes.set_xticks([tick + 0.5 for tick in ticks], [str(tick) for tick in ticks])
    axes.tick_params(axis="y", length=0)
    return drawn


def main(sizes: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(sizes).values()
    figure, grid = panels.panels(study.models, [HEIGHT] * len(KINDS), style.TEXT_WIDTH, 0.55, sharex="col", sharey=True)
    for row, kind in zip(grid, KINDS, strict=True):
        counts = [counts_of(table, kind) for table in tables]
        most = max(int(table.to_numpy().max()) for table in counts)
        drawn = [draw(axes, table, most) for axes, table in zip(row, counts, strict=True)]
        marks.colour_bar(drawn[-1], row, f"{kind} in\nthe circuit", location="right", shrink=1.0, pad=0.01, aspect=12)
    for axes in grid[-1]:
        axes.set_xlabel("layer")
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
