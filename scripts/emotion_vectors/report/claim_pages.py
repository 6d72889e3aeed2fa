"""workflow/claims/RESULTS.md: one section for each claim, with its numbers on every model and links to where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.claims.judging import NOT_MEASURED, REPLICATED
from emotion_vectors.overlap.texts import Topic, by_verdict
from emotion_vectors.report.readme import cell, table
from emotion_vectors.report.results import Results, Row, verdict_text
from emotion_vectors.statistics.wording import NO_ESTIMATE, interval, number, percentile

PAPERS = {
    "sofroniew2026emotion": "Sofroniew et al. 2026",
    "wang2025circuits": "Wang et al. 2025",
    "wider": "Wider claims",
    "overlap": "The two papers compared",
}
UNCORRECTED = re.compile(r"uncorrected percentile ([\d.]+)(?:; )?")
COLUMNS = (
    "Part",
    "Model",
    "Estimate [95 % interval]",
    "Null percentile",
    "Uncorrected",
    "n",
    "Verdict",
    "Beside it, not judged",
)
ROOT = "../.."
"""From the folder of the page to the root of the repository."""


@dataclass(frozen=True)
class Sources:
    """Where the numbers of claims come from.

    stages: step -> stage, which names its file of rules; stimuli: step -> sets of stimuli; figures: claim -> figures; paragraphs:
    claim -> file of the paper that discusses it; folder: results folder of the study.
    """

    stages: Mapping[str, str]
    stimuli: Mapping[str, Sequence[str]]
    figures: Mapping[str, Sequence[str]]
    paragraphs: Mapping[str, str]
    folder: str


def figures_of(register: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Figures that serve each claim, from the register of figures; those that show all claims at once are left out."""
    served = {name: entry["claims"] for name, entry in register.items() if isinstance(entry["claims"], list)}
    claims = sorted({claim for of_figure in served.values() for claim in of_figure})
    return {claim: [name for name, of_figure in served.items() if claim in of_figure] for claim in claims}


def paragraphs_of(files: Sequence[Path], claims: Sequence[str]) -> dict[str, str]:
    """The first file of the paper that opens a paragraph on each claim."""
    texts = {str(file): file.read_text(encoding="utf-8") for file in files}
    opened = {
        claim: [file for file, text in texts.items() if f"\\begin{{claim}}{{{claim}}}" in text] for claim in claims
    }
    return {claim: files[0] for claim, files in opened.items() if files}


def permuted_replications(placebo: Mapping[str, Any] | None) -> dict[str, str]:
    """Claims that a placebo judges replicated, as "2 of 2 models"."""
    claims: Mapping[str, Mapping[str, Any]] = placebo["claims"] if placebo else {}
    replicated = [name for rows in claims.values() for name, row in rows.items() if row["verdict"] == REPLICATED]
    return {name: f"{replicated.count(name)} of {len(claims)} models" for name in sorted(set(replicated))}


def verdict_table(results: Results) -> pd.DataFrame:
    """Claims with their statements and a column of verdicts for each model."""
    rows = [
        {
            "claim": claim,
            "statement": entry["statement"],
            **{model: results.verdict(claim, model) for model in results.models},
        }
        for claim, entry in results.registered.items()
    ]
    return pd.DataFrame(rows)


def page(results: Results, sources: Sources, permuted: Mapping[str, str], topics: Sequence[Topic]) -> str:
    """The whole page.

    Args:
        permuted: claims that the same rules judge replicated under permuted labels, with the number of models in words.
        topics: steps and findings compared in the texts of both papers.
    """
    parts = ["# Results, claim by claim", INTRODUCTION.format(folder=sources.folder)]
    for paper, title in PAPERS.items():
        claims = [claim for claim, entry in results.registered.items() if entry["paper"] == paper]
        parts.append(f"**{title}**: " + " · ".join(f"[{claim}](#{claim.lower()})" for claim in claims))
    parts += ["\n\n".join(_section(results, sources, permuted, claim)) for claim in results.registered]
    parts += ["## What the two texts share", OVERLAP, overlap_table(topics)]
    return "\n\n".join(parts) + "\n"


OVERLAP = """A reading of both texts, step by step and finding by finding, with the source of each cell, is
[a table of its own](textual_overlap.tsv) (claim O07). In short:"""


def overlap_table(topics: Sequence[Topic]) -> str:
    """Steps and findings compared in the texts of both papers, by how they compare."""
    rows = [
        [verdict, str(len(names)), cell("; ".join(name[0].lower() + name[1:] for name in names))]
        for verdict, names in by_verdict(topics).items()
    ]
    return table(["In the two texts", "Topics", "Which"], rows)


INTRODUCTION = """Written by the rule `write_results`; edits here are lost. The verdicts follow from the
[registered claims](README.md) by their own rules. *Null percentile* is the share of the null below the estimate, corrected for
multiple tests where a claim says so; *Uncorrected* is the same before the correction. Evidence lies in
`{folder}/MODEL/evidence/STEP.parquet`, written by a rule, a step and a log of one name."""


def _section(results: Results, sources: Sources, permuted: Mapping[str, str], claim: str) -> Iterator[str]:
    entry = results.registered[claim]
    yield f"## {claim}"
    yield f"**{cell(entry['statement'])}**"
    said = [
        f"Original: {cell(entry['original'])} ({cell(entry['place'])}).",
        f"Measured: {cell(entry['metric']).removesuffix('.')}.",
        f"Registered {entry['registered']}.",
    ]
    yield " ".join(said)
    if not results.is_measured(claim):
        yield f"**{NOT_MEASURED}**"
        return
    verdicts = "; ".join(f"{model}: **{results.verdict(claim, model)}**" for model in results.models)
    yield f"Verdict: {verdicts}."
    if claim in permuted:
        yield f"With permuted labels the same rule says `replicated` on {permuted[claim]}: **not specific to emotion**."
    yield table(COLUMNS, list(_rows(results, claim)))
    yield " · ".join(_links(results, sources, claim))


def _rows(results: Results, claim: str) -> Iterator[list[str]]:
    for part in results.part_names(claim):
        for model in results.models:
            row = results.part(claim, part, model)
            yield [cell(part), cell(model), *_numbers(row)]


def _numbers(row: Row | None) -> list[str]:
    if row is None:
        return [NOT_MEASURED, *[""] * 5]
    if row["estimate"] is None:
        return [NO_ESTIMATE, "", "", "", cell(verdict_text(row)), ""]
    beside = str(row["beside"])
    uncorrected = UNCORRECTED.search(beside)
    return [
        f"{interval(row)} {cell(str(row['unit']))}",
        percentile(row),
        uncorrected[1] if uncorrected else "",
        f"{number(row['n'], 0)} {cell(str(row['of']))}",
        cell(verdict_text(row)),
        cell(UNCORRECTED.sub("", beside)),
    ]


def _links(results: Results, sources: Sources, claim: str) -> Iterator[str]:
    """Markdown links to figures, rule, step, stimuli, evidence and the paragraph of the paper."""
    step = results.step(claim)
    stage = sources.stages[step]
    for figure in sources.figures.get(claim, ()):
        yield f"[figure {figure}]({ROOT}/figures/{figure}.png)"
    yield f"[rule {step}](../rules/{stage}.smk)"
    yield f"[step]({ROOT}/scripts/steps/{stage}/{step}.py)"
    for name in sources.stimuli.get(step, ()):
        yield f"[stimuli: {name}](../stimuli/{name})"
    yield f"evidence `{sources.folder}/MODEL/evidence/{step}.parquet`"
    if claim in sources.paragraphs:
        yield f"[paragraph of the paper]({ROOT}/{sources.paragraphs[claim]})"
