"""Figure: conduct without any steering: what pressing words change, and whether readings go with conduct (S04, A24)."""

from itertools import cycle
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study

PANELS = {
    "S04": ("pressing minus neutral words", "change of log-odds, nats per token"),
    "A24": ("reading against log-odds", "Spearman ρ over variants"),
}
"""Title and horizontal axis of the panel of each claim."""


def rows_of(tables: dict[str, pd.DataFrame], claim: str) -> pd.DataFrame:
    """Evidence on one claim, parts as groups of rows with a row for each model: estimate, low, high, null_95, reference, model."""
    table = pd.concat(tables, names=["model"]).reset_index("model")
    chosen = table[table["claim"] == claim]
    parts = list(dict.fromkeys(chosen["part"]))
    order = chosen["part"].map({part: index for index, part in enumerate(parts)})
    return chosen.iloc[order.argsort(kind="stable")].set_index("part")


def draw(axes: Axes, rows: pd.DataFrame, colours: dict[str, str]) -> None:
    """One claim: a row for each part and model, named by the part once."""
    marks.estimates(axes, rows, colour=[colours[model] for model in rows["model"]])
    repeated = rows.index.duplicated()
    axes.set_yticks(
        range(len(rows)),
        ["" if again else style.wrapped(part, 16) for part, again in zip(rows.index, repeated, strict=True)],
    )
    for index in (index for index, again in enumerate(repeated) if index and not again):
        axes.axhline(index - 0.5, color=style.GREY, linewidth=0.5, zorder=0.5)
    marks.zero(axes, vertical=True)


def main(evidence: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(evidence)
    colours = dict(zip(study.models, cycle(style.MODEL_COLOURS), strict=False))
    figure, grid = style.bare_panels(
        1, len(PANELS), style.TEXT_WIDTH, 0.5 * len(study.models) + 1.3, width_ratios=[1.4, 1]
    )
    for axes, (claim, (title, unit)), letter in zip(grid[0], PANELS.items(), style.letters(len(PANELS)), strict=True):
        draw(axes, rows_of(tables, claim), colours)
        style.name_panel(axes, f"{title} ({claim})", letter, characters=60)
        axes.set_xlabel(unit)
    for axes in grid[0]:
        axes.collections[-1].set_label("")
    for model, colour in colours.items():
        grid[0, 0].plot([], [], "o", color=colour, markersize=4, label=f"{model}, 95 % over scenarios")
    style.shared_legend(figure, grid.ravel(), 2)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
