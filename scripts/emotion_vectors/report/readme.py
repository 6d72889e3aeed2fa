"""Generated parts of README.md: the claim table, the overlap of the texts and the run times, between markers, in plain Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_vectors.claims.judging import NOT_MEASURED
from emotion_vectors.overlap.texts import Topic, by_verdict
from emotion_vectors.report import run_times
from emotion_vectors.report.results import Results, Row, verdict_text
from emotion_vectors.statistics.wording import interval, number, percentile

PAPERS = {
    "sofroniew2026emotion": "Sofroniew et al. 2026",
    "wang2025circuits": "Wang et al. 2025",
    "wider": "Wider claims",
    "overlap": "The two papers compared",
}


class MarkerError(ValueError):
    """The README lacks the markers between which a part is written."""


def replace_between(text: str, name: str, block: str) -> str:
    """`text` with `block` between `<!-- name:begin -->` and `<!-- name:end -->`; everything else stays as it is.

    Raises:
        MarkerError: a marker is missing, occurs twice, or the two are in the wrong order.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    for marker in (begin, end):
        if text.count(marker) != 1:
            raise MarkerError(
                f"README.md holds '{marker}' {text.count(marker)} times; put it once where the part belongs"
            )
    before, rest = text.split(begin)
    if end not in rest:
        raise MarkerError(f"README.md: '{end}' stands before '{begin}'; exchange them")
    return f"{before}{begin}\n{block.strip()}\n{end}{rest.split(end)[1]}"


def cell(text: str) -> str:
    """Text that neither ends a cell of a Markdown table nor becomes markup."""
    return " ".join(text.split()).replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def claim_table(results: Results) -> str:
    """Measured claims with their parts and every model's result, then one row for each source about the others."""
    head = ["", "Claim", "Step", "Original", *map(cell, results.models)]
    rows = []
    for claim in results.measured():
        entry = results.registered[claim]
        names = results.part_names(claim)
        whole = [_result(results.leading(claim, model), bold=True) for model in results.models]
        step = f"`{results.step(claim)}`"
        rows.append([claim, cell(entry["statement"]), step, cell(entry["original"]), *whole])
        if len(names) > 1:
            rows += [["", f"part: {cell(part)}", "", "", *_part(results, claim, part)] for part in names]
    for paper, title in PAPERS.items():
        others = [
            c for c, entry in results.registered.items() if entry["paper"] == paper and not results.is_measured(c)
        ]
        if others:
            rows.append(
                ["", f"{title}: registered, {NOT_MEASURED}: {len(others)}", "", "", *["" for _ in results.models]]
            )
    note = (
        "Each cell: estimate [95 % interval] and its unit, percentile in the null, number of units, **verdict**. A claim of several "
        "parts shows the numbers of its first part and the verdict on all of them. *Step* is the rule that brings the evidence, "
        "its script in `scripts/` and its folder under `results/logs/`; the evidence itself is `results/MODEL/evidence/STEP.parquet`."
    )
    return f"{table(head, rows)}\n\n{note}"


def overlap_table(topics: Sequence[Topic]) -> str:
    """Steps and findings compared in the texts of both papers, by how they compare."""
    rows = [
        [verdict, str(len(names)), cell("; ".join(name[0].lower() + name[1:] for name in names))]
        for verdict, names in by_verdict(topics).items()
    ]
    return table(["In the two texts", "Topics", "Which"], rows)


def _part(results: Results, claim: str, part: str) -> list[str]:
    return [_result(results.part(claim, part, model), bold=False) for model in results.models]


def _result(row: Row | None, *, bold: bool) -> str:
    if row is None:
        return NOT_MEASURED
    verdict = cell(verdict_text(row))
    shown = f"**{verdict}**" if bold else verdict
    if row["estimate"] is None:
        return shown
    measured = f"{interval(row)} {cell(str(row['unit']))}"
    return f"{measured}, null {percentile(row)} %, n = {number(row['n'], 0)} {cell(str(row['of']))}: {shown}"


def summary(standings: str, placebo: str) -> str:
    """Where the claims stand (`reported.summary`), and what the same rules let through under permuted labels (`placebo.found`)."""
    return f"{cell(standings)}\n\nUnder permuted emotion labels the same rules give `replicated`: {cell(placebo)}."


def run_times_table(rows: Sequence[Sequence[str]], machine: str) -> str:
    """Time and memory of the steps (`run_times.summarise`), and the machine."""
    if not rows:
        return NOT_MEASURED
    return "\n\n".join(
        filter(None, [table(["Step", *run_times.HEAD], [[cell(text) for text in row] for row in rows]), machine])
    )
