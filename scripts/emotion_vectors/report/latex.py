"""LaTeX from results: escaping, tables, and the macros through which every number of the paper is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from emotion_vectors.artefacts import files, provenance
from emotion_vectors.claims import judging
from emotion_vectors.report import results as reported
from emotion_vectors.statistics import wording

ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "−": r"$-$", "×": r"$\times$", "±": r"$\pm$", "≤": r"$\leq$", "≥": r"$\geq$", "→": r"$\to$", "ρ": r"$\rho$", "σ": r"$\sigma$",
    "α": r"$\alpha$", "ℓ": r"$\ell$", "–": "--", "—": "---", "…": r"\dots{}", "“": "``", "”": "''", "\u2018": "`", "\u2019": "'",
    "§": r"\S{}", "\u00a0": "~",
}  # fmt: skip
BREAK = r"\allowbreak{}"
QUOTED = re.compile(r'`([^`]*)`|"([^"]*)"')
SPACED_PERCENT = re.compile(r"(?<=\d) \\%")
NAME = re.compile(r"[A-Za-z0-9 .,:;+\-/()'_]+")

COMMANDS = r"""\makeatletter
\newcommand{\ev@get}[1]{\ifcsname #1\endcsname\csname #1\endcsname\else\@latex@error{No result is called `#1'}\@ehc\fi}
\newcommand{\result}[3]{\ev@get{ev@result@#1@#2@#3}}
\newcommand{\across}[1]{\ev@get{ev@across@#1}}
\newcommand{\acrosspart}[2]{\ev@get{ev@part@#1@#2}}
\newcommand{\verdicts}[1]{\ev@get{ev@verdicts@#1}}
\newcommand{\partverdicts}[2]{\ev@get{ev@partverdicts@#1@#2}}
\newcommand{\estimates}[2]{\ev@get{ev@estimates@#1@#2}}
\newcommand{\study}[1]{\ev@get{ev@study@#1}}
\newcommand{\figurefile}[1]{\csname ev@figure@#1\endcsname}
\newcommand{\provenance}[1]{\ev@get{ev@provenance@#1}}
\makeatother"""


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
    content: str, *, caption: str, label: str, wide: bool = False, place: str = "t", size: str = "footnotesize"
) -> str:
    """A table with its caption, over one or both columns."""
    name = "table*" if wide else "table"
    begin = rf"\begin{{{name}}}[{place}]\centering\{size}"
    return "\n".join([begin, rf"\caption{{{caption}}}\label{{tab:{label}}}", content, rf"\end{{{name}}}"])


def longtable(columns: str, head: Sequence[str], body: Sequence[str], *, caption: str, label: str) -> str:
    """A table that may cover pages, in small print, with its head on every page."""
    lines = [
        r"{\scriptsize\setlength{\tabcolsep}{3pt}\setlength{\LTpre}{2pt}\renewcommand{\arraystretch}{0.92}",
        rf"\begin{{longtable}}{{{columns}}}",
        rf"\caption{{{caption}}}\label{{tab:{label}}}\\", r"\toprule", row(head), r"\midrule", r"\endfirsthead",
        r"\toprule", row(head), r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot", *body, r"\end{longtable}}",
    ]  # fmt: skip
    return "\n".join(lines)


def definition(kind: str, *names: str, text: str) -> str:
    """One macro by name; the text is LaTeX already.

    Raises:
        ValueError: a name holds a character that LaTeX cannot look up.
    """
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"'{name}' cannot name a macro; use letters, digits, spaces and . , : ; + - / ( ) ' _")
    return rf"\expandafter\def\csname {'@'.join(('ev', kind, *names))}\endcsname{{{text}}}"


def claim_macros(results: reported.Results) -> list[str]:
    r"""Definitions behind \result, \across, \acrosspart, \estimates, \verdicts and \partverdicts, for every registered claim."""
    lines = []
    for claim in results.registered:
        leading = {model: results.leading(claim, model) for model in results.models}
        verdicts = [results.verdict(claim, model) for model in results.models]
        lines.append(definition("across", claim, text=escape(reported.over_models(leading))))
        lines.append(definition("verdicts", claim, text=escape(reported.verdict_counts(verdicts))))
        for part in results.part_names(claim):
            rows = {model: results.part(claim, part, model) for model in results.models}
            lines.append(definition("part", claim, part, text=escape(reported.over_models(rows))))
            found = [str(row["verdict"]) if row else judging.NOT_MEASURED for row in rows.values()]
            lines.append(definition("partverdicts", claim, part, text=escape(reported.verdict_counts(found))))
            lines.append(definition("estimates", claim, part, text=escape(reported.estimates(list(rows.values())))))
        for model, row_of_model in leading.items():
            values = single_values(row_of_model)
            lines += [definition("result", claim, model, key, text=escape(value)) for key, value in values.items()]
    return lines


def single_values(found: reported.Row | None) -> dict[str, str]:
    r"""What \result gives for one claim and model."""
    keys = ("estimate", "low", "high", "null_percentile", "n", "unit", "verdict")
    if found is None or found["estimate"] is None:
        return dict.fromkeys(keys, reported.verdict_text(found))
    decimals = wording.decimals_for(found["estimate"], found["low"], found["high"])
    numbers = {key: wording.number(found[key], decimals) for key in keys[:3]}
    others = {"null_percentile": wording.percentile(found), "n": wording.number(found["n"], 0)}
    return numbers | others | {"unit": str(found["unit"]), "verdict": reported.verdict_text(found)}


def macro_file(results: reported.Results, facts: Mapping[str, str], figures: Mapping[str, tuple[str, str]]) -> str:
    r"""The whole file of macros.

    Args:
        facts: values of \study by key, plain text.
        figures: figure name -> (path of the PDF as \includegraphics reads it, commit).
    """
    lines = [COMMANDS, *claim_macros(results)]
    lines += [definition("study", key, text=escape(value)) for key, value in facts.items()]
    for name, (path, commit) in figures.items():
        lines.append(definition("figure", name, text=path))
        source = rf"Script \texttt{{scripts/\allowbreak plot\_{escape(name)}.py}}, commit \texttt{{{escape(commit)}}}."
        lines.append(definition("provenance", name, text=source))
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
