"""Results on standard output: coloured on a terminal that shows colours, as tab-separated values elsewhere, or as JSON.

Texts, names and titles come from models and from files of others: none of them reaches the terminal with signs that steer it, or as markup.
The variable NO_COLOR, and anything that is no terminal, get values in place of colours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from emotion_vectors.statistics.wording import visible

if TYPE_CHECKING:
    import pandas as pd

    from emotion_vectors.trials.readings import TokenReadings

SHADES = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")
"""From the lowest reading to the highest: blue and red, which the colour-blind tell apart."""
LIGHT_TEXT = {SHADES[0], SHADES[-1]}
DIGITS = 4


def shows_colours(console: Console) -> bool:
    """Whether colours reach the reader."""
    return console.is_terminal and not console.no_color and console.color_system is not None


def print_json(content: Mapping[str, Any]) -> None:
    """Print an object as JSON."""
    print(visible(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False), kept="\n"))


def print_values(table: pd.DataFrame) -> None:
    """Print a table as tab-separated values, numbers with four digits."""
    print("\t".join(on_one_line(str(name)) for name in table.columns))
    for row in table.itertuples(index=False, name=None):
        print("\t".join(f"{cell:.{DIGITS}f}" if isinstance(cell, float) else on_one_line(str(cell)) for cell in row))


def on_one_line(text: str) -> str:
    """A text with its line ends, tabs and other hidden signs written as escapes."""
    return visible(text.replace("\\", "\\\\"))


def style_of(value: float, scale: float) -> Style:
    """Colours of a reading between minus and plus `scale`; what lies beyond is shown as the end."""
    share = max(-1.0, min(1.0, value / scale)) if scale else 0.0
    shade = SHADES[round((share + 1) / 2 * (len(SHADES) - 1))]
    return Style(color="white" if shade in LIGHT_TEXT else "black", bgcolor=shade)


def print_readings(console: Console, readings: TokenReadings) -> None:
    """Print a text once for each name, every token on the colour of its reading, and the legend below."""
    names, scale = [visible(name) for name in readings.names], readings.scale
    width = max(map(len, names))
    for column, name in enumerate(names):
        line = Text(f"{name:>{width}}  ", style="bold")
        for token, value in zip(readings.tokens, readings.values[:, column].tolist(), strict=True):
            line.append(on_one_line(token), style_of(value, scale))
        console.print(line, soft_wrap=False)
    console.print(legend(scale))


def legend(scale: float) -> Text:
    """What the colours mean."""
    steps = [scale * (2 * step / (len(SHADES) - 1) - 1) for step in range(len(SHADES))]
    line = Text()
    for step in steps:
        line.append(f" {step:+.3f} ", style_of(step, scale))
    return line.append("  component along the vector, as a fraction of the mean norm", "dim")


def print_side_by_side(console: Console, columns: Mapping[str, str]) -> None:
    """Print texts beside each other under their titles."""
    table = Table(expand=True, show_lines=False)
    for title in columns:
        table.add_column(Text(visible(title)))
    table.add_row(*(Text(visible(text, kept="\n\t")) for text in columns.values()))
    console.print(table)


def print_table(console: Console, table: pd.DataFrame, title: str) -> None:
    """Print a table with numbers on the right."""
    shown = Table(title=Text(visible(title)), title_justify="left")
    for name in table.columns:
        numeric = table[name].dtype.kind in "fi"
        shown.add_column(Text(visible(str(name))), justify="right" if numeric else "left", no_wrap=numeric)
    for row in table.itertuples(index=False, name=None):
        shown.add_row(*cells_of(row))
    console.print(shown)


def cells_of(row: Sequence[Any]) -> list[Text]:
    """Cells of a row as text, numbers with their sign and three digits."""
    return [Text(f"{cell:+.3f}" if isinstance(cell, float) else visible(str(cell), kept="\n")) for cell in row]
