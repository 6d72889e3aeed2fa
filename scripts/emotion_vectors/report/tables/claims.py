"""Tables of the paper about claims: all of them with every note, and the overlap of the two texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from emotion_vectors.claims import judging
from emotion_vectors.overlap import texts
from emotion_vectors.report import latex
from emotion_vectors.report.results import SMALL, Results, Row, place_in_null
from emotion_vectors.statistics.wording import interval, number

MOST_TOGETHER = 30
OVERLAP_WIDTHS = (0.13, 0.28, 0.28, 0.06, 0.18)


def claim_table(results: Results) -> str:
    """Every registered claim with its verdicts, and beneath it every part for every model, with what is not judged."""
    widths = (0.27, 0.21, 0.19, 0.07, 0.06, 0.12)
    columns = "@{}" + "".join(rf"{latex.LEFT}p{{{width}\textwidth}}" for width in widths) + "@{}"
    head = ["Part", "Model", r"Estimate [95\,\% interval]", r"Null \%", "n", "Verdict"]
    body = []
    for claim in results.registered:
        lines = [_heading(results, claim)]
        if results.is_measured(claim):
            lines += _parts(results, claim) + _notes(results, claim)
        body += _together(lines)
    caption = (
        r"All registered claims. \emph{Null \%}: percentile of the estimate in its null, or the $p$ that the verdict goes by where it is "
        "corrected for multiple tests (Holm). Beneath a measured claim stands each of its parts for each model; its own verdicts "
        "follow from those of the parts."
    )
    return latex.longtable(columns, head, body, caption=caption, label="claims")


def _together(lines: Sequence[str]) -> list[str]:
    """Lines of a claim that no page break parts, unless they are too many for that; a little space below the last."""
    kept = [f"{line}*" for line in lines[:-1]] if len(lines) <= MOST_TOGETHER else list(lines[:-1])
    return [*kept, f"{lines[-1]}[2pt]"]


def _heading(results: Results, claim: str) -> str:
    entry = results.registered[claim]
    where = f"{entry['place']}: {entry['original']}" if entry["place"] not in ("", "-") else entry["original"]
    if results.is_measured(claim):
        verdicts = "; ".join(
            f"{latex.escape(model)} {latex.emphasised(results.verdict(claim, model))}" for model in results.models
        )
    else:
        verdicts = latex.emphasised(judging.NOT_MEASURED)
    successor = results.successor(claim)
    later = f" ({latex.bold(successor)} takes its place)" if successor else ""
    text = f"{latex.bold(claim)}{later} {latex.escape(entry['statement'])} Original, {latex.escape(str(where))}. Here: {verdicts}."
    return rf"\multicolumn{{6}}{{@{{}}{latex.LEFT}p{{0.98\textwidth}}@{{}}}}{{{text}}} \\"


def _parts(results: Results, claim: str) -> list[str]:
    lines = []
    for part in results.part_names(claim):
        for index, model in enumerate(results.models):
            name = r"\quad " + latex.escape(part) if index == 0 else ""
            lines.append(latex.row([name, latex.escape(model), *_cells(results, claim, part, model)]))
    return lines


def _notes(results: Results, claim: str) -> list[str]:
    """Why parts could not be tested, and what stands beside them and is not judged; the same note once, with its parts."""
    named: dict[tuple[str, str], list[str]] = {}
    for model in results.models:
        for part in results.part_names(claim):
            for note in _notes_on(results.part(claim, part, model)):
                named.setdefault((model, note), []).append(part)
    lines = []
    for (model, note), parts in named.items():
        whom = "all parts" if len(parts) > 1 and len(parts) == len(results.part_names(claim)) else "; ".join(parts)
        text = rf"\multicolumn{{4}}{{{latex.LEFT}p{{0.46\textwidth}}@{{}}}}{{{latex.escape(note)}}}"
        lines.append(latex.row([rf"\quad {latex.emphasised('on ' + latex.escape(whom))}", latex.escape(model), text]))
    return lines


def _notes_on(row: Row | None) -> list[str]:
    if row is None:
        return []
    closed = [f"Not testable: {row['why']}"] if row["verdict"] == judging.NOT_TESTABLE else []
    return closed + ([f"Not judged: {row['beside']}"] if row["beside"] else [])


def _cells(results: Results, claim: str, part: str, model: str) -> list[str]:
    row = results.part(claim, part, model)
    if row is None:
        return [_across(judging.NOT_MEASURED)]
    if row["estimate"] is None:
        return [_across(str(row["verdict"]))]
    verdict = f"{row['verdict']}, {SMALL}" if results.is_small(claim, part, model) else str(row["verdict"])
    plain = [interval(row), place_in_null(row).judged, number(row["n"], 0), verdict]
    return [latex.escape(text) for text in plain]


def _across(verdict: str) -> str:
    """A verdict in the place of all numbers."""
    return rf"\multicolumn{{4}}{{l@{{}}}}{{{latex.emphasised(verdict)}}}"


def overlap_table(file: str | Path) -> str:
    """The textual comparison of the two papers as it is registered."""
    columns = "@{}" + "".join(rf"{latex.LEFT}p{{{width}\textwidth}}" for width in OVERLAP_WIDTHS) + "@{}"
    body = [latex.row(map(latex.escape, astuple(topic))) for topic in texts.load(file)]
    names = ["Topic", "Circuits paper (W)", "Vectors paper (A)", "Verdict", "Sources"]
    caption = "The two papers in their texts, topic by topic, with the sources of each comparison."
    return latex.longtable(columns, names, body, caption=caption, label="overlap")
