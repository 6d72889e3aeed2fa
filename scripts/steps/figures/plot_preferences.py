"""Figure: Elo of activities beside readings, and Elo under additions beside that, over emotions (A16-A18)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, marks, saving, style
from emotion_vectors.figures.study import Study

GROUPS = {
    "misaligned or unsafe": (("misaligned", "unsafe"), style.VERMILION, "X"),
    "aversive": (("aversive",), style.ORANGE, "s"),
    "neutral": (("neutral",), style.DARK, "D"),
    "helpful, engaging, social or about itself": (("helpful", "engaging", "social", "self_curiosity"), style.BLUE, "o"),
}
"""What activities are shown as: categories, colour and mark."""
COLOURS = {"blissful": style.GREEN, "hostile": style.PURPLE}
HEIGHT, BELOW = 2.05, 0.85
"""Of a row, and of titles and legend, inches."""


def draw_readings(axes: Axes, activities: pd.DataFrame, row: pd.Series) -> None:
    """One emotion in one model: Elo of every activity against the reading on it, with their correlation above."""
    for name, (categories, colour, marker) in GROUPS.items():
        group = activities[activities["category"].isin(categories)]
        axes.scatter(
            group["reading_norm_fraction"], group["elo"], s=11, color=colour, marker=marker, linewidth=0, label=name
        )
    ends = " to ".join(style.decimal(row[f"{end}_r"]) for end in ("low", "high"))
    axes.annotate(
        f"r = {style.decimal(row['estimate_r'])} ({ends})\nnull to {style.decimal(row['null_95_r'])}",
        (0.02, 0.98),
        xycoords="axes fraction",
        va="top",
        fontsize=style.SMALL,
        bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.5},
    )
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.24 * (high - low))
    axes.xaxis.set_major_locator(MaxNLocator(4))


def draw_emotions(axes: Axes, emotions: pd.DataFrame) -> None:
    """One model: change of Elo under an addition against the correlation of the reading with Elo, named emotions with intervals."""
    wide, high = emotions["null_95_r"].median(), emotions["null_95_elo"].median()
    axes.fill_between(
        [-wide, wide], -high, high, color=style.GREY, alpha=0.6, linewidth=0, zorder=0, label=f"{marks.NULL} (median)"
    )
    marks.zero(axes)
    marks.zero(axes, vertical=True)
    others = emotions[~emotions["emotion"].isin(COLOURS)]
    axes.scatter(
        others["estimate_r"], others["estimate_elo"], s=6, color=style.SKY, linewidth=0, label="other emotions"
    )
    for emotion, row in emotions.set_index("emotion").loc[[*COLOURS]].iterrows():
        colour = COLOURS[str(emotion)]
        axes.hlines(row["estimate_elo"], row["low_r"], row["high_r"], color=colour, linewidth=1.0, zorder=3)
        axes.vlines(row["estimate_r"], row["low_elo"], row["high_elo"], color=colour, linewidth=1.0, zorder=3)
        axes.scatter(row["estimate_r"], row["estimate_elo"], s=14, color=colour, linewidth=0, zorder=4)
    axes.margins(0.12)


def main(
    activities: list[Path],
    emotions: list[Path],
    gates: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    rows = len(study.models)
    figure, grid = style.bare_panels(rows, 3, style.TEXT_WIDTH, HEIGHT * rows + BELOW)
    tables = zip(*(study.tables(files).items() for files in (activities, emotions, gates)), strict=True)
    for row, ((model, of_activities), (_, of_emotions), (_, of_gates)) in zip(grid, tables, strict=True):
        closed = "" if of_gates["passed"].all() else " (gates closed)"
        for axes, emotion in zip(row, COLOURS, strict=False):
            known = of_emotions.set_index("emotion").loc[emotion]
            draw_readings(axes, of_activities[of_activities["emotion"] == emotion], known)
            axes.set_xlabel(f"reading of {emotion}, fraction of norm")
        draw_emotions(row[2], of_emotions)
        row[0].set_ylabel(f"{style.wrapped(model + closed, 24)}\nElo of the activity")
        row[2].set(xlabel="r of reading with Elo", ylabel="change of Elo at strength 0.5")
    titles = ("blissful read on activities", "hostile read on activities", "all emotions")
    for axes, title, letter in zip(grid[0], titles, style.letters(3), strict=True):
        style.name_panel(axes, title, letter)
    style.shared_legend(figure, grid.ravel(), 3)
    labels.freeze_layout(figure)
    for axes, table in zip(grid[:, 2], study.tables(emotions).values(), strict=True):
        named = table.set_index("emotion").loc[[*COLOURS]]
        labels.label_points(axes, named["estimate_r"], named["estimate_elo"], list(named.index))
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
