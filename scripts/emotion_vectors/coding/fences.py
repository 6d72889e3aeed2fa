"""Fenced blocks of a text in Markdown, as they are written in practice: in lists and quotations, nested, or never closed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

CONTAINER = r"[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+)*"
"""Marks of the lists and quotations that a line may open."""
OPENING = re.compile(rf"(?P<lead>{CONTAINER}>?[ \t]*)(?P<fence>`{{3,}}(?=[^`]*$)|~{{3,}})[ \t]*(?P<info>.*)")
CLOSING = re.compile(r"(?P<lead>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*")
LANGUAGE = re.compile(r"[{.\s]*([\w.+#/-]*)")
IN_A_LINE = re.compile(
    rf"{CONTAINER}(?P<fence>`{{3,}})(?:(?P<language>python3?|py)[ \t]+)?(?P<code>[^`]+)(?P=fence)[ \t]*"
)
ODD_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
INVISIBLE = "\u200b-\u200d\u2060\ufeff"
"""Characters that browsers and editors put in, as they stand in a class of a regular expression."""
DEEPER = 3
"""A closing fence may be indented by so many blanks more than the one that it closes."""


@dataclass
class Fenced:
    """A block with its language as it is written after the fence, in small letters, and its lines without common indentation."""

    language: str
    lines: list[str] = field(default_factory=list)

    @property
    def content(self) -> str:
        """The block as text, with a line break at its end; free of quotation marks if every line has them."""
        lines = self.lines
        if lines and all(line.lstrip().startswith(">") and not line.lstrip().startswith(">>>") for line in lines):
            lines = [re.sub(r"^[ \t]*>[ ]?", "", line) for line in lines]
        return textwrap.dedent("\n".join(lines) + "\n") if lines else ""


def split(text: str) -> tuple[str, list[Fenced]]:
    """The text outside fenced blocks, and the blocks in order; one that is never closed ends with the text.

    Args:
        text: with line feeds between its lines.
    """
    prose: list[str] = []
    blocks: list[Fenced] = []
    opened: re.Match[str] | None = None
    for line in text.removesuffix("\n").split("\n"):
        mark = re.sub(f"[{INVISIBLE}]", "", re.sub(f"[{ODD_BLANKS}]", " ", line))
        in_a_line = IN_A_LINE.fullmatch(mark) if opened is None else None
        if in_a_line:
            blocks.append(Fenced(in_a_line["language"] or "", [in_a_line["code"].strip()]))
        elif opened is None:
            opened = OPENING.fullmatch(mark)
            if opened:
                language = LANGUAGE.match(opened["info"])
                blocks.append(Fenced(language[1].lower() if language else ""))
                prose.append("")
            else:
                prose.append(line)
        elif _closes(mark, opened):
            opened = None
        else:
            code = _without(opened["lead"], line)
            if _closes_behind_code(code, opened["fence"]):
                code, opened = code.rstrip("`~ \t"), None
            blocks[-1].lines.append(code)
    return "\n".join(prose), blocks


def _closes(line: str, opened: re.Match[str]) -> bool:
    closing = CLOSING.fullmatch(line)
    return (
        closing is not None
        and closing["fence"][0] == opened["fence"][0]
        and len(closing["fence"]) >= len(opened["fence"])
        and len(closing["lead"]) <= len(opened["lead"]) + DEEPER
    )


def _closes_behind_code(line: str, fence: str) -> bool:
    return line.rstrip().endswith(fence) and bool(line.strip(" \t`~"))


def _without(lead: str, line: str) -> str:
    """A line without the indentation of its fence, as far as it has it."""
    blank = len(line) - len(line.lstrip(" \t"))
    return line[min(blank, len(lead)) :]


def flattened(blocks: Sequence[Fenced], containers: set[str]) -> list[Fenced]:
    """Blocks in order, those that hold text in Markdown replaced by the blocks in them."""
    inner = [split(block.content)[1] if block.language in containers else [block] for block in blocks]
    return [block for part in inner for block in part]
