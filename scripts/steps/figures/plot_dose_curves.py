"""Figure: change of log-odds against finite strengths of the emotions that each experiment names, main layer (A19-A23, A25-A29)."""

from itertools import cycle

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.conduct import slopes
from emotion_vectors.conduct.directions import EMOTION
from emotion_vectors.figures import style as figures
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments

STEP, CHANGE, COST = "strength_norm_fraction", "delta_logodds_nats", "neutral_logprob_fall_nats_per_token"
OUTSIDE = {"markerfacecolor": "white", "markersize": 2.8, "markeredgewidth": 0.6, "linewidth": 0.7, "dashes": (4, 2)}
"""Look of what lies outside the coherent range."""


def together(files: list[str], models: list[str]) -> pd.DataFrame:
    """Tables of all models, equally many of each and in the order of the study, as one with the column `model`."""
    each = len(files) // len(models)
    return pd.concat([pd.read_parquet(file).assign(model=models[place // each]) for place, file in enumerate(files)])


def curve_of(changes: pd.DataFrame, guard_nats: float, bootstraps: int, seed: int) -> pd.DataFrame:
    """Mean change over situations at every strength, 0 included, with its 95 % bootstrap interval; whether text stays coherent."""
    table = changes.pivot(index="scenario", columns=STEP, values=CHANGE)
    values = table.assign(zero=0.0).rename(columns={"zero": 0.0}).sort_index(axis=1)
    chosen = np.random.default_rng(seed).integers(0, len(values), (bootstraps, len(values)))
    low, high = np.quantile(values.to_numpy()[chosen].mean(1), [0.025, 0.975], axis=0)
    cost = changes.groupby(STEP)[COST].first().reindex(values.columns, fill_value=0.0)
    return pd.DataFrame({"mean": values.mean(), "low": low, "high": high, "coherent": cost <= guard_nats})


def draw(axes, curve: pd.DataFrame, slope: float, emotion: str, style: tuple[str, str]) -> list[float]:
    """One emotion, solid where neutral text stays coherent, over its tangent at 0; returns the range of what is coherent."""
    (colour, marker), at, kept = style, curve.index, curve[curve["coherent"]]
    axes.plot(at, slope / slopes.PER_STRENGTH * at, color=colour, linewidth=0.6, linestyle=":", zorder=2)
    axes.fill_between(kept.index, kept["low"], kept["high"], color=colour, alpha=0.15, linewidth=0, zorder=1.5)
    axes.plot(at, curve["mean"], color=colour, marker=marker, zorder=2.5, **OUTSIDE)
    axes.plot(kept.index, kept["mean"], color=colour, marker=marker, markersize=3, label=emotion, zorder=3)
    return [kept["low"].min(), kept["high"].max()]


def draw_null(axes, changes: pd.DataFrame) -> list[float]:
    """Bars over the middle 95 % of the null directions at their strengths; returns the ends."""
    means = changes[changes["kind"] != EMOTION].groupby([STEP, "direction"])[CHANGE].mean()
    ends = means.groupby(STEP).quantile([0.025, 0.975]).unstack()
    axes.vlines(ends.index, ends[0.025], ends[0.975], color=figures.GREY, linewidth=5, zorder=1, label="95 % of nulls")
    return ends.to_numpy().ravel().tolist()


def main(inputs, pdf_file: str, png_file: str, *, models, guard_nats, bootstraps, seed):
    experiments = load_experiments(inputs.experiments, inputs.schema).values()
    conduct = [each for each in experiments if each.kind == CONDUCT and each.emotions]
    emotions = dict.fromkeys(emotion for experiment in conduct for emotion in experiment.emotions)
    styles = dict(zip(emotions, cycle(figures.SERIES), strict=False))
    size = len(models), len(conduct), figures.TEXT_WIDTH, 1.45 * len(models) + 0.75
    figure, grid = figures.panels(*size, sharex=True, sharey="row")
    changes, items, costs = (together(files, models) for files in (inputs.steered, inputs.by_item, inputs.coherence))
    changes = changes.merge(items.rename(columns={"emotion": "direction"}), how="left").merge(costs, how="left")
    for row, model in zip(grid, models, strict=True):
        reach = []
        for axes, experiment in zip(row, conduct, strict=True):
            here = changes[(changes["model"] == model) & (changes["experiment"] == experiment.name)]
            reach += draw_null(axes, here)
            for emotion in experiment.emotions:
                own = here[here["direction"] == emotion]
                curve = curve_of(own, guard_nats, bootstraps, seed)
                reach += draw(axes, curve, own["slope_nats"].mean(), emotion, styles[emotion])
            axes.set_xlabel("strength / residual norm" if model == models[-1] else "")
        row[0].set_ylim(1.1 * min(reach), 1.1 * max(reach))
        row[0].set_ylabel(f"{figures.wrapped(model, 18)}\nchange of log-odds, nats")
    for axes, experiment, letter in zip(grid[0], conduct, figures.letters(len(conduct)), strict=True):
        figures.name_panel(axes, experiment.name.replace("_", " "), letter, characters=80 // len(conduct))
    grid[-1, -1].plot([], [], color=figures.DARK, linewidth=0.6, linestyle=":", label="gradient slope")
    grid[-1, -1].plot([], [], color=figures.DARK, marker="o", **OUTSIDE, label="outside the coherent range")
    figures.shared_legend(figure, grid.ravel(), 6)
    figures.save(figure, pdf_file, png_file, title="Change of log-odds against strength")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models,
            guard_nats=snakemake.params.guard_nats, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
