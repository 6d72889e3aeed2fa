"""LaTeX markup: escaping, emphasis, tables, and writing generated files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from emotion_vectors.artefacts import files, provenance

ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "−": r"$-$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "→": r"$\to$",
    "ρ": r"$\rho$",
    "σ": r"$\sigma$",
    "α": r"$\alpha$",
    "ℓ": r"$\ell$",
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
    "“": "``",
    "”": "''",
    "\u2018": "`",
    "\u2019": "'",
    "§": r"\S{}",
    "\u00a0": "~",
}
BREAK = r"\allowbreak{}"
LEFT = r">{\raggedright\arraybackslash}"
"""In front of a column of running text: lines of uneven length, not spread out."""
QUOTED = re.compile(r'`([^`]*)`|"([^"]*)"')
SPACED_PERCENT = re.compile(r"(?<=\d) \\%")


def escape(text: str) -> str:
    """Plain text as LaTeX. Straight quotes and backticks become quotation marks; unknown letters above ASCII stay as they are."""
    marked = QUOTED.sub(lambda match: f"“{match[1] if match[1] is not None else match[2]}”", text)
    return SPACED_PERCENT.sub(r"\\,\\%", "".join(ESCAPES.get(letter, letter) for letter in marked))


def bold(text: str) -> str:
    return rf"\textbf{{{text}}}"


def emphasised(text: str) -> str:
    return rf"\emph{{{text}}}"


def breakable(text: str) -> str:
    """A path or address in typewriter letters that may be broken after its punctuation."""
    parts = [escape(part) for part in re.split(r"(?<=[/#@=_.-])", text)]
    return rf"\texttt{{{BREAK.join(parts)}}}"


def row(cells: Iterable[str]) -> str:
    """One line of a table from cells that are LaTeX already."""
    return " & ".join(cells) + r" \\"


def tabular(columns: str, head: Sequence[str], body: Sequence[str], *, width: str = "") -> str:
    """A booktabs table; with a width, a tabularx. `head` holds cells, `body` finished lines (`row`)."""
    name, size = ("tabularx", f"{{{width}}}") if width else ("tabular", "")
    lines = [
        rf"\begin{{{name}}}{size}{{{columns}}}",
        r"\toprule",
        row(head),
        r"\midrule",
        *body,
        r"\bottomrule",
        rf"\end{{{name}}}",
    ]
    return "\n".join(lines)


def floating(
    content: str, *, caption: str, label: str, wide: bool = False, position: str = "t", size: str = "footnotesize"
) -> str:
    """A table with its caption, over one or both columns."""
    name = "table*" if wide else "table"
    begin = rf"\begin{{{name}}}[{position}]\centering\{size}"
    return "\n".join([begin, rf"\caption{{{caption}}}\label{{tab:{label}}}", content, rf"\end{{{name}}}"])


def longtable(columns: str, head: Sequence[str], body: Sequence[str], *, caption: str, label: str) -> str:
    """A table that may cover pages, in small print, with its head on every page."""
    top = [r"\toprule", row(head), r"\midrule"]
    lines = [
        r"\par{\scriptsize\setlength{\tabcolsep}{3pt}\setlength{\LTpre}{8pt}\renewcommand{\arraystretch}{0.92}",
        rf"\begin{{longtable}}{{{columns}}}",
        rf"\caption{{{caption}}}\label{{tab:{label}}}\\",
        *(*top, r"\endfirsthead"),
        *(*top, r"\endhead"),
        *(r"\bottomrule", r"\endfoot"),
        *(*body, r"\end{longtable}}"),
    ]
    return "\n".join(lines)


def short_commit(commit: str) -> str:
    """First seven digits; changes that were not committed are said."""
    base, _, changes = commit.partition("+")
    return base[:7] + (" with local changes" if changes else "")


def write(text: str, path: str | Path) -> None:
    """Write a generated LaTeX file as a whole, with its origin in the first line."""
    run = provenance.current()
    commit = provenance.git_commit()
    origin = f"% Written by rule {run.rule} at commit {commit}, configuration {run.config_sha256}. Do not edit."
    files.write_text(f"{origin}\n{text}\n", path)
