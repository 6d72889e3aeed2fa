"""Figure: slopes of conduct without what tone explains, against the raw slopes, main layer (A19, A20, A22, A23, A25-A29)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments

ACROSS, DOWN, LEAST = 5.9, 8.7, 1.5
"""Room for the panels of a row and of a column, and the least height of a row, inches."""


def both_of(effects: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """Raw and adjusted effect of every emotion on one experiment: columns (estimate, raw), (estimate, adjusted), and so on."""
    chosen = effects[effects["experiment"] == experiment]
    return chosen.pivot(index="emotion", columns="measure", values=["estimate", "low", "high", "null_95"])


def draw(axes: Axes, table: pd.DataFrame, named: list[str]) -> None:
    """One experiment in one model: all emotions over the box of the null, those that the experiment names with intervals."""
    estimate, claimed = table["estimate"], table.loc[named]
    limit = 1.15 * estimate.abs().to_numpy().max()
    wide, high = table["null_95"][["raw", "adjusted"]].median()
    axes.fill_between(
        [-wide, wide],
        -high,
        high,
        color=style.GREY,
        alpha=0.6,
        linewidth=0,
        zorder=0,
        label="null, to its 95th percentile (median)",
    )
    axes.axline(
        (0, 0),
        slope=1,
        color=style.DARK,
        linewidth=0.6,
        linestyle=style.DASHED,
        zorder=1,
        label="tone explains nothing",
    )
    axes.axhline(0, color=style.DARK, linewidth=0.5, zorder=1, label="tone explains all")
    others = estimate.drop(named)
    axes.scatter(others["raw"], others["adjusted"], s=5, color=style.SKY, linewidth=0, zorder=2, label="other emotions")
    x, y = claimed["estimate"]["raw"], claimed["estimate"]["adjusted"]
    axes.vlines(x, claimed["low"]["adjusted"], claimed["high"]["adjusted"], color=style.BLUE, linewidth=0.7, zorder=2.5)
    axes.scatter(x, y, s=12, color=style.BLUE, linewidth=0, zorder=3, label="named by the experiment, 95 %")
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit))
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], symmetric=True))


def main(
    effects: list[Path], experiments: Path, schema: Path, pdf: Path, png: Path, *, study: Study, text: saving.Text
) -> None:
    conduct = [one for one in load_experiments(experiments, schema).values() if one.kind == CONDUCT]
    side = min(max(ACROSS / len(conduct), LEAST), DOWN / len(study.models))
    figure, grid = style.bare_panels(len(study.models), len(conduct), style.TEXT_WIDTH, side * len(study.models) + 0.85)
    named = {}
    for row, (model, table) in zip(grid, study.tables(effects).items(), strict=True):
        for axes, experiment in zip(row, conduct, strict=True):
            both = both_of(table, experiment.name)
            draw(axes, both, list(experiment.emotions))
            if experiment.emotions:
                named[axes] = both["estimate"].loc[list(experiment.emotions)]
            axes.set_xlabel("raw slope, nats per token\nat strength 0.1" if model == study.models[-1] else "")
        row[0].set_ylabel(f"{style.wrapped(model, 18)}\nadjusted slope, nats per token")
    for axes, experiment, letter in zip(grid[0], conduct, style.letters(len(conduct)), strict=True):
        style.name_panel(axes, style.spaced(experiment.name), letter, characters=64 // len(conduct))
    style.shared_legend(figure, grid.ravel(), 3)
    labels.freeze_layout(figure)
    for axes, slopes in named.items():
        labels.label_points(axes, slopes["raw"], slopes["adjusted"], list(slopes.index))
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
