"""Figure: how well held-out prompts show their emotion, by depth: accuracy and silhouette (W01)."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.circuits.directions import DEEP
from emotion_vectors.figures import panels, style
from emotion_vectors.models.sublayers import ATTENTION, MLP
from emotion_vectors.stimuli.events import EMOTIONS

LABELS = {"accuracy": "six-way accuracy", "silhouette": "silhouette"}
STYLES = {
    MLP: (style.BLUE, "o", "after the MLP"),
    ATTENTION: (style.ORANGE, "s", "after the attention sublayer"),
}


def draw(axes, table: pd.DataFrame, floor: float) -> None:
    """One measure in one model: both points by depth, over the null that reaches further."""
    null = table.groupby("depth")["null_95"].max()
    axes.fill_between(null.index, floor, null, color=style.GREY, alpha=0.75, linewidth=0, zorder=1.2,
                      label="label-shuffled null, to its 95th percentile")  # fmt: skip
    for point, (colour, marker, label) in STYLES.items():
        here = table[table["point"] == point].sort_values("depth")
        style.curve(axes, here, "value", colour=colour, label=label, marker=marker)


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.accuracy, models)
    figure, grid = panels.panels(models, [1.5, 1.5], style.TEXT_WIDTH, 0.75, sharex=True, sharey="row")
    for row, measure in zip(grid, LABELS, strict=True):
        chosen = [table[table["measure"] == measure] for table in tables.values()]
        floor = min(0.0, *(1.1 * table[["low", "null_95"]].min().min() for table in chosen))
        for axes, table in zip(row, chosen, strict=True):
            draw(axes, table, floor)
            panels.depth_axis(axes, DEEP, f"{DEEP:.0%} of depth".replace("%", " %"), label=measure == list(LABELS)[-1])
        row[0].set_ylim(bottom=floor)
    panels.label_rows(grid, list(LABELS.values()))
    for axes in grid[0]:
        axes.axhline(1 / len(EMOTIONS), color="black", linewidth=0.8, linestyle=":", label="chance", zorder=2)
    style.shared_legend(figure, grid.ravel(), 5)
    style.save(figure, pdf_file, png_file, title="Held-out accuracy and silhouette by depth")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
