"""Figure: how often a reply voices the emotion aimed at, in every arm, overall and by emotion (W02, W03, W08, O04)."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.expression import arms
from emotion_vectors.figures import style
from emotion_vectors.replies.transcripts import UNSTEERED

ARMS = {
    arms.PROMPTING: (style.GREEN, "", "prompting"),
    arms.STEERING: (style.BLUE, "", "steering, instruction directions"),
    arms.CIRCUIT: (style.VERMILION, "", "circuit"),
    arms.CIRCUIT_LAST: (style.ORANGE, "", "circuit, heads at the last position"),
    arms.STORIES: (style.SKY, "", "steering, story vectors"),
    arms.RANDOM: (style.GREY, "////", "steering, random directions"),
    UNSTEERED.kind: ("white", "", "unsteered"),
}
"""Colour, hatching and name of every arm, in the order in which they are drawn."""
ALL, ROOM, HIGHEST = "all", 0.86, 1.18
"""Name of the row over all emotions; part of a group that its bars fill; upper end of the axis, with room for a note."""


def rates_of(table: pd.DataFrame) -> pd.DataFrame:
    """Rates over all valences by arm and emotion, circuits at the strength of the original."""
    full = (table["arm"] != arms.CIRCUIT) | (table["dose"] == arms.FULL)
    return table[full & (table["valence"] == ALL)].set_index(["arm", "emotion"])[["target_rate", "low", "high"]]


def groups_of(rates: pd.DataFrame) -> list[str]:
    """Groups of bars: all emotions together, then each in the order of the table."""
    emotions = rates.index.get_level_values("emotion").unique()
    return [ALL, *(emotion for emotion in emotions if emotion != ALL)]


def draw(axes, rates: pd.DataFrame, groups: list[str]) -> list[str]:
    """One model: bars with intervals for the arms that were measured, chance as a line.

    Returns:
        Names of the arms without replies.
    """
    wide, missing = ROOM / len(ARMS), []
    for place, (arm, (colour, hatch, label)) in enumerate(ARMS.items()):
        at = np.arange(len(groups)) + (place - (len(ARMS) - 1) / 2) * wide
        here = rates.reindex([(arm, group) for group in groups])
        axes.bar(
            at,
            here["target_rate"],
            wide,
            color=colour,
            hatch=hatch,
            edgecolor=style.DARK,
            linewidth=0.4,
            label=label,
            zorder=2,
        )
        axes.vlines(at, here["low"], here["high"], color="black", linewidth=0.7, zorder=3)
        missing += [arm.replace("_", " ")] if here["target_rate"].isna().all() else []
    axes.axhline(1 / (len(groups) - 1), color="black", linewidth=0.8, linestyle=":", zorder=2.5, label="chance")
    axes.axvline(0.5, color=style.GREY, linewidth=1.5, zorder=1)
    axes.set_xticks(range(len(groups)), ["all six" if group == ALL else group for group in groups])
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, len(groups) - 0.5)
    axes.set_ylim(0, HIGHEST)
    axes.set_yticks(np.linspace(0, 1, 6))
    return missing


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.expression, models)
    figure, grid = style.panels(len(models), 1, style.TEXT_WIDTH, 1.75 * len(models) + 0.65, sharey=True)
    for axes, (model, table), letter in zip(grid[:, 0], tables.items(), style.letters(len(models)), strict=True):
        rates = rates_of(table)
        missing = draw(axes, rates, groups_of(rates))
        if missing:
            note = f"gate of expression closed, no replies for: {', '.join(missing)}"
            axes.annotate(note, (0.5, 0.97), xycoords="axes fraction", ha="center", va="top", fontweight="bold")
        axes.set_ylabel("share of replies that\nvoice the emotion")
        style.name_panel(axes, model, letter)
    style.shared_legend(figure, grid.ravel(), 4)
    style.save(figure, pdf_file, png_file, title="Replies that voice the emotion aimed at, by arm")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
