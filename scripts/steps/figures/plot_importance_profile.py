"""Figure: importance of attention and MLP sublayers by depth, for reference directions from several depths (W07)."""

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.circuits.depths import LATE
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.models.points import ATTENTION, MLP

POINTS = {ATTENTION: "attention sublayers", MLP: "MLP sublayers"}
LABELS = [*(f"{name}\nimportance / largest" for name in POINTS.values()), "depth of reference"]
HEIGHTS, STRIP_GAP = (1.2, 1.2, 1.9), 0.7
"""Heights of the rows in inches; part of a row of peaks over which the emotions spread."""


def looks_of(references: list[str]) -> dict[str, dict[str, Any]]:
    """The late reference in black, the others from dark to light by depth."""
    others = [name for name in references if name != LATE]
    shades = matplotlib.colormaps[style.SEQUENTIAL](np.linspace(0.05, 0.9, len(others)))
    named = {name: {"color": shade} for name, shade in zip(others, shades, strict=True)}
    return named | {LATE: {"color": "black", "linewidth": 1.6, "linestyle": (0, (3, 1))}}


def profiles_of(importance: pd.DataFrame) -> pd.DataFrame:
    """Mean over emotions by reference, point and layer, as a share of the largest value of the reference; depth added."""
    mean = importance.groupby(["reference", "point", "layer"], sort=False)["importance"].mean()
    share = (mean / mean.groupby("reference").transform("max")).rename("share").reset_index()
    return share.assign(depth=style.depths(share["layer"], share["layer"].max() + 1))


def draw_profiles(row: Any, profiles: pd.DataFrame) -> None:
    """Both points of one model, a mark at the peak of each reference, a larger one for the late reference."""
    for name, look in looks_of(list(dict.fromkeys(profiles["reference"]))).items():
        of_reference = profiles[profiles["reference"] == name]
        label = f"{name}, as in the original" if name == LATE else name.replace("-", "–")
        for axes, point in zip(row, POINTS, strict=True):
            curve = of_reference[of_reference["point"] == point].sort_values("layer")
            axes.plot(curve["depth"], curve["share"], label=label, zorder=3, **look)
        peak = of_reference.loc[of_reference["share"].idxmax()]
        size = {"markersize": 7.5, "zorder": 4} if name == LATE else {"markersize": 4.5, "zorder": 5}
        row[list(POINTS).index(peak["point"])].plot(
            peak["depth"], 1, "v", color=look["color"], markeredgewidth=0, clip_on=False, **size
        )
    for axes in row:
        marks.zero(axes)


def draw_peaks(axes: Axes, peaks: pd.DataFrame) -> None:
    """Depth of the peak of every emotion, references as rows from top to bottom."""
    references, emotions = (list(dict.fromkeys(peaks[column])) for column in ("reference", "emotion"))
    offsets = np.linspace(-STRIP_GAP / 2, STRIP_GAP / 2, len(emotions))
    heights = {name: height for height, name in enumerate(references)}
    for emotion, offset, (colour, marker) in zip(emotions, offsets, style.SERIES, strict=False):
        of_emotion = peaks[peaks["emotion"] == emotion]
        at = of_emotion["reference"].map(heights) + offset
        axes.scatter(of_emotion["peak_depth"], at, 9, colour, marker=marker, linewidth=0, label=emotion)
    axes.hlines(np.arange(1, len(heights)) - 0.5, 0, 1.01, color=style.GREY, linewidth=0.4, zorder=1)
    axes.set_yticks(list(heights.values()), [name.replace("-", "–") for name in heights])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(heights) - 0.5, -0.5)


def main(importance: list[Path], peaks: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables, peak_tables = study.tables(importance), study.tables(peaks)
    figure, grid = panels.panels(study.models, HEIGHTS, style.TEXT_WIDTH, 0.75, sharex=True, sharey="row")
    for column, model in zip(grid.T, study.models, strict=True):
        draw_profiles(column[:2], profiles_of(tables[model]))
        draw_peaks(column[2], peak_tables[model])
    panels.legend_beside(grid[0, -1], title="direction from depth")
    panels.legend_beside(grid[2, -1], title="peak of the emotion")
    for axes in grid.ravel():
        marks.depth_axis(axes, 0.5, meaning="half of depth", label=axes in grid[-1])
    panels.label_rows(grid, LABELS)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
