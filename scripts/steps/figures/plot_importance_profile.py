"""Figure: importance of attention and MLP sublayers by depth, for reference directions from several depths (W07)."""

import json
from typing import NamedTuple

import matplotlib
import numpy as np
import pandas as pd
from safetensors import safe_open

from emotion_vectors.artefacts import step
from emotion_vectors.circuits.importance import LATE
from emotion_vectors.figures import panels, style

CURVES = [f"{point} sublayers\nimportance / largest" for point in ("attention", "MLP")]
LABELS = [*CURVES, "depth of reference,\npeak of each emotion"]
LIMITS, HEIGHTS, STRIP_GAP = (-0.5, 1.08), (1.15, 1.15, 1.75), 0.7
"""Ends of the curves; heights of the rows in inches; part of a row of peaks over which the emotions spread."""


class Profile(NamedTuple):
    """Importance in one model, `values` [reference, emotion, point, layer]; attention is the first point."""

    references: list[str]
    emotions: list[str]
    values: np.ndarray


def read(file: str) -> Profile:
    with safe_open(file, framework="np") as stored:
        names = (json.loads(stored.metadata()[name]) for name in ("references", "emotions"))
        return Profile(*names, stored.get_tensor("by_reference"))


def styles_of(references: list[str]) -> dict[str, dict]:
    """The late reference in black, the others from dark to light by depth."""
    others = [name for name in references if name != LATE]
    shades = matplotlib.colormaps[style.SEQUENTIAL](np.linspace(0.05, 0.9, len(others)))
    named = {name: {"color": shade} for name, shade in zip(others, shades, strict=True)}
    return named | {LATE: {"color": "black", "linewidth": 1.6, "linestyle": (0, (3, 1))}}


def draw_curves(row, profile: Profile) -> None:
    """Both points of one model, mean over emotions, a mark at the peak of each reference, a larger one for the late reference."""
    styles, layers = styles_of(profile.references), profile.values.shape[-1]
    at = style.depths(np.arange(layers), layers)
    for name, mean in zip(profile.references, profile.values.mean(1), strict=True):
        curve = mean / mean.max()
        peak = np.unravel_index(curve.argmax(), curve.shape)
        for place, axes in enumerate(row):
            label = f"{name} reference" if name == LATE else f"reference from depth {name.replace('-', '–')}"
            axes.plot(at, curve[place], label=label, zorder=3, **styles[name])
        mark = {"markersize": 7.5, "zorder": 4} if name == LATE else {"markersize": 4.5, "zorder": 5}
        row[peak[0]].plot(at[peak[1]], 1, "v", color=styles[name]["color"], markeredgewidth=0, **mark)


def draw_peaks(axes, peaks: pd.DataFrame, profile: Profile) -> None:
    """Depth of the peak of every emotion, references as rows from top to bottom."""
    offsets = np.linspace(-STRIP_GAP / 2, STRIP_GAP / 2, len(profile.emotions))
    rows = {name: place for place, name in enumerate(profile.references)}
    for emotion, offset, (colour, marker) in zip(profile.emotions, offsets, style.SERIES, strict=False):
        here = peaks[peaks["emotion"] == emotion].assign(at=lambda table: table["reference"].map(rows))
        axes.scatter(here["peak_depth"], here["at"] + offset, 8, colour, marker=marker, linewidth=0, label=emotion)
    axes.hlines(np.arange(1, len(rows)) - 0.5, 0, 1.01, color=style.GREY, linewidth=0.4, zorder=1)
    axes.set_yticks(list(rows.values()), [name.replace("-", "–") for name in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)


def main(inputs, pdf_file: str, png_file: str, *, models):
    peaks = style.read_tables(inputs.peaks, models)
    figure, grid = panels.panels(models, HEIGHTS, style.TEXT_WIDTH, 1.1, sharex=True, sharey="row")
    for column, file, model in zip(grid.T, inputs.importance, models, strict=True):
        profile = read(file)
        draw_curves(column[:2], profile)
        draw_peaks(column[2], peaks[model], profile)
        for axes in column:
            panels.depth_axis(axes, 0.5, "half of depth", label=axes is column[-1])
    panels.label_rows(grid, LABELS)
    panels.limit(grid[:2], *LIMITS)
    style.shared_legend(figure, grid.ravel(), 5)
    style.save(figure, pdf_file, png_file, title="Importance of sublayers by depth")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
