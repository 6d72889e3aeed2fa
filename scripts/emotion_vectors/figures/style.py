"""One look for every figure: sizes, colours, panels and their names.

Figures are drawn at the width at which the paper prints them, with embedded fonts and without dates, so that the same results
give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
import seaborn
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

matplotlib.use("Agg")

COLUMN_WIDTH, TEXT_WIDTH = 3.35, 7.0
"""Widths in the paper, inches."""
TITLE, TEXT, SMALL = 7.5, 7.0, 6.5
"""Font sizes, points; nothing is smaller."""
DIVERGING, SEQUENTIAL = "RdBu_r", "cividis"

# Okabe and Ito's colours, which stay apart for every common form of colour blindness.
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
GREY, DARK = "#BBBBBB", "#444444"
TRAINED, TWIN, WORDS, RESIDUAL = BLUE, VERMILION, GREEN, PURPLE
MODEL_COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
SERIES = tuple(
    zip((VERMILION, GREEN, "black", SKY, ORANGE, BLUE, "#882255", PURPLE) * 2, "osD^vP*XsD^vP*Xo", strict=True)
)
"""Colour and marker of each of several things of one kind, in the order in which the study names them."""
DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.5))
STYLE = {
    "font.size": TEXT,
    "axes.titlesize": TITLE,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.title_fontsize": SMALL,
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


def bare_panels(
    rows: int, columns: int, width: float, height: float, **layout: Any
) -> tuple[Figure, NDArray[np.object_]]:
    """A figure of the given size in inches in the common style, and its axes [row, column]; `layout` goes to `subplots`."""
    # What a user's matplotlibrc says is undone first: the same results give the same figure for everyone.
    matplotlib.rcdefaults()
    seaborn.set_theme(context="paper", style="ticks", palette="colorblind", font="DejaVu Sans", rc=STYLE)
    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03))
    return figure, np.asarray(figure.subplots(rows, columns, squeeze=False, **layout))


def model_grid(count: int, columns: int) -> tuple[int, int]:
    """Rows and columns for one panel a model, at most `columns` side by side."""
    across = min(count, columns)
    return -(-count // across), across


def name_panel(axes: Axes, name: str, letter: str = "", *, characters: int = 30) -> None:
    """Title of a panel, broken at hyphens and spaces after so many characters, with its letter in bold left of the panel."""
    axes.set_title(wrapped(name, characters))
    axes.annotate(
        letter,
        (0, 1),
        xytext=(-3, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="baseline",
        fontsize=TITLE,
        fontweight="bold",
    )


def wrapped(name: str, characters: int) -> str:
    """A name broken into lines at spaces and after hyphens; parts longer than a line stay whole."""
    lines = [""]
    for part in re.findall(r"[^ -]+[ -]*", name):
        if lines[-1] and len(lines[-1] + part.rstrip()) > characters:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def spaced(name: str) -> str:
    """A name from the files as words."""
    return name.replace("_", " ")


def decimal(value: float, digits: int = 2, *, signed: bool = False) -> str:
    """A number with a true minus sign."""
    return f"{value:{'+' if signed else ''}.{digits}f}".replace("-", "−")


def letters(count: int) -> list[str]:
    """Letters of the panels: none for a single one, two for each after the 26th."""
    tens = ["", *ascii_lowercase]
    return [tens[index // 26] + ascii_lowercase[index % 26] for index in range(count)] if count > 1 else [""]


def stands_lowest(index: int, columns: int, count: int) -> bool:
    """Whether no panel follows below the one at this place of a grid of `count` panels."""
    return index + columns >= count


def hide(axes: Iterable[Axes]) -> None:
    """Take cells of the grid without a panel off the figure."""
    for cell in axes:
        cell.remove()


def depths(layers: ArrayLike, count: int) -> NDArray[np.float64]:
    """Depth (l + 1) / L of 0-based layers l of a model with `count` of them."""
    return (np.asarray(layers, dtype=float) + 1) / count


def round_up(value: float, step: float = 0.05) -> float:
    """The next multiple of `step`, at least one, as the limit of a colour scale."""
    return round(step * max(1, int(np.ceil(value / step - 1e-9))), 10)


def shared_legend(figure: Figure, axes: Iterable[Axes], columns: int) -> None:
    """One legend below all panels with every label once."""
    entries: dict[str, Any] = {}
    for panel in axes:
        handles, labels = panel.get_legend_handles_labels()
        entries |= {label: handle for handle, label in zip(handles, labels, strict=True) if label not in entries}
    figure.legend(
        list(entries.values()),
        list(entries),
        loc="outside lower center",
        ncols=columns,
        columnspacing=1.4,
        handlelength=1.8,
    )
