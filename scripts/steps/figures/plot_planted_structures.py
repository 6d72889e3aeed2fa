"""Figure: planted arrangements and circuits that the rules find, by size, and what they pass with the sides of replies exchanged."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.claims.judging import REPLICATED
from emotion_vectors.controls import shares
from emotion_vectors.controls.sown import NAMED, OPPOSITE, PLANT, SHAM
from emotion_vectors.figures import panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli.acts.table import GRADED, READING, SLOPE, SPREAD

PANELS = {
    "Circumplex (A06b, A07b)": ("A06b", "A07b"),
    "Families, opposites (A09b)": ("A09b",),
    "Three heads (W05b)": ("W05b",),
    "Three neurons (W04b)": ("W04b",),
}
"""What was planted, and the claims whose rules are to find it."""
EXCHANGED = "Sides of replies exchanged"
MEASURES = {SLOPE: "slope", GRADED: "graded", READING: "reading", SPREAD: "spread"}
"""How parts about acts are measured, in the words of the figure."""
BESIDE = (OPPOSITE, SHAM)
"""What must not be found, left of the sizes."""
APART = 0.16
"""Between the marks of two models at one size."""
MOST_FALSE, LEAST_FOUND = 0.05, 0.95
"""Share of shams and opposites that may be found, and of plants of the largest size that must be."""


def draw(axes: Axes, planted: pd.DataFrame, models: list[str], sizes: list[float]) -> None:
    """Shares of every model over the size of the plant, with exact 95 % intervals; shams and opposites stand left of them.

    Args:
        planted: with the column model.
    """
    axes.axvspan(-0.5, len(BESIDE) - 0.5, color=style.GREY, alpha=0.25, linewidth=0, zorder=0.2)
    for number, (model, (colour, marker)) in enumerate(zip(models, style.SERIES, strict=False)):
        rows = shares.shares_by_kind(planted[planted["model"] == model])
        of_plants = rows["kind"] == PLANT
        ticks = rows["kind"].map({kind: tick for tick, kind in enumerate(BESIDE)})
        ticks = ticks.fillna(rows["size"].map({size: len(BESIDE) + tick for tick, size in enumerate(sizes)}))
        at = ticks + (number - (len(models) - 1) / 2) * APART
        axes.vlines(at, rows["low"], rows["high"], color=colour, linewidth=1.2)
        of_rows, marks = rows["share_or_missing"], {"color": colour, "marker": marker, "markersize": 4}
        axes.plot(at[of_plants], of_rows[of_plants], label=model, **marks)
        axes.plot(at[~of_plants], of_rows[~of_plants], linestyle="", **marks)
    for share, label in ((MOST_FALSE, "at most, on grey"), (LEAST_FOUND, "at least, of the largest plants")):
        line = style.DOTTED if share == MOST_FALSE else style.DASHED
        axes.axhline(share, color=style.DARK, linewidth=0.7, linestyle=line, zorder=0.5, label=label)
    axes.set_xticks(range(len(BESIDE) + len(sizes)), [*BESIDE, *(f"{size:g}" for size in sizes)])
    axes.set(xlim=(-0.5, len(BESIDE) + len(sizes) - 0.5), ylim=(-0.03, 1.03))


def draw_exchanged(axes: Axes, verdicts: pd.DataFrame, models: list[str]) -> None:
    """Share replicated by measure, with exact 95 % intervals.

    Args:
        verdicts: with the column model.
    """
    measures = [measure for measure in MEASURES if measure in set(verdicts["measure"])]
    for number, (model, (colour, marker)) in enumerate(zip(models, style.SERIES, strict=False)):
        of_model = verdicts[verdicts["model"] == model]
        passed = (of_model["verdict"] == REPLICATED).groupby(of_model["measure"])
        rows = pd.DataFrame([shares.share(passed.get_group(measure).tolist()) for measure in measures])
        at = rows.index + (number - (len(models) - 1) / 2) * APART
        axes.vlines(at, rows["low"], rows["high"], color=colour, linewidth=1.2)
        axes.plot(at, rows["share"], color=colour, marker=marker, markersize=4, linestyle="")
    axes.axvspan(-0.5, len(measures) - 0.5, color=style.GREY, alpha=0.25, linewidth=0, zorder=0.2)
    axes.axhline(MOST_FALSE, color=style.DARK, linewidth=0.7, linestyle=style.DOTTED, zorder=0.5)
    axes.set_xticks(range(len(measures)), [MEASURES[measure] for measure in measures])
    axes.set(xlim=(-0.5, len(measures) - 0.5), ylim=(-0.03, 1.03), ylabel="share replicated")


def main(
    structures: list[Path],
    writers: list[Path],
    exchanged: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    planted = pd.concat([study.joined(structures), study.joined(writers)])
    sizes = sorted(planted.loc[planted["kind"] == PLANT, "size"].unique())
    figure, cells = panels.a_panel_each([*PANELS, EXCHANGED], 3, style.TEXT_WIDTH, 1.9, 0.5)
    for axes, claims in zip(cells, PANELS.values(), strict=False):
        draw(axes, planted[planted["claim"].isin(claims) & (planted["part"] != NAMED)], study.models, sizes)
        axes.set(xlabel="size of the plant, multiples of scatter", ylabel="share found")
    draw_exchanged(cells[-1], study.joined(exchanged), study.models)
    style.shared_legend(figure, cells[:1], len(study.models) + 2)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
