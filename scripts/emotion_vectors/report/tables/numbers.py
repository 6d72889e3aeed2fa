"""Tables of numbers, one for each subsection of the results: a row for each part of the claims in force, columns for each model.

A claim whose later form is measured is no longer in force; its numbers, and those of non-models, are in the table of all claims.
"""

from __future__ import annotations

from collections.abc import Sequence

from emotion_vectors.claims import judging, nonmodels
from emotion_vectors.claims.registry import LATER
from emotion_vectors.report import latex
from emotion_vectors.report.results import SMALL, Results, place_in_null, verdict_counts
from emotion_vectors.statistics.wording import interval, listing, number

NUMBERS = 4
"""Columns of a model: estimate with interval, percentile in the null, number of units, verdict."""
SMALL_MARK = r"$^{<}$"
"""Behind the verdict of a replicated part whose estimate stays below its smallest effect of interest."""
ORDERS_MARK = r"$^{\circ}$"
"""Behind a claim whose rows are about directions of the order."""
COLUMNS = (
    r"estimates with 95\,\% intervals, percentile in the null, or the $p$ that the verdict goes by where it is corrected for multiple "
    r"tests, number of items ($n$) and verdict. After a claim stand its original value, unless that is qualitative, its unit, or that of "
    r"each part in parentheses, and the verdict on the whole where it has several parts; below it, which of its parts what is no model "
    r"passes by the same rule. Numbers of these, and claims that a later form replaces, are in Table~\ref{tab:claims}."
)
ABREAST = 2
"""Models that fit beside each other; more are printed in further tables."""


def _in_both_forms(*claims: str) -> tuple[str, ...]:
    """Claims, each followed by the id of its later form."""
    return tuple(f"{claim}{later}" for claim in claims for later in ("", LATER))


SUBSECTIONS = {
    "meaning": ("What the vectors carry", _in_both_forms("A01", "A02", "A03", "A04", "A05", "S05")),
    "arrangement": ("How the vectors are arranged", _in_both_forms("A06", "A07", "A08", "A09", "A10")),
    "context": ("Emotion in context", ("A11", "A12", "A15", "A13", "A14", "A31")),
    "conduct": (
        "What the vectors do to conduct",
        (*_in_both_forms(*(f"A{number}" for number in range(19, 30)), "S04"), "S07", "S08"),
    ),
    "preferences": (
        "Without the emotion subspace, preferences, and what tuning shifts",
        ("S01", "S02", "S03", "S06", "A16", "A17", "A18", "A30"),
    ),
    "circuits": ("Emotion circuits", _in_both_forms(*(f"W{number:02d}" for number in range(1, 11)))),
    "overlap": ("The two methods compared", _in_both_forms(*(f"O{number:02d}" for number in range(1, 8)))),
}
"""Subsections of the results: title of the table and the claims in it."""
EXPLAINED = "meaning"
"""The table whose caption says what the columns are."""
OTHERS = "others"
"""The table of measured claims that no subsection names, such as claims that a reader registers."""


def number_tables(results: Results) -> dict[str, str]:
    """Every table by the name of its subsection; that of other claims is empty where there are none."""
    tables = {name: _table(results, claims, title, name) for name, (title, claims) in SUBSECTIONS.items()}
    named = {claim for _, claims in SUBSECTIONS.values() for claim in claims}
    others = [claim for claim in results.measured() if claim not in named]
    return tables | {OTHERS: _table(results, others, "Further claims", OTHERS) if others else ""}


def _table(results: Results, claims: Sequence[str], title: str, name: str) -> str:
    known = [claim for claim in claims if claim in results.registered and results.successor(claim) is None]
    parts = [results.models[start : start + ABREAST] for start in range(0, len(results.models), ABREAST)]
    content = "\n\n\\smallskip\n".join(_columns_of(results, known, models) for models in parts)
    caption = (
        f"{title}: {COLUMNS}"
        if name == EXPLAINED
        else rf"{title}; columns as in Table~\ref{{tab:numbers_{EXPLAINED}}}."
    )
    caption += f" {SMALL_MARK}: {SMALL}." if SMALL_MARK in content else ""
    caption += f" {ORDERS_MARK}: {judging.OF_ORDERS}." if ORDERS_MARK in content else ""
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
    """A line that states the claim, a row for each part, and what non-models pass; the line alone where a gate stopped every part."""
    entry, parts = results.registered[claim], results.part_names(claim)
    verdicts = [results.verdict(claim, model) for model in models]
    stopped = set(verdicts) <= {judging.NOT_TESTABLE, judging.NOT_MEASURED}
    whole = (
        f" {latex.emphasised(latex.escape(_sentence(verdict_counts(verdicts))))}" if len(parts) > 1 or stopped else ""
    )
    unit = "" if stopped else shared_unit(results, claim)
    name = latex.bold(latex.escape(claim)) + _of_orders(results, claim, models)
    text = f"{name} {latex.escape(entry['statement'])}{_original(str(entry['original']))}"
    text += (f" In {latex.escape(unit)}." if unit else "") + whole
    if stopped:
        return [_across(text, models)]
    beneath = [rf"\enspace {latex.emphasised(latex.escape(said))}" for said in _without_a_model(results, claim, models)]
    rows = [_part_row(results, claim, part, models) for part in parts]
    return [_across(text, models), *rows, *(_across(said, models) for said in beneath)]


def _across(text: str, models: Sequence[str]) -> str:
    """A line over all columns."""
    width = rf"{latex.LEFT}p{{0.985\textwidth}}"
    return rf"\multicolumn{{{1 + NUMBERS * len(models)}}}{{@{{}}{width}@{{}}}}{{{text}}} \\"


def _of_orders(results: Results, claim: str, models: Sequence[str]) -> str:
    """The mark of rows that are about directions of the order, with the models where it is not on all of them."""
    named = [model for model in models if results.is_of_orders(claim, model)]
    return (
        (ORDERS_MARK if len(named) == len(models) else f"{ORDERS_MARK} (on {latex.escape(listing(named))})")
        if named
        else ""
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _original(value: str) -> str:
    """What the original measured; nothing where it is qualitative."""
    return "" if value.startswith("qualitative") else f" Original: {latex.escape(value)}."


def _units(results: Results, claim: str, parts: Sequence[str]) -> list[str]:
    """Units of the estimates of these parts, each once."""
    rows = [results.part(claim, part, model) for part in parts for model in results.models]
    return list(dict.fromkeys(str(row["unit"]) for row in rows if row is not None and row["unit"]))


def shared_unit(results: Results, claim: str) -> str:
    """The unit of all parts of a claim; empty where they differ."""
    units = _units(results, claim, results.part_names(claim))
    return units[0] if len(units) == 1 else ""


def part_label(results: Results, claim: str, part: str) -> str:
    """The name of a part as LaTeX, with its unit where the parts of the claim have several."""
    unit = "" if shared_unit(results, claim) else "; ".join(_units(results, claim, [part]))
    return latex.escape(f"{part} ({unit})" if unit and unit not in part else part)


def _part_row(results: Results, claim: str, part: str, models: Sequence[str]) -> str:
    cells = [cell for model in models for cell in _cells(results, claim, part, model)]
    return latex.row([rf"\enspace {part_label(results, claim, part)}", *cells])


def _without_a_model(results: Results, claim: str, models: Sequence[str]) -> list[str]:
    """Which parts what is no model passes, as text; none where no non-model was put through a rule of the claim."""
    entered = {part: results.entered(claim, part) for part in results.part_names(claim)}
    if not any(entered.values()):
        return []
    passed = {part: [_passing(results, claim, part, name, models) for name in names] for part, names in entered.items()}
    said = [f"`{part}` by {listing(names)}" for part, of in passed.items() if (names := [name for name in of if name])]
    return [f"Passed without a model: {'; '.join(said) if said else 'nothing'}."]


def _passing(results: Results, claim: str, part: str, nonmodel: str, models: Sequence[str]) -> str:
    """The name of a non-model that passes a part, with the models beside which it does unless these are all; empty where it fails."""
    rows = {model: results.of_nonmodel(claim, part, model, nonmodel) for model in models}
    beside = [model for model, row in rows.items() if row and nonmodels.passes(results.registered[claim], part, row)]
    return nonmodel if len(beside) == len(models) else f"{nonmodel} (beside {listing(beside)})" if beside else ""


def _cells(results: Results, claim: str, part: str, model: str) -> list[str]:
    row = results.part(claim, part, model)
    if row is None or row["estimate"] is None:
        verdict = judging.NOT_MEASURED if row is None else str(row["verdict"])
        return ["", "", "", latex.emphasised(latex.escape(verdict))]
    mark = SMALL_MARK if results.is_small(claim, part, model) else ""
    verdict = latex.emphasised(latex.escape(str(row["verdict"]))) + mark
    return [latex.escape(interval(row)), latex.escape(place_in_null(row).judged), number(row["n"], 0), verdict]
