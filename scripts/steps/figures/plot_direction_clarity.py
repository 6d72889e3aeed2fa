"""Figure: how well held-out prompts show their emotion, by depth: accuracy and silhouette (W01)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.circuits.depths import DEEP
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.models.points import ATTENTION, MLP
from emotion_vectors.stimuli.events import EMOTIONS

LABELS = {"accuracy": "six-way accuracy", "silhouette": "silhouette"}
LOOKS = {
    MLP: (style.BLUE, "o", "after the MLP"),
    ATTENTION: (style.ORANGE, "s", "after the attention sublayer"),
}


def draw(axes: Axes, table: pd.DataFrame, floor: float) -> None:
    """One measure in one model: both points by depth, over the null that reaches further."""
    null = table.groupby("depth")["null_95"].max()
    axes.fill_between(
        null.index,
        floor,
        null,
        color=style.GREY,
        alpha=0.75,
        linewidth=0,
        zorder=1.2,
        label=marks.SHUFFLED,
    )
    for point, (colour, marker, label) in LOOKS.items():
        of_point = table[table["point"] == point].sort_values("depth")
        marks.curve(axes, of_point, "value", colour=colour, label=label, marker=marker)


def main(accuracy: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(accuracy)
    figure, grid = panels.panels(study.models, [1.5, 1.5], style.TEXT_WIDTH, 0.75, sharex=True, sharey="row")
    for row, measure in zip(grid, LABELS, strict=True):
        chosen = [table[table["measure"] == measure] for table in tables.values()]
        floor = min(0.0, *(1.1 * table[["low", "null_95"]].min().min() for table in chosen))
        for axes, table in zip(row, chosen, strict=True):
            draw(axes, table, floor)
            meaning = f"{100 * DEEP:.0f} % of depth, from where the claim holds"
            marks.depth_axis(axes, DEEP, meaning=meaning, label=axes in grid[-1])
        row[0].set_ylim(bottom=floor)
    panels.label_rows(grid, list(LABELS.values()))
    for axes in grid[0]:
        axes.axhline(1 / len(EMOTIONS), color="black", linewidth=0.8, linestyle=":", label="chance", zorder=2)
    for axes in grid[1]:
        marks.zero(axes)
    style.shared_legend(figure, grid.ravel(), 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
