"""Tables of the paper about claims: all of them with every note, what departs from their registration, and the overlap of two texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.artefacts import schemas
from emotion_vectors.claims import judging
from emotion_vectors.claims.registry import ClaimError
from emotion_vectors.overlap import texts
from emotion_vectors.report import latex
from emotion_vectors.report.results import SMALL, Results, Row, place_in_null
from emotion_vectors.report.tables.numbers import part_label, shared_unit
from emotion_vectors.statistics.power import smallest_detectable
from emotion_vectors.statistics.wording import bare, interval, number

MOST_TOGETHER = 30
AT_A_GATE = ", must be "
"""Stands in what is told of each closed gate, before its limit."""
OVERLAP_WIDTHS = (0.13, 0.28, 0.28, 0.06, 0.18)
DEVIATION_WIDTHS = (0.12, 0.2, 0.23, 0.2, 0.17)
DEVIATION_HEAD = ("Claims, date", "Registered", "Done", "Seen by then", "Why, and what it can do")
EFFECTS = {
    "withdraws": "can only withdraw a verdict",
    "harder": "makes a claim harder to pass, or closes it",
    "either": "can change a verdict either way",
    "replaced": "the old verdict stays printed",
    "fixed": "fixes or states what had been left open",
}
"""What a deviation can do to a verdict, by its key."""


def claim_tables(results: Results, overlap: str | Path, deviations: str | Path) -> dict[str, str]:
    """The tables on claims and their registration, by name; `overlap` and `deviations` are files."""
    return {
        "claim_table": claim_table(results),
        "overlap_table": overlap_table(overlap),
        "deviations": deviation_table(deviations, results.registered),
    }


def claim_table(results: Results) -> str:
    """Every registered claim with its verdicts, and beneath it every part for every model and what is no model, with what is not judged."""
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
        "follow from those of the parts. In italics below a part stands what is no model, judged by the same rule. Behind a verdict that "
        "found nothing stands the distance from the reference value from which an effect would have been found in "
        r"80\,\% of such studies, if estimates vary as the interval says."
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
            f"{latex.escape(model)} {latex.emphasised(latex.escape(results.headed_verdict(claim, model)))}"
            for model in results.models
        )
    else:
        verdicts = latex.emphasised(judging.NOT_MEASURED)
    successor = results.successor(claim)
    later = f" ({latex.bold(latex.escape(successor))} takes its place)" if successor else ""
    stated = f"{latex.bold(latex.escape(claim))}{later} {latex.escape(entry['statement'])}"
    unit = shared_unit(results, claim)
    text = f"{stated} Original, {latex.escape(str(where))}. Here: {verdicts}." + (
        f" In {latex.escape(unit)}." if unit else ""
    )
    return rf"\multicolumn{{6}}{{@{{}}{latex.LEFT}p{{0.98\textwidth}}@{{}}}}{{{text}}} \\"


def _parts(results: Results, claim: str) -> list[str]:
    lines = []
    for part in results.part_names(claim):
        for index, model in enumerate(results.models):
            name = rf"\quad {part_label(results, claim, part)}" if index == 0 else ""
            lines.append(latex.row([name, latex.escape(model), *_cells(results, claim, part, model)]))
        lines += _nonmodel_lines(results, claim, part)
    return lines


def _nonmodel_lines(results: Results, claim: str, part: str) -> list[str]:
    """What is no model beneath a part, a line for each model beside which it was put through the rule."""
    return [
        latex.row(
            [
                rf"\quad\enspace {latex.emphasised(latex.escape(name))}",
                latex.escape(model),
                *map(latex.escape, _plain(row)),
            ]
        )
        for name in results.entered(claim, part)
        for model in results.models
        if (row := results.of_nonmodel(claim, part, model, name)) is not None
    ]


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
    closed = [f"Not testable: {first_gate(row['why'])}"] if row["verdict"] == judging.NOT_TESTABLE else []
    return closed + ([f"Not judged: {row['beside']}"] if row["beside"] else [])


def first_gate(why: str) -> str:
    """Why a part is not testable, with the first of several closed gates and how many more there are: another table has them all."""
    reasons = why.split("; ")
    at_gates = [number for number, reason in enumerate(reasons) if AT_A_GATE in reason]
    if len(at_gates) < 2:
        return why
    others = [reason for number, reason in enumerate(reasons) if number not in at_gates[1:]]
    return f"{'; '.join(others)} ({len(at_gates) - 1} more closed in the table of gates)"


def _cells(results: Results, claim: str, part: str, model: str) -> list[str]:
    row = results.part(claim, part, model)
    if row is None:
        return [_across(judging.NOT_MEASURED)]
    if row["estimate"] is None:
        return [_across(str(row["verdict"]))]
    *numbers, verdict = _plain(row)
    verdict += f", {SMALL}" if results.is_small(claim, part, model) else ""
    verdict += f" (from {bare(smallest_detectable(row))})" if row["verdict"] in judging.NOTHING_FOUND else ""
    return [latex.escape(text) for text in (*numbers, verdict)]


def _plain(row: Row) -> list[str]:
    """Estimate with interval, place in the null, n and verdict."""
    return [interval(row), place_in_null(row).judged, number(row["n"], 0), str(row["verdict"])]


def _across(verdict: str) -> str:
    """A verdict in the place of all numbers."""
    return rf"\multicolumn{{4}}{{l@{{}}}}{{{latex.emphasised(latex.escape(verdict))}}}"


def overlap_table(file: str | Path) -> str:
    """The textual comparison of the two papers as it is registered."""
    columns = "@{}" + "".join(rf"{latex.LEFT}p{{{width}\textwidth}}" for width in OVERLAP_WIDTHS) + "@{}"
    body = [latex.row(map(latex.escape, astuple(topic))) for topic in texts.load(file)]
    names = ["Topic", "Circuits paper (W)", "Vectors paper (A)", "Verdict", "Sources"]
    caption = "The two papers in their texts, topic by topic, with the sources of each comparison."
    return latex.longtable(columns, names, body, caption=caption, label="overlap")


def load_deviations(file: str | Path, claims: Collection[str]) -> list[dict[str, Any]]:
    """Deviations in the order of the file.

    Args:
        claims: ids of the registered claims.
    Raises:
        ClaimError: an entry breaks the schema, names a claim that is not registered, or is older than the one before it; its place and
            the remedy are named.
    """
    entries = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    for error in schemas.schema("deviations").iter_errors(entries):
        key = ".".join(map(str, error.absolute_path)) or "file"
        raise ClaimError(f"{file}: {key}: {error.message}; see workflow/schemas/deviations.schema.yaml")
    before = ""
    for position, entry in enumerate(entries, start=1):
        if unknown := [claim for claim in entry["claims"] if claim not in claims]:
            raise ClaimError(f"{file}: entry {position}: {', '.join(unknown)} not registered; correct the ids")
        if entry["date"] < before:
            raise ClaimError(f"{file}: entry {position}: {entry['date']} stands behind {before}; put entries in order")
        before = entry["date"]
    return list(entries)


def deviation_table(file: str | Path, claims: Collection[str]) -> str:
    """One row a deviation."""
    columns = "@{}" + "".join(rf"{latex.LEFT}p{{{width}\textwidth}}" for width in DEVIATION_WIDTHS) + "@{}"
    caption = (
        "Deviations: what was done otherwise than registered or fixed later, what had been seen of results by then, and what it can do to "
        "a verdict. Reasons at length stand in the notes of the claims and beside them."
    )
    body = [latex.row(map(latex.escape, _deviation_cells(entry))) for entry in load_deviations(file, claims)]
    return latex.longtable(columns, list(DEVIATION_HEAD), body, caption=caption, label="deviations")


def _deviation_cells(entry: Mapping[str, Any]) -> list[str]:
    named = f"{', '.join(entry['claims'])}; {entry['date']}"
    texts = [" ".join(str(entry[key]).split()) for key in ("registered", "done", "seen")]
    return [named, *texts, f"{' '.join(entry['why'].split())}; {EFFECTS[entry['effect']]}"]
