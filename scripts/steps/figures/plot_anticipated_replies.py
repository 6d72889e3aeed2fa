"""Figure: readings at the user's end, before the reply and over it, and arousal across speakers (A11, A12, A15)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm

from emotion_vectors.artefacts import step
from emotion_vectors.figures import panels, saving, style
from emotion_vectors.figures.study import Study, evidence_of

REACH = 3.0
"""Standard deviations that are shown on either side."""
ENDS = np.array([-REACH, REACH])
COUNTS = LinearSegmentedColormap.from_list("counts", ["#DCE9F3", style.BLUE])
PANELS = {
    "user token and reply token": (("end of the user's turn", "before the reply"), ("A11", "user and reply token")),
    "user token and reply": (("end of the user's turn", "over the reply"), ("A12", "reply minus user token")),
    "reply token and reply": (("before the reply", "over the reply"), ("A12", "reply token")),
    "arousal across speakers": (("arousal of the user", "agitated reply"), ("A15", "arousal across speakers")),
}
"""Axes of each panel, and the part of a claim that it serves."""


def fan(axes: Axes, low: float, high: float, **look: object) -> None:
    """Lines through the middle with any slope between two."""
    axes.fill_between(ENDS, ENDS * low, ENDS * high, linewidth=0, **look)


def draw(axes: Axes, points: pd.DataFrame, line: pd.Series) -> None:
    """Readings against each other as counts, the line of their correlation over its interval and its null."""
    fan(axes, line["null_low"], line["null_high"], color=style.GREY, alpha=0.7, zorder=1, label="null, 95 %")
    # A narrow null, as that of one reading twice, would be hidden by the readings.
    for slope in (line["null_low"], line["null_high"]):
        axes.plot(ENDS, ENDS * slope, color=style.DARK, linewidth=0.5, zorder=2.5)
    axes.scatter(
        points["x"],
        points["y"],
        c=points["count"],
        cmap=COUNTS,
        norm=LogNorm(1, None),
        marker="s",
        s=11,
        linewidth=0,
        zorder=2,
    )
    interval = {"alpha": 0.35, "zorder": 3, "label": "95 % over situations or prompts"}
    fan(axes, line["low"], line["high"], color=style.VERMILION, **interval)
    axes.plot(ENDS, ENDS * line["r"], color=style.VERMILION, zorder=4, label="correlation")
    if not np.isnan(line["shuffled_or_missing"]):
        look = {"color": "black", "linestyle": style.DOTTED, "linewidth": 1.1, "zorder": 5}
        axes.plot(ENDS, ENDS * line["shuffled_or_missing"], label="label-shuffled vectors", **look)
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal", xticks=[-2, 0, 2], yticks=[-2, 0, 2])


def in_words(line: pd.Series, judged: pd.Series) -> str:
    """The correlation that is drawn, and what is judged of it where that is another number."""
    drawn, instead = line[["r", "low", "high"]], judged[["estimate", "low", "high"]]
    r, other = ("{} [{}, {}]".format(*map(style.decimal, numbers)) for numbers in (drawn, instead))
    name = "corrected" if judged["reference"] else "difference"
    return f"r = {r}\n" + ("" if np.isclose(judged["estimate"], line["r"]) else f"{name}\n{other}")


def main(
    points: list[Path],
    lines: list[Path],
    evidence: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    tables = (study.tables(points), study.tables(lines), study.tables(evidence))
    figure, grid = style.bare_panels(len(study.models), len(PANELS), style.TEXT_WIDTH, 2.15 * len(study.models) + 0.35)
    letters = iter(style.letters(grid.size))
    for row, model in zip(grid, study.models, strict=True):
        counted, drawn, judged = (of_model[model] for of_model in tables)
        rows, parts = drawn.set_index("panel"), evidence_of(judged)
        for axes, (panel, ((across, up), part)) in zip(row, PANELS.items(), strict=True):
            line = rows.loc[panel]
            draw(axes, counted[counted["panel"] == panel], line)
            style.name_panel(axes, "", next(letters))
            title = f"{part[0]}, n = {line['n']:.0f}\n{in_words(line, parts.loc[part])}"
            axes.set(xlabel=across, ylabel=up, title=title)
    panels.label_rows(grid, [f"{style.wrapped(model, 30)}\n{grid[0, 0].get_ylabel()}" for model in study.models])
    style.shared_legend(figure, grid.ravel(), 4)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
