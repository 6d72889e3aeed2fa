"""Figure: readings while the number in a message grows, for each template and model, main layer (A04)."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.figures import style

COLOURS = {"afraid": style.PURPLE, "calm": style.GREEN, "happy": style.ORANGE, "sad": style.BLUE}
PREDICTED = {1: "-", -1: (0, (2.5, 1.2)), 0: ":"}
"""Line style by the registered sign."""


def draw(axes, readings: pd.DataFrame, cells: pd.DataFrame) -> None:
    """Curves of one template; the numbers stand in order, at equal distances, since ranks are what is correlated."""
    magnitudes = sorted(readings["magnitude"].unique())
    signs = cells.set_index("emotion")["sign"]
    for emotion, curve in readings.groupby("emotion"):
        values = curve.set_index("magnitude")["projection_sd"].loc[magnitudes]
        axes.plot(
            range(len(magnitudes)), values, color=COLOURS[emotion], linestyle=PREDICTED[signs[emotion]], linewidth=1.1
        )
    axes.axhline(0, color=style.GREY, linewidth=0.5, zorder=0)
    ticks = [0, len(magnitudes) // 2, len(magnitudes) - 1]
    axes.set_xticks(ticks, [f"{magnitudes[tick]:g}" for tick in ticks])
    registered = cells[cells["sign"] != 0]
    axes.set_title(f"mean signed ρ {registered['signed_rho'].mean():+.2f}", fontsize=style.SMALL)


def key(figure) -> None:
    """Legend of emotions and of predicted directions, below the panels."""
    from matplotlib.lines import Line2D

    emotions = [Line2D([], [], color=colour, label=name) for name, colour in COLOURS.items()]
    signs = {1: "predicted to rise", -1: "predicted to fall"}
    directions = [
        Line2D([], [], color=style.DARK, linestyle=PREDICTED[sign], label=text) for sign, text in signs.items()
    ]
    figure.legend(
        handles=emotions + directions, loc="outside lower center", ncols=6, columnspacing=1.4, handlelength=2.2
    )


def main(inputs, pdf_file: str, png_file: str, *, models):
    readings = style.read_tables(inputs.readings, models)
    correlations = style.read_tables(inputs.correlations, models)
    layers = [files.provenance_of(file)["layer"] for file in inputs.readings]
    templates = readings[models[0]].drop_duplicates("template").set_index("template")["unit"]
    figure, grid = style.panels(len(models), len(templates), style.TEXT_WIDTH, 1.3 * len(models) + 0.75, sharey=True)
    for row, model, layer in zip(grid, models, layers, strict=True):
        table, cells = readings[model], correlations[model][correlations[model]["layer"] == layer]
        for axes, (template, unit) in zip(row, templates.items(), strict=True):
            draw(axes, table[table["template"] == template], cells[cells["template"] == template])
            axes.set_xlabel(unit if row is grid[-1] or model == models[-1] else "")
        row[0].set_ylabel(f"{style.wrapped(model, 16)}\nreading (s.d.)")
    for axes, template in zip(grid[0], templates.index, strict=True):
        name = style.wrapped(template.replace("_", " "), 14)
        axes.annotate(
            name, (0.5, 1), xytext=(0, 13), xycoords="axes fraction", textcoords="offset points", ha="center", va="bottom",
            fontsize=style.TITLE,
        )  # fmt: skip
    key(figure)
    style.save(figure, pdf_file, png_file, title="Readings against the number in a message")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
