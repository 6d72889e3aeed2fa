"""Tables of numbers, one for each subsection of the results: a row for each part of its claims, columns for each model."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_vectors.claims import judging
from emotion_vectors.report import latex
from emotion_vectors.report.results import SMALL, Results, Row, place_in_null, verdict_counts
from emotion_vectors.statistics.wording import interval, listing, number

NUMBERS = 4
"""Columns of a model: estimate with interval, percentile in the null, number of units, verdict."""
SMALL_MARK = r"$^{<}$"
"""Behind the verdict of a replicated part whose estimate stays below its smallest effect of interest."""
NON_MODELS = (
    "Below a part, indented and in italics, stands what is no model, judged by the same rule; where one passes every part, the verdict "
    "on the claim is at most partial."
)
ABREAST = 2
"""Models that fit beside each other; more are printed in further tables."""

SUBSECTIONS = {
    "meaning": ("What the vectors carry", ("A01", "A01b", "A02", "A02b", "A03", "A03b", "A04", "A05")),
    "arrangement": (
        "How the vectors are arranged",
        tuple(f"A{number:02d}{later}" for number in range(6, 11) for later in ("", "b")),
    ),
    "anticipation": ("What is held where", ("A11", "A12", "A15")),
    "context": ("Emotion in context", ("A13", "A14", "A31")),
    "training": ("Training, architecture or words", ("S05", "S05b")),
    "removal": ("Without the emotion subspace", ("S01", "S02", "S03", "S06")),
    "conduct": (
        "What the vectors do to conduct",
        ("A19", "A20", "A21", "A22", "A23", "A24", "A25", "A26", "A27", "A28", "A29", "S04"),
    ),
    "preferences": ("Preferences, and what tuning shifts", ("A16", "A17", "A18", "A30")),
    "circuits": ("Emotion circuits", tuple(f"W{number:02d}" for number in range(1, 11))),
    "contrasts": (
        "Circuits and overlap by contrasts within events",
        (
            *("W01b", "W02b", "W03b", "W04b", "W05b", "W06b", "W07b", "W08b", "W09b"),
            *("O01b", "O02b", "O04b", "O06b", "O07b"),
        ),
    ),
    "overlap": ("The two methods compared", tuple(f"O{number:02d}" for number in range(1, 8))),
}
"""Subsections of the results: title of the table and the claims in it."""
OTHERS = "others"
"""The table of measured claims that no subsection names, such as claims that a reader registers."""


def number_tables(results: Results) -> dict[str, str]:
    """Every table by the name of its subsection; that of other claims is empty where there are none."""
    tables = {name: _table(results, claims, title, name) for name, (title, claims) in SUBSECTIONS.items()}
    named = {claim for _, claims in SUBSECTIONS.values() for claim in claims}
    others = [claim for claim in results.measured() if claim not in named]
    return tables | {OTHERS: _table(results, others, "Further claims", OTHERS) if others else ""}


def _table(results: Results, claims: Sequence[str], title: str, name: str) -> str:
    known = [claim for claim in claims if claim in results.registered]
    parts = [results.models[start : start + ABREAST] for start in range(0, len(results.models), ABREAST)]
    content = "\n\n\\smallskip\n".join(_columns_of(results, known, models) for models in parts)
    caption = (
        rf"{title}: estimates with 95\,\% intervals, percentile in the null, or the $p$ that the verdict goes by where it is corrected "
        r"for multiple tests, number of items ($n$) and verdict. After a claim stand its original value, its unit, or that of each "
        "part in parentheses, and the verdict on the whole where it has several parts."
    )
    if any(results.entered(claim, part) for claim in known for part in results.part_names(claim)):
        caption += f" {NON_MODELS}"
    caption += f" {SMALL_MARK}: {SMALL}." if SMALL_MARK in content else ""
    return latex.floating(content, caption=caption, label=f"numbers_{name}", wide=True, size="scriptsize")


def _columns_of(results: Results, claims: Sequence[str], models: Sequence[str]) -> str:
    columns = rf"@{{}}{latex.LEFT}X" + "lrrl" * len(models) + "@{}"
    names = [rf"\multicolumn{{{NUMBERS}}}{{l}}{{\textbf{{{latex.escape(model)}}}}}" for model in models]
    rules = "".join(
        rf"\cmidrule(lr){{{2 + NUMBERS * index}-{1 + NUMBERS * (index + 1)}}}" for index in range(len(models))
    )
    head = ["", *[text for _ in models for text in (r"Estimate [95\,\%]", r"Null \%", "$n$", "Verdict")]]
    body = [line for claim in claims for line in _claim_rows(results, claim, models)]
    above = f"{latex.row(['', *names])}{rules}\n"
    table = latex.tabular(columns, [above, *head[1:]], body, width=r"\textwidth")
    return rf"\setlength{{\tabcolsep}}{{3pt}}{table}"


def _claim_rows(results: Results, claim: str, models: Sequence[str]) -> list[str]:
    """A line that states the claim, then a row for each part; the line alone where a gate stopped every part."""
    entry, parts = results.registered[claim], results.part_names(claim)
    verdicts = [results.verdict(claim, model) for model in models]
    stopped = set(verdicts) <= {judging.NOT_TESTABLE, judging.NOT_MEASURED}
    whole = (
        f" {latex.emphasised(latex.escape(_sentence(verdict_counts(verdicts))))}" if len(parts) > 1 or stopped else ""
    )
    unit = _shared_unit(results, claim)
    text = f"{latex.bold(latex.escape(claim))} {latex.escape(entry['statement'])} {_original(str(entry['original']))}"
    text += (f" In {latex.escape(unit)}." if unit else "") + _of_orders(results, claim, models) + whole
    width = rf"{latex.LEFT}p{{0.985\textwidth}}"
    line = rf"\multicolumn{{{1 + NUMBERS * len(models)}}}{{@{{}}{width}@{{}}}}{{{text}}} \\"
    return (
        [line]
        if stopped
        else [line, *(row for part in parts for row in _part_rows(results, claim, part, models, unit))]
    )


def _of_orders(results: Results, claim: str, models: Sequence[str]) -> str:
    """On which models the rows are about directions of the order, in a sentence."""
    named = [model for model in models if results.is_of_orders(claim, model)]
    said = f"{judging.OF_ORDERS} on {listing(named)}"
    return f" {latex.bold(latex.escape(_sentence(said)))}" if named else ""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _original(value: str) -> str:
    said = "qualitative" if value.startswith("qualitative") else value
    return f"Original: {latex.escape(said)}."


def _units(results: Results, claim: str, parts: Sequence[str]) -> list[str]:
    """Units of the estimates of these parts, each once."""
    rows = [results.part(claim, part, model) for part in parts for model in results.models]
    return list(dict.fromkeys(str(row["unit"]) for row in rows if row is not None and row["unit"]))


def _shared_unit(results: Results, claim: str) -> str:
    """The unit of all parts of a claim; empty where they differ."""
    units = _units(results, claim, results.part_names(claim))
    return units[0] if len(units) == 1 else ""


def _part_rows(results: Results, claim: str, part: str, models: Sequence[str], shared_unit: str) -> list[str]:
    """The row of a part, then one for each non-model that was put through its rule."""
    unit = "" if shared_unit else "; ".join(_units(results, claim, [part]))
    name = latex.escape(f"{part} ({unit})" if unit and unit not in part else part)
    rows = [
        latex.row([rf"\enspace {name}", *[cell for model in models for cell in _cells(results, claim, part, model)]])
    ]
    for nonmodel in results.entered(claim, part):
        beside = [results.of_nonmodel(claim, part, model, nonmodel) for model in models]
        cells = [cell for row in beside for cell in (_numbers(row) if row else ["", "", "", ""])]
        rows.append(latex.row([rf"\enspace\enspace {latex.emphasised(latex.escape(nonmodel))}", *cells]))
    return rows


def _cells(results: Results, claim: str, part: str, model: str) -> list[str]:
    row = results.part(claim, part, model)
    if row is None or row["estimate"] is None:
        verdict = judging.NOT_MEASURED if row is None else str(row["verdict"])
        return ["", "", "", latex.emphasised(latex.escape(verdict))]
    *numbers, verdict = _numbers(row)
    return [*numbers, verdict + (SMALL_MARK if results.is_small(claim, part, model) else "")]


def _numbers(row: Row) -> list[str]:
    """Estimate with interval, place in the null, n and verdict."""
    verdict = latex.emphasised(latex.escape(str(row["verdict"])))
    return [latex.escape(interval(row)), latex.escape(place_in_null(row).judged), number(row["n"], 0), verdict]
