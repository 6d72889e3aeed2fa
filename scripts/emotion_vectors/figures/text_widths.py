"""Text in figures: its width in points, what fits into a line, and tokens made visible."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

POINTS_PER_INCH = 72.0
MAGNIFIED = 4
"""Texts are measured this much larger, so that whole pixels do not matter."""
SPACE, BETWEEN = "␣", "   "


def text_widths(texts: Sequence[str], size: float, family: str = "DejaVu Sans") -> NDArray[np.float64]:
    """Widths of texts at this font size, points."""
    font = FontProperties(family=family, size=size)
    measure = _renderer().get_text_width_height_descent
    return np.array([measure(text, font, False)[0] for text in texts]) / MAGNIFIED


@cache
def _renderer() -> Any:
    canvas: Any = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=POINTS_PER_INCH * MAGNIFIED))
    return canvas.get_renderer()


def fitting(tokens: Sequence[str], width: float, size: float) -> str:
    """The first tokens that fit into a line of this width in points at this font size, at least one."""
    *widths, gap = text_widths([*tokens, BETWEEN], size)
    ends = np.cumsum(widths) + gap * np.arange(len(tokens))
    return BETWEEN.join(tokens[: max(1, int((ends <= width).sum()))])


def visible(token: str) -> str:
    """The token with its spaces shown, and with everything outside printable ASCII as an escape."""
    escaped = token.encode("unicode_escape").decode("ascii")
    return escaped.replace(" ", SPACE)
