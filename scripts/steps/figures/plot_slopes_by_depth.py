"""Figure: slopes of conduct along the emotions that one experiment names, by depth (A19, A20, A22, A23, A25-A29)."""

from itertools import cycle
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, marks, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments


def draw(axes: Axes, slopes: pd.DataFrame, styles: dict[str, tuple[str, str]], main: int) -> dict[str, float]:
    """One experiment in one model: slopes by depth over the nulls of both kinds, a mark on the main layer.

    Args:
        slopes: by depth and emotion, nulls as further columns.
    Returns:
        Slope of every emotion after the last block.
    """
    null = slopes.drop_duplicates("depth").sort_values("depth")
    shuffled, gaussian = null["null_95_label_shuffled"], null["null_95_gaussian"]
    axes.fill_between(
        null["depth"], -shuffled, shuffled, color=style.GREY, alpha=0.6, linewidth=0, zorder=1, label=marks.SHUFFLED
    )
    for sign, label in ((-1, None), (1, "Gaussian null, likewise")):
        axes.plot(
            null["depth"], sign * gaussian, color=style.DARK, linewidth=0.7, linestyle=":", zorder=1.5, label=label
        )
    marks.zero(axes)
    ends = {}
    for emotion, (colour, marker) in styles.items():
        curve = slopes[slopes["emotion"] == emotion].sort_values("depth")
        axes.plot(
            curve["depth"],
            curve["slope_nats"],
            color=colour,
            marker=marker,
            markevery=[main],
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.4,
            linewidth=1.0,
            zorder=3,
        )
        ends[emotion] = float(curve["slope_nats"].iloc[-1])
    return ends


def main(
    by_depth: list[Path], experiments: Path, schema: Path, pdf: Path, png: Path, *, study: Study, text: saving.Text
) -> None:
    conduct = [one for one in load_experiments(experiments, schema).values() if one.kind == CONDUCT and one.emotions]
    emotions = dict.fromkeys(emotion for experiment in conduct for emotion in experiment.emotions)
    styles = dict(zip(emotions, cycle(style.SERIES), strict=False))
    figure, grid = style.bare_panels(
        len(study.models), len(conduct), style.TEXT_WIDTH, 1.5 * len(study.models) + 0.5, sharex=True, sharey="row"
    )
    figure.get_layout_engine().set(wspace=0.22, rect=(0, 0, 0.93, 1))
    named = {}
    for row, (model, table) in zip(grid, study.tables(by_depth).items(), strict=True):
        layers = table["layer"].nunique()
        table = table.assign(depth=style.depths(table["layer"], layers))
        main_index = main_layer(layers, study.main_depth)
        for axes, experiment in zip(row, conduct, strict=True):
            chosen = {emotion: styles[emotion] for emotion in experiment.emotions}
            named[axes] = draw(axes, table[table["experiment"] == experiment.name], chosen, main_index)
            marks.depth_axis(axes, style.depths(main_index, layers), label=model == study.models[-1])
        row[0].set_ylabel(f"{style.wrapped(model, 18)}\nslope, nats per token\nat strength 0.1")
    for axes, experiment, letter in zip(grid[0], conduct, style.letters(len(conduct)), strict=True):
        style.name_panel(axes, style.spaced(experiment.name), letter, characters=80 // len(conduct))
    style.shared_legend(figure, grid.ravel(), 3)
    labels.freeze_layout(figure)
    for axes, ends in named.items():
        labels.label_ends(axes, ends, {emotion: styles[emotion][0] for emotion in ends})
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
