"""Figure: slopes of three behaviours along the directions of one method against those along the vectors of the other (O05)."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, style
from emotion_vectors.statistics.effects import pearson

ACROSS, UP = "story vectors", "instruction directions"


def plane_of(slopes: pd.DataFrame) -> pd.DataFrame:
    """Slopes of one behaviour by emotion, with their intervals: columns (value or end, method)."""
    return slopes.pivot(index="emotion", columns="method", values=["slope_nats", "low", "high"])


def draw(axes, plane: pd.DataFrame, nulls: pd.Series) -> None:
    """One behaviour in one model: crosses of intervals over the nulls of the directions, and the line of equal slopes."""
    shuffled, gaussian = nulls["null_95_label_shuffled"], nulls["null_95_gaussian"]
    axes.axhspan(-shuffled, shuffled, color=style.GREY, alpha=0.6, linewidth=0, zorder=0.5,
                 label="label-shuffled null of the directions, to its 95th percentile")  # fmt: skip
    for sign, label in ((-1, None), (1, "Gaussian null, likewise")):
        axes.axhline(sign * gaussian, color=style.DARK, linewidth=0.7, linestyle=":", zorder=1, label=label)
    for line in (axes.axhline, axes.axvline):
        line(0, color=style.DARK, linewidth=0.5, zorder=0.8)
    x, y = plane["slope_nats"][ACROSS], plane["slope_nats"][UP]
    axes.hlines(y, plane["low"][ACROSS], plane["high"][ACROSS], color=style.BLUE, linewidth=0.6, alpha=0.5, zorder=2)
    axes.vlines(x, plane["low"][UP], plane["high"][UP], color=style.BLUE, linewidth=0.6, alpha=0.5, zorder=2)
    axes.plot(
        x, y, "o", color=style.BLUE, markersize=3, markeredgewidth=0, zorder=3, label="emotion, 95 % over scenarios"
    )
    axes.margins(0.16, 0.08)
    axes.autoscale_view()
    axes.autoscale(False)
    axes.axline(
        (0, 0), slope=1, color=style.ORANGE, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1.2, label="equal slopes"
    )
    axes.locator_params(nbins=5)


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.slopes, models)
    experiments = list(tables[models[0]]["experiment"].unique())
    figure, grid = style.panels(len(models), len(experiments), style.TEXT_WIDTH, 2.05 * len(models) + 0.65)
    planes = []
    for row, (model, table) in zip(grid, tables.items(), strict=True):
        for axes, experiment in zip(row, experiments, strict=True):
            chosen = table[table["experiment"] == experiment]
            planes.append(plane_of(chosen))
            draw(axes, planes[-1], chosen.iloc[0])
            axes.set_xlabel(f"slope along {ACROSS}, nats" if model == models[-1] else "")
        means = pd.concat(planes[-len(experiments) :])["slope_nats"]
        r = f"r of all panels {pearson(means[ACROSS], means[UP]):.2f}".replace("-", "−")
        row[0].set_ylabel(f"{style.wrapped(model, 30)}\n{r}\nslope along {UP}, nats")
    for axes, experiment, letter in zip(grid[0], experiments, style.letters(len(experiments)), strict=True):
        style.name_panel(axes, f"{experiment.replace('_', ' ')}, strength 0.1", letter)
    style.shared_legend(figure, grid.ravel(), 2)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes, plane in zip(grid.ravel(), planes, strict=True):
        x, y = plane["slope_nats"][ACROSS], plane["slope_nats"][UP]
        labels.label_points(axes, x, y, list(plane.index), size=style.SMALL)
    style.save(figure, pdf_file, png_file, title="Slopes of behaviours along the directions of both methods")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
