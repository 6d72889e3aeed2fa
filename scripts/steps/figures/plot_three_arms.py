"""Figure: how often a reply voices the emotion aimed at, in every arm, overall and by emotion (W02, W03, W08, O04)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.expression import arm_names
from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.figures import saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.replies.transcripts import UNSTEERED

LOOKS = {
    arm_names.PROMPTING: (style.GREEN, "", "prompting"),
    arm_names.STEERING: (style.BLUE, "", "steering, instruction directions"),
    arm_names.CIRCUIT: (style.VERMILION, "", "circuit"),
    arm_names.CIRCUIT_LAST: (style.ORANGE, "", "circuit, heads at the last position"),
    arm_names.STORIES: (style.SKY, "", "steering, story vectors"),
    arm_names.RANDOM: (style.GREY, "////", "steering, random directions"),
    UNSTEERED.kind: ("white", "", "unsteered"),
}
"""Colour, hatching and name of every arm, in the order in which they are drawn."""
ROOM, HIGHEST = 0.84, 1.0
"""Name of the row over all emotions; part of a group that its bars fill; upper end of the axis."""


def rates_of(table: pd.DataFrame) -> pd.DataFrame:
    """Rates over all valences by arm and emotion, circuits at the strength of the original."""
    full = (table["arm"] != arm_names.CIRCUIT) | (table["dose"] == arm_names.FULL)
    return table[full & (table["valence"] == ALL)].set_index(["arm", "emotion"])[["target_rate", "low", "high", "n"]]


def groups_of(rates: pd.DataFrame) -> list[str]:
    """Groups of bars: all emotions together, then each in the order of the table."""
    emotions = rates.index.get_level_values("emotion").unique()
    return [ALL, *(emotion for emotion in emotions if emotion != ALL)]


def measured_arms(rates: pd.DataFrame) -> list[str]:
    """Arms with replies, in the order in which they are drawn."""
    return [arm for arm in LOOKS if arm in rates.index.get_level_values("arm")]


def draw(axes: Axes, rates: pd.DataFrame, groups: list[str], gate: float) -> None:
    """One model: bars with intervals for the arms that were measured, chance and the gate as lines."""
    measured = measured_arms(rates)
    width = ROOM / len(measured)
    for index, arm in enumerate(measured):
        colour, hatch, label = LOOKS[arm]
        at = np.arange(len(groups)) + (index - (len(measured) - 1) / 2) * width
        bars = rates.reindex([(arm, group) for group in groups])
        looks = {"color": colour, "hatch": hatch, "edgecolor": style.DARK, "linewidth": 0.4}
        axes.bar(at, bars["target_rate"], width, label=label, zorder=2, **looks)
        axes.vlines(at, bars["low"], bars["high"], color="black", linewidth=0.7, zorder=3)
    axes.axhline(1 / (len(groups) - 1), color="black", linewidth=0.8, linestyle=":", zorder=2.5, label="chance")
    axes.axhline(
        gate,
        color="black",
        linewidth=0.8,
        linestyle=style.DASHED,
        zorder=2.5,
        label="gate: prompting must reach this overall",
    )
    axes.axvline(0.5, color=style.GREY, linewidth=1.5, zorder=1)
    axes.set_xticks(range(len(groups)), ["all six" if group == ALL else group for group in groups])
    axes.tick_params(axis="x", length=0)
    axes.set(xlim=(-0.5, len(groups) - 0.5), ylim=(0, HIGHEST), ylabel="share of replies that\nvoice the emotion")


def main(expression: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(expression)
    figure, grid = style.bare_panels(len(tables), 1, style.TEXT_WIDTH, 1.75 * len(tables) + 0.75)
    for axes, (model, table), letter in zip(grid[:, 0], tables.items(), style.letters(len(tables)), strict=True):
        rates = rates_of(table)
        draw(axes, rates, groups_of(rates), study.expression_gate)
        counts = rates.drop(ALL, level="emotion")["n"]
        replies = f"{counts.min():,}" if counts.min() == counts.max() else f"{counts.min():,} to {counts.max():,}"
        closed = "" if arm_names.STEERING in measured_arms(rates) else "; below the gate, so other arms were not run"
        style.name_panel(axes, f"{model} ({replies} replies for each emotion and arm{closed})", letter, characters=100)
    style.shared_legend(figure, grid.ravel(), 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
