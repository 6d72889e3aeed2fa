"""Figure: slopes of conduct without what tone explains, against the raw slopes, main layer (A19, A20, A22, A23, A25-A29)."""

import pandas as pd
from matplotlib.ticker import MaxNLocator

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, style
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments

ACROSS, DOWN, LEAST = 5.8, 8.7, 1.35
"""Room for the panels of a row and of a column, and the least height of a row, inches."""


def both_of(effects: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """Raw and adjusted effect of every emotion on one experiment: columns (estimate, raw), (estimate, adjusted), and so on."""
    chosen = effects[effects["experiment"] == experiment]
    return chosen.pivot(index="emotion", columns="measure", values=["estimate", "low", "high", "null_95"])


def draw(axes, table: pd.DataFrame, named: list[str], ticks: int) -> None:
    """One experiment in one model: all emotions over the box of the null, those that the experiment names with intervals."""
    estimate, claimed = table["estimate"], table.loc[named]
    limit = 1.15 * estimate.abs().to_numpy().max()
    wide, high = table["null_95"][["raw", "adjusted"]].median()
    axes.fill_between([-wide, wide], -high, high, color=style.GREY, alpha=0.6, linewidth=0, zorder=0,
                      label="null, to its 95th percentile (median)")  # fmt: skip
    axes.axline(
        (0, 0),
        slope=1,
        color=style.DARK,
        linewidth=0.6,
        linestyle=(0, (4, 2)),
        zorder=1,
        label="tone explains nothing",
    )
    axes.axhline(0, color=style.DARK, linewidth=0.5, zorder=1, label="tone explains all")
    others = estimate.drop(named)
    axes.scatter(others["raw"], others["adjusted"], s=5, color=style.SKY, linewidth=0, zorder=2, label="other emotions")
    axes.vlines(claimed["estimate"]["raw"], claimed["low"]["adjusted"], claimed["high"]["adjusted"], color=style.BLUE,
                linewidth=0.7, zorder=2.5)  # fmt: skip
    axes.scatter(claimed["estimate"]["raw"], claimed["estimate"]["adjusted"], s=10, color=style.BLUE, linewidth=0, zorder=3,
                 label="named by the experiment")  # fmt: skip
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit))
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.effects, models)
    experiments = load_experiments(inputs.experiments, inputs.schema).values()
    conduct = [experiment for experiment in experiments if experiment.kind == CONDUCT]
    side = min(max(ACROSS / len(conduct), LEAST), DOWN / len(models))
    figure, grid = style.panels(len(models), len(conduct), style.TEXT_WIDTH, side * len(models) + 0.75)
    shown = {}
    for row, (model, effects) in zip(grid, tables.items(), strict=True):
        for axes, experiment in zip(row, conduct, strict=True):
            table = both_of(effects, experiment.name)
            draw(axes, table, list(experiment.emotions), max(3, 20 // len(conduct)))
            if experiment.emotions:
                shown[axes] = table["estimate"].loc[list(experiment.emotions)]
            axes.set_xlabel(
                style.wrapped("raw slope, nats at strength 0.1", 80 // len(conduct)) if model == models[-1] else ""
            )
        row[0].set_ylabel(f"{style.wrapped(model, 18)}\nadjusted slope, nats")
    for axes, experiment, letter in zip(grid[0], conduct, style.letters(len(conduct)), strict=True):
        style.name_panel(axes, experiment.name.replace("_", " "), letter, characters=64 // len(conduct))
    style.shared_legend(figure, grid.ravel(), 3)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes, named in shown.items():
        labels.label_points(axes, named["raw"], named["adjusted"], list(named.index), size=style.TINY)
    style.save(figure, pdf_file, png_file, title="Slopes of conduct without what tone explains")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
