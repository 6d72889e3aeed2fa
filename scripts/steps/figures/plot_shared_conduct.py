"""Figure: slopes of behaviours and of acts along the directions of one method against those along the vectors of the other (O05, O05b)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, marks, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.statistics.effects import pearson

ACROSS, UP = "story vectors", "instruction directions"
ACT = "act_"
"""What names of acts begin with."""


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


def rows_of(tables: dict[str, pd.DataFrame]) -> list[tuple[str, str, pd.DataFrame]]:
    """Rows of panels: model, unit, slopes. Mirrored replies and acts are read in different units, so each has a row and an r."""
    return [
        (model, unit, of_readout)
        for model, table in tables.items()
        for unit, of_acts in (("nats per token", False), ("nats per reply", True))
        if not (of_readout := table[table["experiment"].str.startswith(ACT) == of_acts]).empty
    ]


def main(slopes: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    rows = rows_of(study.tables(slopes))
    columns = max(table["experiment"].nunique() for _, _, table in rows)
    figure, grid = style.bare_panels(len(rows), columns, style.TEXT_WIDTH, 2.35 * len(rows) + 0.65)
    planes, letters = {}, iter(style.letters(grid.size))
    for cells, (model, unit, table) in zip(grid, rows, strict=True):
        means = table.pivot(index=["experiment", "emotion"], columns="method", values="slope_nats")
        r = f"r of the row {style.decimal(pearson(means[ACROSS], means[UP]))}"
        cells[0].set_ylabel(f"{style.wrapped(model, 30)}\n{r}\nslope along {UP}")
        by_experiment = list(table.groupby("experiment", sort=False))
        style.hide(cells[len(by_experiment) :])
        for axes, (experiment, chosen) in zip(cells, by_experiment, strict=False):
            planes[axes] = plane_of(chosen)
            draw(axes, planes[axes], chosen.iloc[0], 1.15 * np.abs(chosen[["low", "high"]]).to_numpy().max())
            axes.set_xlabel(f"slope along {ACROSS}")
            style.name_panel(axes, f"{style.spaced(experiment.removeprefix(ACT))}, {unit}", next(letters))
    style.shared_legend(figure, list(planes), 2)
    labels.freeze_layout(figure)
    for axes, plane in planes.items():
        labels.label_points(axes, plane["slope_nats"][ACROSS], plane["slope_nats"][UP], list(plane.index))
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
