"""Tables of the paper about claims: all of them, those measured, and the overlap of the two texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from emotion_vectors.claims import judging
from emotion_vectors.overlap import texts
from emotion_vectors.report import latex
from emotion_vectors.report.results import Results, Row
from emotion_vectors.statistics.wording import interval, number, percentile

LEFT = r">{\raggedright\arraybackslash}"
OVERLAP_WIDTHS = (0.13, 0.28, 0.28, 0.06, 0.18)


def claim_table(results: Results) -> str:
    """Every registered claim with its verdicts, and beneath it every part for every model, with what is not judged."""
    widths = (0.27, 0.21, 0.19, 0.07, 0.06, 0.12)
    columns = "@{}" + "".join(rf"{LEFT}p{{{width}\textwidth}}" for width in widths) + "@{}"
    head = ["Part", "Model", r"Estimate [95\,\% interval]", r"Null \%", "n", "Verdict"]
    body = []
    for claim in results.registered:
        body.append(_heading(results, claim))
        if results.is_measured(claim):
            body += _parts(results, claim)
            body += _remarks(results, claim)
            body[-1] += r"[1pt]"
    caption = (
        r"All registered claims. \emph{Null \%}: percentile of the estimate in its null. Beneath a measured claim stands each "
        "of its parts for each model; its own verdicts follow from those of the parts."
    )
    return latex.longtable(columns, head, body, caption=caption, label="claims")


def _heading(results: Results, claim: str) -> str:
    entry = results.registered[claim]
    where = f"{entry['place']}: {entry['original']}" if entry["place"] not in ("", "-") else entry["original"]
    if results.is_measured(claim):
        verdicts = "; ".join(
            f"{latex.escape(model)} {latex.emphasised(results.verdict(claim, model))}" for model in results.models
        )
    else:
        verdicts = latex.emphasised(judging.NOT_MEASURED)
    text = f"{latex.bold(claim)} {latex.escape(entry['statement'])} Original, {latex.escape(str(where))}. Here: {verdicts}."
    return rf"\multicolumn{{6}}{{@{{}}{LEFT}p{{0.98\textwidth}}@{{}}}}{{{text}}} \\"


def _parts(results: Results, claim: str) -> list[str]:
    lines = []
    for part in results.part_names(claim):
        for index, model in enumerate(results.models):
            name = r"\quad " + latex.escape(part) if index == 0 else ""
            lines.append(latex.row([name, latex.escape(model), *_cells(results.part(claim, part, model))]))
    return lines


def _remarks(results: Results, claim: str) -> list[str]:
    """Why parts could not be tested, and what stands beside them and is not judged; each remark once for each model."""
    found = [
        (model, row)
        for part in results.part_names(claim)
        for model in results.models
        if (row := results.part(claim, part, model)) is not None
    ]
    remarks = [(model, f"Not testable: {row['why']}") for model, row in found if row["verdict"] == judging.NOT_TESTABLE]
    remarks += [(model, f"Not judged: {row['beside']}") for model, row in found if row["beside"]]
    return [
        latex.row(
            ["", latex.escape(model), rf"\multicolumn{{4}}{{{LEFT}p{{0.46\textwidth}}@{{}}}}{{{latex.escape(text)}}}"]
        )
        for model, text in dict.fromkeys(remarks)
    ]


def _cells(found: Row | None) -> list[str]:
    if found is None:
        return [_across(judging.NOT_MEASURED)]
    if found["estimate"] is None:
        return [_across(str(found["verdict"]))]
    plain = [interval(found), percentile(found), number(found["n"], 0), str(found["verdict"])]
    return [latex.escape(text) for text in plain]


def _across(verdict: str) -> str:
    """A verdict in the place of all numbers."""
    return rf"\multicolumn{{4}}{{l@{{}}}}{{{latex.emphasised(verdict)}}}"


CIRCUIT_PAPERS = ("wang2025circuits", "overlap")
"""Origins of the claims that have a summary of their own; one table of all would not fit a page."""


def summary_table(results: Results) -> str:
    """Measured claims at a glance: the leading estimate and the verdict on the whole, one column for each model."""
    measured = results.measured()
    circuits = [claim for claim in measured if results.registered[claim]["paper"] in CIRCUIT_PAPERS]
    others = [claim for claim in measured if claim not in circuits]
    return "\n".join(
        [
            _summary_of(results, others, "on emotion vectors", "summary"),
            _summary_of(results, circuits, "on emotion circuits and on the overlap of both papers", "summarycircuits"),
        ]
    )


def _summary_of(results: Results, named: Sequence[str], what: str, label: str) -> str:
    columns = rf"@{{}}l{LEFT}p{{0.3\textwidth}}{LEFT}p{{0.14\textwidth}}" + rf"{LEFT}X" * len(results.models) + "@{}"
    head = ["Id", "Claim", "Original", *map(latex.escape, results.models)]
    body = [
        latex.row([claim, latex.escape(entry["statement"]), latex.escape(entry["original"]), *_glances(results, claim)])
        for claim, entry in ((claim, results.registered[claim]) for claim in named)
    ]
    if not body:
        body = [rf"\multicolumn{{{len(head)}}}{{@{{}}l@{{}}}}{{{judging.NOT_MEASURED}}} \\"]
    table = latex.tabular(columns, head, body, width=r"\textwidth")
    caption = (
        rf"Measured claims {what}: estimate of the leading part with its 95\,\% interval, and the verdict on the claim."
    )
    return latex.floating(table, caption=caption, label=label, wide=True, size="scriptsize")


def _glances(results: Results, claim: str) -> list[str]:
    rows = [results.leading(claim, model) for model in results.models]
    return [
        judging.NOT_MEASURED
        if found is None
        else f"{latex.escape(interval(found))} {latex.emphasised(latex.escape(found['verdict']))}"
        for found in rows
    ]


def overlap_table(file: str | Path) -> str:
    """The textual comparison of the two papers as it is registered."""
    columns = "@{}" + "".join(rf"{LEFT}p{{{width}\textwidth}}" for width in OVERLAP_WIDTHS) + "@{}"
    body = [latex.row(map(latex.escape, astuple(topic))) for topic in texts.load(file)]
    names = ["Topic", "Circuits paper (W)", "Vectors paper (A)", "Verdict", "Sources"]
    caption = "The two papers in their texts, topic by topic, with the sources of each comparison."
    return latex.longtable(columns, names, body, caption=caption, label="overlap")
