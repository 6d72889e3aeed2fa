"""Figure: slopes of three behaviours along the directions of one method against those along the vectors of the other (O05)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, marks, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.statistics.effects import pearson

ACROSS, UP = "story vectors", "instruction directions"


def plane_of(slopes: pd.DataFrame) -> pd.DataFrame:
    """Slopes of one behaviour by emotion, with their intervals: columns (value or end, method)."""
    return slopes.pivot(index="emotion", columns="method", values=["slope_nats", "low", "high"])


def draw(axes: Axes, plane: pd.DataFrame, nulls: pd.Series, limit: float) -> None:
    """One behaviour in one model: crosses of intervals over the nulls of the directions, and the line of equal slopes."""
    shuffled, gaussian = nulls["null_95_label_shuffled"], nulls["null_95_gaussian"]
    axes.axhspan(
        -shuffled,
        shuffled,
        color=style.GREY,
        alpha=0.6,
        linewidth=0,
        zorder=0.5,
        label="label-shuffled null of the directions, to its 95th percentile",
    )
    for sign, label in ((-1, None), (1, "Gaussian null, likewise")):
        axes.axhline(sign * gaussian, color=style.DARK, linewidth=0.7, linestyle=":", zorder=1, label=label)
    marks.zero(axes)
    marks.zero(axes, vertical=True)
    x, y = plane["slope_nats"][ACROSS], plane["slope_nats"][UP]
    axes.hlines(y, plane["low"][ACROSS], plane["high"][ACROSS], color=style.BLUE, linewidth=0.6, alpha=0.5, zorder=2)
    axes.vlines(x, plane["low"][UP], plane["high"][UP], color=style.BLUE, linewidth=0.6, alpha=0.5, zorder=2)
    axes.plot(
        x, y, "o", color=style.BLUE, markersize=3.4, markeredgewidth=0, zorder=3, label="emotion, 95 % over scenarios"
    )
    axes.axline(
        (0, 0), slope=1, color=style.ORANGE, linewidth=0.9, linestyle=style.DASHED, zorder=1.2, label="equal slopes"
    )
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit))
    axes.set_aspect("equal")
    axes.locator_params(nbins=4)


def main(slopes: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(slopes)
    experiments = list(tables[study.models[0]]["experiment"].unique())
    figure, grid = style.bare_panels(len(tables), len(experiments), style.TEXT_WIDTH, 2.3 * len(tables) + 0.65)
    planes = {}
    for row, (model, table) in zip(grid, tables.items(), strict=True):
        for axes, experiment in zip(row, experiments, strict=True):
            chosen = table[table["experiment"] == experiment]
            planes[axes] = plane_of(chosen)
            draw(axes, planes[axes], chosen.iloc[0], 1.15 * np.abs(chosen[["low", "high"]]).to_numpy().max())
            axes.set_xlabel(f"slope along {ACROSS},\nnats per token" if model == study.models[-1] else "")
        means = table.pivot(index=["experiment", "emotion"], columns="method", values="slope_nats")
        r = f"r of all panels {style.decimal(pearson(means[ACROSS], means[UP]))}"
        row[0].set_ylabel(f"{style.wrapped(model, 30)}\n{r}\nslope along {UP},\nnats per token")
    for axes, experiment, letter in zip(grid[0], experiments, style.letters(len(experiments)), strict=True):
        style.name_panel(axes, f"{style.spaced(experiment)}, strength 0.1", letter)
    style.shared_legend(figure, grid.ravel(), 2)
    labels.freeze_layout(figure)
    for axes, plane in planes.items():
        labels.label_points(axes, plane["slope_nats"][ACROSS], plane["slope_nats"][UP], list(plane.index))
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
