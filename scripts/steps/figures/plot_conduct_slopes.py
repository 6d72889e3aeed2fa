"""Figure: slope of every conduct experiment along all emotion vectors, by model, main layer (A19, A20, A22, A23, A25-A29)."""

from itertools import cycle

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY)
ROW, EACH, TALLEST = 0.1, 0.01, 8.5
"""Height of the row of an emotion, what every model adds to it, and height of all rows at most, inches."""
SPREAD = 0.27
"""Greatest distance of a model's mark from the middle of its row."""


def slopes_of(tables: dict[str, pd.DataFrame], experiment: str) -> pd.DataFrame:
    """Raw slopes of one experiment in every model, by model and emotion."""
    table = pd.concat(tables, names=["model"]).reset_index("model")
    chosen = table[(table["experiment"] == experiment) & (table["measure"] == "raw")]
    return chosen.set_index(["model", "emotion"])


def draw(axes, slopes: pd.DataFrame, named: tuple[str, ...], colours: dict[str, str]) -> None:
    """One experiment: emotions by their mean slope, highest on top, those named by the experiment in bold on a tint."""
    order = slopes["estimate"].groupby("emotion").mean().sort_values(kind="stable").index
    for place in np.flatnonzero(order.isin(named)):
        axes.axhspan(place - 0.5, place + 0.5, color=style.ORANGE, alpha=0.22, linewidth=0, zorder=0)
    null = slopes["null_95"].median()
    axes.axvspan(
        -null, null, color=style.GREY, alpha=0.6, linewidth=0, zorder=1, label="null, to its 95th percentile (median)"
    )
    axes.axvline(0, color=style.DARK, linewidth=0.6, zorder=1.5)
    offsets = np.linspace(SPREAD, -SPREAD, len(colours)) if len(colours) > 1 else [0.0]
    for (model, colour), offset in zip(colours.items(), offsets, strict=True):
        table = slopes.loc[model].loc[order]
        at = np.arange(len(order)) + offset
        beyond = table["estimate"].abs() > table["null_95"]
        axes.hlines(at, table["low"], table["high"], color=colour, linewidth=0.7, zorder=2)
        axes.scatter(table["estimate"], at, s=5, linewidth=0.6, edgecolor=colour, zorder=3, label=model,
                     facecolor=np.where(beyond, colour, "white"))  # fmt: skip
    axes.set_yticks(range(len(order)), order, fontsize=style.TINY)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(order) - 0.4)
    for label, emotion in zip(axes.get_yticklabels(), order, strict=True):
        label.set_fontweight("bold" if emotion in named else "normal")


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.effects, models)
    experiments = load_experiments(inputs.experiments, inputs.schema).values()
    conduct = [experiment for experiment in experiments if experiment.kind == CONDUCT]
    colours = dict(zip(models, cycle(COLOURS), strict=False))
    rows, columns = style.model_grid(len(conduct), 5)
    emotions = tables[models[0]]["emotion"].nunique()
    height = min(rows * emotions * (ROW + EACH * len(models)), TALLEST) + 0.7 * rows + 0.25
    figure, grid = style.panels(rows, columns, style.TEXT_WIDTH, height)
    cells = grid.ravel()
    for axes, experiment, letter in zip(cells, conduct, style.letters(len(conduct)), strict=False):
        draw(axes, slopes_of(tables, experiment.name), experiment.emotions, colours)
        unit = f"slope of {experiment.target} against {experiment.alternative}, nats at strength 0.1"
        axes.set_xlabel(style.wrapped(unit, 80 // columns))
        axes.locator_params(axis="x", nbins=4)
        style.name_panel(axes, experiment.name.replace("_", " "), letter, characters=64 // columns)
    style.hide(cells[len(conduct) :])
    cells[0].plot(
        [], [], "o", color=style.DARK, markerfacecolor="white", markersize=2.4, label="inside the emotion’s own null"
    )
    style.shared_legend(figure, cells[: len(conduct)], 4)
    style.save(figure, pdf_file, png_file, title="Slopes of conduct along all emotion vectors")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
