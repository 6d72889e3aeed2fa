"""Figure: slopes of conduct along the emotions that each experiment names, by depth (A19, A20, A22, A23, A25-A29)."""

from itertools import cycle

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli.experiments import CONDUCT, load_experiments


def draw(axes, slopes: pd.DataFrame, styles: dict[str, tuple[str, str]], main: int) -> None:
    """One experiment in one model: slopes by depth over the nulls of both kinds, a mark on the main layer.

    Args:
        slopes: by depth and emotion, nulls as further columns.
    """
    null = slopes.drop_duplicates("depth").sort_values("depth")
    shuffled, gaussian = null["null_95_label_shuffled"], null["null_95_gaussian"]
    axes.fill_between(null["depth"], -shuffled, shuffled, color=style.GREY, alpha=0.6, linewidth=0, zorder=1,
                      label="label-shuffled null, to its 95th percentile")  # fmt: skip
    for sign, label in ((-1, None), (1, "Gaussian null, likewise")):
        axes.plot(
            null["depth"], sign * gaussian, color=style.DARK, linewidth=0.7, linestyle=":", zorder=1.5, label=label
        )
    axes.axhline(0, color=style.DARK, linewidth=0.5, zorder=1.5)
    for emotion, (colour, marker) in styles.items():
        curve = slopes[slopes["emotion"] == emotion].sort_values("depth")
        axes.plot(curve["depth"], curve["slope_nats"], color=colour, marker=marker, markevery=[main], markersize=4,
                  linewidth=1.0, label=emotion, zorder=3)  # fmt: skip


def main(inputs, pdf_file: str, png_file: str, *, models, depth):
    tables = style.read_tables(inputs.by_depth, models)
    experiments = load_experiments(inputs.experiments, inputs.schema).values()
    conduct = [each for each in experiments if each.kind == CONDUCT and each.emotions]
    emotions = dict.fromkeys(emotion for experiment in conduct for emotion in experiment.emotions)
    styles = dict(zip(emotions, cycle(style.SERIES), strict=False))
    figure, grid = style.panels(
        len(models), len(conduct), style.TEXT_WIDTH, 1.4 * len(models) + 0.75, sharex=True, sharey="row"
    )
    for row, (model, table) in zip(grid, tables.items(), strict=True):
        layers = table["layer"].nunique()
        table = table.assign(depth=style.depths(table["layer"], layers))
        for axes, experiment in zip(row, conduct, strict=True):
            chosen = {emotion: styles[emotion] for emotion in experiment.emotions}
            draw(axes, table[table["experiment"] == experiment.name], chosen, main_layer(layers, depth))
            main_depth = (main_layer(layers, depth) + 1) / layers
            style.depth_axis(axes, main_depth, label=model == models[-1])
        row[0].set_ylabel(f"{style.wrapped(model, 18)}\nslope, nats at strength 0.1")
    for axes, experiment, letter in zip(grid[0], conduct, style.letters(len(conduct)), strict=True):
        style.name_panel(axes, experiment.name.replace("_", " "), letter, characters=80 // len(conduct))
    style.shared_legend(figure, grid.ravel(), 6)
    style.save(figure, pdf_file, png_file, title="Slopes of conduct by depth")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models,
            depth=snakemake.params.depth,
        )  # fmt: skip
