"""One look for every figure, and its provenance inside the file.

Figures are drawn at the width at which the paper prints them, with embedded fonts and without dates, so that the same results
give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from emotion_vectors.artefacts import provenance
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.artefacts.provenance import KEY

matplotlib.use("Agg")

COLUMN_WIDTH, TEXT_WIDTH = 3.35, 7.0
"""Widths in the paper, inches."""
TITLE, TEXT, SMALL, TINY = 7.5, 7.0, 6.0, 5.0
"""Font sizes, points."""
DIVERGING, SEQUENTIAL = "RdBu_r", "cividis"

# Okabe and Ito's colours, which stay apart for every common form of colour blindness.
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
GREY, DARK = "#BBBBBB", "#444444"
TRAINED, TWIN, WORDS, RESIDUAL = BLUE, VERMILION, GREEN, PURPLE
SERIES = tuple(
    zip((VERMILION, GREEN, "black", SKY, ORANGE, BLUE, "#882255", PURPLE) * 2, "osD^vP*XsD^vP*Xo", strict=True)
)
"""Colour and marker of each of several things of one kind, in the order in which the study names them."""
STYLE = {
    "font.size": TEXT,
    "axes.titlesize": TITLE,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL + 0.5,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.titlepad": 4,
    "axes.labelpad": 2,
    "lines.linewidth": 1.2,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.pad": 2,
    "ytick.major.pad": 2,
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
    "text.parse_math": False,
}
UNRELATED = ("seconds",)
"""Facts of a run that differ each time although the figure does not."""


def panels(rows: int, columns: int, width: float, height: float, **layout: Any) -> tuple[Figure, NDArray[np.object_]]:
    """A figure of the given size in inches in the common style, and its axes [row, column]; `layout` goes to `subplots`."""
    seaborn.set_theme(context="paper", style="ticks", palette="colorblind", font="DejaVu Sans", rc=STYLE)
    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03))
    return figure, np.asarray(figure.subplots(rows, columns, squeeze=False, **layout))


def model_grid(count: int, columns: int) -> tuple[int, int]:
    """Rows and columns for one panel a model, at most `columns` side by side."""
    across = min(count, columns)
    return -(-count // across), across


def save(figure: Figure, pdf_file: str | Path, png_file: str | Path, *, title: str, **facts: Any) -> None:
    """Write a figure as PDF and PNG, its provenance in the document information of both.

    Args:
        title: what the figure shows, for the document information.
        facts: kept in the provenance beside those of the run.
    Raises:
        ArtefactError: a file could not be written.
    """
    versions = {name: metadata.version(name) for name in ("matplotlib", "seaborn")}
    record = {
        name: fact
        for name, fact in provenance.current().record(plotting=versions, **facts).items()
        if name not in UNRELATED
    }
    known = json.dumps(record, sort_keys=True)
    subject = f"rule {record['rule']}, commit {record['git_commit']}"
    document = {"Title": title, "Subject": subject, "Keywords": known, "CreationDate": None}
    try:
        for file in (pdf_file, png_file):
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(pdf_file, format="pdf", metadata=document)
        figure.savefig(png_file, format="png", metadata={"Title": title, "Description": subject, KEY: known})
    except OSError as error:
        raise ArtefactError(
            f"{pdf_file}, {png_file}: could not be written ({error}); see to space and rights there"
        ) from error


def of_figure(path: str | Path) -> dict[str, Any]:
    """Provenance of a figure written by `save`.

    Raises:
        ArtefactError: the file carries none.
    """
    file = Path(path)
    if file.suffix == ".png":
        with Image.open(file) as image:
            known = image.info.get(KEY)
    else:
        found = re.search(rb"/Keywords \(((?:\\.|[^\\)])*)\)", file.read_bytes(), flags=re.DOTALL)
        known = re.sub(r"\\(.)", r"\1", found[1].decode("ascii")) if found else None
    if known is None:
        raise ArtefactError(f"{file}: no provenance inside; draw the figure with its rule again")
    return dict(json.loads(known))


def read_tables(files: Sequence[str | Path], models: Sequence[str]) -> dict[str, pd.DataFrame]:
    """One table for each model, in the order of the study.

    Raises:
        ValueError: numbers of files and models differ.
    """
    if len(files) != len(models):
        raise ValueError(
            f"{len(files)} tables ({', '.join(map(str, files))}) for {len(models)} models; give one for each"
        )
    return {model: pd.read_parquet(file) for model, file in zip(models, files, strict=True)}


def name_panel(axes: Axes, name: str, letter: str = "", *, characters: int = 30) -> None:
    """Title of a panel, broken at hyphens and spaces after so many characters, with its letter in bold left of the panel."""
    axes.set_title(wrapped(name, characters))
    axes.annotate(
        letter, (0, 1), xytext=(-3, 4), xycoords="axes fraction", textcoords="offset points", ha="right", va="baseline",
        fontsize=TITLE, fontweight="bold",
    )  # fmt: skip


def wrapped(name: str, characters: int) -> str:
    """A name broken into lines at spaces and after hyphens; parts longer than a line stay whole."""
    lines = [""]
    for part in re.findall(r"[^ -]+[ -]*", name):
        if lines[-1] and len(lines[-1] + part.rstrip()) > characters:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def letters(count: int) -> list[str]:
    """Letters of the panels: none for a single one."""
    return [chr(ord("a") + index) for index in range(count)] if count > 1 else [""]


def stands_lowest(index: int, columns: int, count: int) -> bool:
    """Whether no panel follows below the one at this place of a grid of `count` panels."""
    return index + columns >= count


def hide(axes: Iterable[Axes]) -> None:
    """Take cells of the grid without a panel off the figure."""
    for one in axes:
        one.remove()


def depths(layers: ArrayLike, count: int) -> NDArray[np.float64]:
    """Depth (l + 1) / L of 0-based layers l of a model with `count` of them."""
    return (np.asarray(layers, dtype=float) + 1) / count


def depth_axis(axes: Axes, main_depth: float, *, label: bool = True) -> None:
    """Horizontal axis of depth from the first to the last block, the main layer marked."""
    axes.axvline(main_depth, color=DARK, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1, label="main layer")
    axes.set_xlim(0, 1.01)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "¼", "½", "¾", "1"])
    axes.tick_params(labelbottom=label)
    if label:
        axes.set_xlabel("depth, (layer + 1) / layers")


def curve(axes: Axes, table: pd.DataFrame, value: str, *, colour: str, label: str, marker: str = "o") -> None:
    """A line with the band between `low` and `high` of a table sorted by `depth`."""
    axes.fill_between(table["depth"], table["low"], table["high"], color=colour, alpha=0.22, linewidth=0, zorder=2)
    axes.plot(
        table["depth"],
        table[value],
        color=colour,
        marker=marker,
        markersize=2.2,
        markeredgewidth=0,
        label=label,
        zorder=3,
    )


def level(axes: Axes, value: float, interval: tuple[float, float], *, colour: str, label: str) -> None:
    """A horizontal line over all depths with its interval, for a method without layers."""
    axes.axhspan(*interval, color=colour, alpha=0.16, linewidth=0, zorder=1.5)
    axes.axhline(value, color=colour, linestyle=(0, (5, 1.5)), label=label, zorder=2.5)


def null_region(
    axes: Axes, at: ArrayLike, null_95: ArrayLike, *, label: str = "label-shuffled null, to its 95th percentile"
) -> None:
    """The region that a null reaches, shaded up to its 95th percentile."""
    axes.fill_between(at, 0, null_95, color=GREY, alpha=0.75, linewidth=0, label=label, zorder=1.2)


def heatmap(axes: Axes, matrix: ArrayLike, limit: float, edges: ArrayLike | None = None) -> Any:
    """Square cells coloured around zero, first row on top when no edges are given; returns the mappable for a colour bar."""
    values = np.asarray(matrix, dtype=float)
    at = np.arange(len(values) + 1) - 0.5 if edges is None else np.asarray(edges)
    drawn = axes.pcolormesh(
        at, at, values, cmap=DIVERGING, vmin=-limit, vmax=limit, edgecolors="face", linewidth=0.05, rasterized=False
    )
    axes.set_aspect("equal")
    axes.set_xlim(at[0], at[-1])
    axes.set_ylim((at[-1], at[0]) if edges is None else (at[0], at[-1]))
    axes.tick_params(length=1.5, pad=1.5)
    return drawn


def shared_legend(figure: Figure, axes: Iterable[Axes], columns: int) -> None:
    """One legend below all panels with every label once."""
    found: dict[str, Any] = {}
    for one in axes:
        handles, labels = one.get_legend_handles_labels()
        found |= {label: handle for handle, label in zip(handles, labels, strict=True) if label not in found}
    figure.legend(
        list(found.values()),
        list(found),
        loc="outside lower center",
        ncols=columns,
        columnspacing=1.4,
        handlelength=1.8,
    )


def round_up(value: float, step: float = 0.05) -> float:
    """The next multiple of `step`, at least one, as the limit of a colour scale."""
    return round(step * max(1, int(np.ceil(value / step - 1e-9))), 10)
