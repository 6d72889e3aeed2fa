"""Macros through which the paper prints every number of ours: claims, facts of the study, figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from emotion_vectors.claims.judging import NOT_MEASURED
from emotion_vectors.report import results as reported
from emotion_vectors.report.latex import escape
from emotion_vectors.report.results import Results, Row
from emotion_vectors.report.sentences import DescribedStudy
from emotion_vectors.statistics.wording import NO_ESTIMATE, bare, interval

NAME = re.compile(r"[A-Za-z0-9 .,:;+\-/()'_]+")

COMMANDS = r"""\makeatletter
\newcommand{\ev@get}[1]{\ifcsname #1\endcsname\csname #1\endcsname\else\@latex@error{No result is called `#1'}\@ehc\fi}
\def\ev@claim#1#2#3#4#5\ev@end{#1#2#3\ifx b#4b\fi}
\def\ev@afterplacebo placebo #1\ev@end{\ev@claim#1\ev@end}
\def\ev@claimof#1#2\ev@end{\ifx p#1\ev@afterplacebo#1#2\ev@end\else\ev@claim#1#2\ev@end\fi}
\newif\ifev@led
\newcommand{\ev@lead}[2]{\global\ev@ledtrue\ifdefined\href\begingroup\hypersetup{urlcolor=.,pdfborder={0 0 0}}%
  \edef\ev@next{\noexpand\href{\ev@explorer\noexpand\#/claims/\ev@claimof#1..\ev@end}}\ev@next{#2}\endgroup\else#2\fi}
\DeclareRobustCommand{\est}[2]{\ev@lead{#1}{\ev@get{ev@estimate@#1@#2}}}
\DeclareRobustCommand{\ci}[2]{\ev@lead{#1}{\ev@get{ev@interval@#1@#2}}}
\DeclareRobustCommand{\beside}[2]{\ev@lead{#1}{\ev@get{ev@beside@#1@#2}}}
\DeclareRobustCommand{\gate}[3]{\ev@lead{#1}{\ev@get{ev@gate@#1@#2@#3}}}
\DeclareRobustCommand{\verdicts}[1]{\ev@lead{#1}{\ev@get{ev@verdicts@#1}}}
\newcommand{\ev@said}[2]{\global\ev@ledfalse#2\ifev@led\else\ev@lead{#1}{\textsuperscript{$\circ$}}\fi}
\newcommand{\study}[1]{\ev@get{ev@study@#1}}
\newcommand{\figurefile}[1]{\csname ev@figure@#1\endcsname}
\newcommand{\figuretitle}[1]{\ev@get{ev@title@#1}}
\newcommand{\figurecaption}[1]{\ev@get{ev@caption@#1}}
\newcommand{\provenance}[1]{\ev@get{ev@provenance@#1}}
\newcommand{\about}[2]{}
\makeatother"""
r"""What the sources may call: \est{CLAIM or CLAIM/PART}{MODEL} is an estimate, \ci the same with its interval, \beside what stands
beside it and is not judged; MODEL is a short name of \about. \gate{CLAIM/part}{MODEL}{quantity} is what a gate measured that
stopped a part, with its interval and count. \verdicts{CLAIM} says how a claim stands over all models. Each of them leads to the page
of its claim in the explorer, in the ink of the text around it; a guarded sentence without a number ends in a small ring that leads
to the first claim that its conditions name."""


LED_SENTENCES = r"""\makeatletter\let\ev@holds\holds
\renewcommand{\holds}[3]{\ev@said{#1}{\ev@holds{#1}{#2}{#3}}}\makeatother"""


def link_base(explorer: str) -> str:
    """The address of the explorer relative to the PDF as a macro holds it: signs that are special in either are written as %XX."""
    return quote(explorer, safe="/.-_").replace("~", "%7E").replace("%", r"\%")


@dataclass(frozen=True)
class Figure:
    r"""A figure as the paper shows it; `path` as \includegraphics reads it."""

    path: str
    commit: str
    title: str
    caption: str


def definition(kind: str, *names: str, text: str) -> str:
    """One macro by name; the text is LaTeX already.

    Raises:
        ValueError: a name holds a character that LaTeX cannot look up.
    """
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"'{name}' cannot name a macro; use letters, digits, spaces and . , : ; + - / ( ) ' _")
    return rf"\expandafter\def\csname {'@'.join(('ev', kind, *names))}\endcsname{{{text}}}"


def macro_file(
    results: Results,
    facts: Mapping[str, str],
    figures: Mapping[str, Figure],
    study: DescribedStudy,
    *,
    held: bool,
    explorer: str,
) -> str:
    r"""The whole file of macros.

    Args:
        facts: values of \study by key, plain text.
        figures: figures by name.
        study, held: what the guarded sentences were written about, and whether this is that study.
        explorer: path of the explorer from the folder of the PDF.
    """
    holds = rf"\newcommand{{\holds}}[3]{{{'#2' if held else '#3'}}}"
    leading = [
        rf"\makeatletter\def\ev@explorer{{{link_base(explorer)}}}\makeatother",
        *([LED_SENTENCES] if held else []),
    ]
    lines = [COMMANDS, holds, *leading, *claim_macros(results, study)]
    lines += [definition("study", key, text=escape(value)) for key, value in facts.items()]
    for name, figure in figures.items():
        source = rf"Script \texttt{{plot\_{escape(name)}.py}}, commit \texttt{{{escape(figure.commit)}}}."
        lines.append(definition("figure", name, text=figure.path))
        lines.append(definition("title", name, text=escape(figure.title)))
        lines.append(definition("caption", name, text=escape(figure.caption)))
        lines.append(definition("provenance", name, text=source))
    return "\n".join(lines)


def claim_macros(results: Results, study: DescribedStudy) -> list[str]:
    r"""Definitions behind \est, \ci, \beside and \verdicts, for every registered claim, part and model."""
    lines = []
    for claim in results.registered:
        verdicts = [results.verdict(claim, model) for model in results.models]
        lines.append(definition("verdicts", claim, text=escape(reported.verdict_counts(verdicts))))
        for model in results.models:
            short = study.short_name(model)
            lines += _number_macros(claim, short, results.leading(claim, model))
            for part in results.part_names(claim):
                lines += _number_macros(f"{claim}/{part}", short, results.part(claim, part, model))
    return lines


def _number_macros(name: str, model: str, row: Row | None) -> list[str]:
    texts = {"estimate": NOT_MEASURED, "interval": NOT_MEASURED, "beside": NOT_MEASURED}
    if row is not None:
        estimate = NO_ESTIMATE if row["estimate"] is None else bare(float(row["estimate"]))
        texts = {"estimate": estimate, "interval": interval(row), "beside": str(row["beside"])}
    gates = reported.closed_gates(row) if row is not None else {}
    return [definition(kind, name, model, text=escape(text)) for kind, text in texts.items()] + [
        definition("gate", name, model, quantity, text=escape(f"{gate['value']} {gate['interval']} of {gate['n']}"))
        for quantity, gate in gates.items()
        if NAME.fullmatch(quantity)  # a quantity with other signs, such as a percentage, cannot be called for
    ]
