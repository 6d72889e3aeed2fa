"""Figure: change of log-odds against finite strengths of the emotions that one experiment names, main layer (A19-A23, A25-A29)."""

from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import doses, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments

APART = 0.011
"""Distance between the diamonds of two emotions, as a strength."""


def curves_of(
    changes: pd.DataFrame, slopes: pd.DataFrame, emotions: tuple[str, ...], study: Study
) -> dict[str, doses.DoseCurve]:
    """Curve of every emotion that an experiment names.

    Args:
        changes: of one experiment and model, with slopes of the same situations and costs of coherence; slopes: of all situations,
            by emotion.
    """
    of_emotion = {emotion: changes[changes["direction"] == emotion] for emotion in emotions}
    return {
        emotion: doses.DoseCurve(
            doses.curve_of(table, study.guard_nats, study.bootstraps, study.seed),
            table.drop_duplicates(["scenario", "variant"])["slope_nats"].mean(),
            slopes.loc[emotion],
        )
        for emotion, table in of_emotion.items()
    }


def main(
    steered: list[Path],
    by_item: list[Path],
    effects: list[Path],
    coherence: list[Path],
    experiments: Path,
    schema: Path,
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    conduct = [one for one in load_experiments(experiments, schema).values() if one.kind == CONDUCT and one.emotions]
    looks = dict(
        zip(dict.fromkeys(name for one in conduct for name in one.emotions), cycle(style.SERIES), strict=False)
    )
    changes, items, costs, slopes = map(study.joined, (steered, by_item, coherence, effects))
    changes = changes.merge(items.rename(columns={"emotion": "direction"}), how="left").merge(costs, how="left")
    slopes = slopes[slopes["measure"] == "raw"].set_index(["model", "experiment", "emotion"]).sort_index()
    size = style.TEXT_WIDTH, 1.65 * len(study.models) + 0.8
    figure, grid = style.bare_panels(len(study.models), len(conduct), *size, sharex=True, sharey="row")
    for row, model in zip(grid, study.models, strict=True):
        reach = []
        for axes, experiment in zip(row, conduct, strict=True):
            table = changes[(changes["model"] == model) & (changes["experiment"] == experiment.name)]
            reach += doses.draw_null(axes, table)
            curves = curves_of(table, slopes.loc[model, experiment.name], experiment.emotions, study)
            shifts = APART * (np.arange(len(curves)) + 1.4)
            for (emotion, curve), shift in zip(curves.items(), shifts, strict=True):
                reach += doses.draw_curve(axes, curve, emotion, looks[emotion], shift)
            axes.set_xlabel("strength / residual norm" if model == study.models[-1] else "")
        row[0].set_ylim(1.1 * min(reach), 1.1 * max(reach))
        row[0].set_ylabel(f"{style.wrapped(model, 18)}\nchange of log-odds,\nnats per token")
    for axes, experiment, letter in zip(grid[0], conduct, style.letters(len(conduct)), strict=True):
        style.name_panel(axes, style.spaced(experiment.name), letter, characters=80 // len(conduct))
    last = grid[-1, -1]
    last.plot([], [], color=style.DARK, linewidth=0.9, linestyle=style.DOTTED, label="gradient slope, same situations")
    last.plot([], [], "D", color=style.DARK, markersize=3.2, label="gradient slope × 0.1, all situations")
    last.plot([], [], color=style.DARK, marker="o", **doses.OUTSIDE, label="outside the coherent range")
    style.shared_legend(figure, grid.ravel(), 4)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
