"""Figure: own replies to fresh events along the vectors of both methods, and in every arm (W02b, W03b, W08b, O04b)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.expression import arm_names
from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study

METHODS = {"instruction directions": (style.BLUE, "o"), "story vectors": (style.SKY, "D")}
ARMS = {
    arm_names.PROMPTING: (style.GREEN, "s"),
    arm_names.STEERING: (style.ORANGE, "o"),
    "steering, layer by layer": (style.PURPLE, "v"),
    arm_names.CIRCUIT: (style.VERMILION, "^"),
}
"""Colour and mark of every method and arm, in the order in which they are drawn."""
NAMES = {
    arm_names.STEERING: "steering in the original's band",
    arm_names.CIRCUIT: "circuit",
    arm_names.PROMPTING: "order in the prompt",
}
ROOM = 0.6


def groups_of(table: pd.DataFrame) -> list[str]:
    """All emotions together, then each in the order of the table."""
    return [ALL, *(emotion for emotion in table["emotion"].unique() if emotion != ALL)]


def draw(axes: Axes, table: pd.DataFrame, column: str, looks: Mapping[str, tuple[str, str]]) -> None:
    """Changes of own replies with their intervals, by emotion, for every method or arm named in a column."""
    groups, cells = groups_of(table), table.set_index([column, "emotion"])
    for number, (name, (colour, mark)) in enumerate(looks.items()):
        at = np.arange(len(groups)) + ((number + 0.5) / len(looks) - 0.5) * ROOM
        rows = cells.loc[name].loc[groups]
        axes.vlines(at, rows["low"], rows["high"], color=colour, linewidth=1.3, zorder=2)
        label = NAMES.get(name, name)
        axes.plot(at, rows["change_nats"], mark, color=colour, markersize=4, markeredgewidth=0, label=label, zorder=3)
    marks.zero(axes)
    axes.axvline(0.5, color=style.GREY, linewidth=1.5, zorder=1)
    axes.set_xticks(range(len(groups)), ["all six" if group == ALL else group for group in groups], rotation=35)
    axes.tick_params(axis="x", length=0, pad=1)
    axes.set_xlim(-0.5, len(groups) - 0.5)


def draw_nulls(axes: Axes, table: pd.DataFrame) -> None:
    """How far slopes along null directions reach to both sides, for each emotion and for all six."""
    nulls = table[table["method"].isin(METHODS)].drop_duplicates("emotion").set_index("emotion").loc[groups_of(table)]
    at, reach = np.arange(len(nulls)), nulls["shuffled_95_or_missing"]
    axes.bar(at, 2 * reach, 0.9, -reach, color=style.GREY, alpha=0.75, linewidth=0, zorder=0.5, label=marks.SHUFFLED)
    for sign, label in ((-1, None), (1, "Gaussian null, likewise")):
        ends = sign * nulls["null_95_or_missing"]
        axes.hlines(ends, at - 0.45, at + 0.45, color=style.DARK, linewidth=0.9, linestyle=":", zorder=1, label=label)


def main(slopes: list[Path], changes: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    along, driven = study.tables(slopes), study.tables(changes)
    figure, grid = style.bare_panels(len(along), 2, style.TEXT_WIDTH, 2.0 * len(along) + 0.8)
    letters = iter(style.letters(2 * len(along)))
    for (left, right), (model, table) in zip(grid, along.items(), strict=True):
        draw_nulls(left, table)
        draw(left, table, "method", METHODS)
        draw(right, driven[model], "arm", ARMS)
        left.set_ylabel("log-odds of own replies,\nnats per reply at strength 0.1")
        right.set_ylabel("change of the log-odds,\nnats per reply")
        events = f"{table['n'].iloc[0]} events"
        style.name_panel(left, f"{model}, slopes ({events})", next(letters), characters=48)
        style.name_panel(right, f"{model}, arms ({events})", next(letters), characters=48)
    style.shared_legend(figure, grid.ravel(), 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
