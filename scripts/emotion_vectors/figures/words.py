"""Tokens as words that can be read, and tables of text drawn as figures."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from emotion_vectors.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 2
"""Letters from which a token counts as readable."""
LINE = 9.5
"""Height of a line of a table, points."""


def readable(token: str) -> str:
    """The token as a lower-case word, empty where it is none: only letters of the Latin alphabet count, hyphens inside pass."""
    word = token.strip().lower()
    parts = word.split("-")
    latin = all(part.isalpha() and all("LATIN" in unicodedata.name(letter, "") for letter in part) for part in parts)
    return word if latin and len(word) >= LEAST else ""


def readable_words(tokens: Sequence[str]) -> tuple[list[str], int]:
    """Words of a list of tokens, each once however it is spaced or capitalised, and the number of tokens that are no words."""
    words = [readable(token) for token in tokens]
    return list(dict.fromkeys(word for word in words if word)), sum(not word for word in words)


def cell_of(tokens: Sequence[str], characters: int) -> str:
    """The first words of a list of tokens that fit into a cell, at least one, and how many tokens are no words."""
    words, others = readable_words(tokens)
    skipped = f"({others} no words)" if others else ""
    ends = [len(", ".join(words[: count + 1])) for count in range(len(words))]
    fitting = max(1, sum(end <= characters - len(skipped) for end in ends))
    return "  ".join(filter(None, [", ".join(words[:fitting]), skipped]))


def draw_table(
    axes: Axes, rows: Sequence[Mapping[str, str]], edges: Mapping[str, float], colours: Mapping[str, str]
) -> None:
    """Rows of text below their heads.

    Args:
        rows: column -> text; edges: column -> its left edge as a part of the width; colours: of the heads that are not black.
    """
    axes.set(xlim=(0, 1), ylim=(len(rows), -1))
    axes.axis("off")
    for column, edge in edges.items():
        colour = colours.get(column, "black")
        axes.text(edge, -0.5, column, fontsize=style.SMALL, fontweight="bold", va="center", color=colour)
    for height in (-1, 0, len(rows)):
        axes.axhline(height, color="black", linewidth=0.5, clip_on=False)
    for index, row in enumerate(rows):
        if index % 2:
            axes.axhspan(index, index + 1, color="#F1F1F1", linewidth=0, zorder=0)
        for column, text in row.items():
            axes.text(edges[column], index + 0.5, text, fontsize=style.SMALL, va="center_baseline")
