"""Figure: slope of every conduct experiment along all emotion vectors, by model, main layer (A19, A20, A22, A23, A25-A29)."""

from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments

ROW, MORE = 0.112, 0.012
"""Height of the row of an emotion, and what every model after the first adds to it, inches."""
SPREAD = 0.27
"""Greatest distance of a model's mark from the middle of its row."""


def slopes_of(effects: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """Raw slopes of one experiment in every model, by model and emotion."""
    chosen = effects[(effects["experiment"] == experiment) & (effects["measure"] == "raw")]
    return chosen.set_index(["model", "emotion"])


def draw(axes: Axes, slopes: pd.DataFrame, order: list[str], named: tuple[str, ...], colours: dict[str, str]) -> None:
    """One experiment: emotions in the common order, those that the experiment names on a tint."""
    for row in np.flatnonzero(np.isin(order, named)):
        axes.axhspan(row - 0.5, row + 0.5, color=style.ORANGE, alpha=0.3, linewidth=0, zorder=0)
    null = slopes["null_95"].median()
    axes.axvspan(
        -null, null, color=style.GREY, alpha=0.6, linewidth=0, zorder=1, label="null, to its 95th percentile (median)"
    )
    marks.zero(axes, vertical=True)
    offsets = np.linspace(SPREAD, -SPREAD, len(colours)) if len(colours) > 1 else [0.0]
    for (model, colour), offset in zip(colours.items(), offsets, strict=True):
        table = slopes.loc[model].loc[order]
        at = np.arange(len(order)) + offset
        beyond = table["estimate"].abs() > table["null_95"]
        axes.hlines(at, table["low"], table["high"], color=colour, linewidth=0.7, zorder=2)
        axes.scatter(
            table["estimate"],
            at,
            s=6,
            linewidth=0.6,
            edgecolor=colour,
            zorder=3,
            label=model,
            facecolor=np.where(beyond, colour, "white"),
        )
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(order) - 0.4)
    axes.locator_params(axis="x", nbins=3)


def main(
    effects: list[Path],
    norms: Path,
    experiments: Path,
    schema: Path,
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    table = study.joined(effects)
    conduct = [one for one in load_experiments(experiments, schema).values() if one.kind == CONDUCT]
    valence = tables.load_norms(norms).set_index("emotion")["valence_1to9"]
    order = list(valence[list(dict.fromkeys(table["emotion"]))].sort_values(kind="stable").index)
    colours = dict(zip(study.models, cycle(style.MODEL_COLOURS), strict=False))
    rows, columns = style.model_grid(len(conduct), 5)
    tall = len(order) * (ROW + MORE * (len(study.models) - 1))
    figure, grid = style.bare_panels(rows, columns, style.TEXT_WIDTH, rows * (tall + 0.65) + 0.25, sharey=True)
    cells = grid.ravel()
    for axes, experiment, letter in zip(cells, conduct, style.letters(len(conduct)), strict=False):
        draw(axes, slopes_of(table, experiment.name), order, experiment.emotions, colours)
        unit = f"{experiment.target} against {experiment.alternative}, nats per token at strength 0.1"
        axes.set_xlabel(style.wrapped(unit, 80 // columns))
        style.name_panel(axes, style.spaced(experiment.name), letter, characters=64 // columns)
    for axes in grid[:, 0]:
        axes.set_yticks(range(len(order)), order)
        axes.set_ylabel("emotion, from unpleasant to pleasant (human ratings)")
    style.hide(cells[len(conduct) :])
    cells[0].scatter([], [], s=6, edgecolor=style.DARK, facecolor="white", label="inside the null of the emotion")
    cells[0].fill_between([], [], [], color=style.ORANGE, alpha=0.3, linewidth=0, label="named by the experiment")
    style.shared_legend(figure, cells[: len(conduct)], 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
