"""workflow/claims/RESULTS.md: one section for each claim, with its numbers on every model and links to where they come from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pandas as pd

from emotion_vectors.claims.judging import NOT_MEASURED
from emotion_vectors.claims.permuted import Unspecific
from emotion_vectors.figures.register import Entry
from emotion_vectors.overlap.texts import Topic, by_verdict
from emotion_vectors.report.readme import cell, table
from emotion_vectors.report.results import SMALL, Results, Row, beside_text, place_in_null, verdict_text
from emotion_vectors.report.sentences import COMMENT
from emotion_vectors.statistics.wording import NO_ESTIMATE, interval, listing, number

PAPERS = {
    "sofroniew2026emotion": "Sofroniew et al. 2026",
    "wang2025circuits": "Wang et al. 2025",
    "wider": "Wider claims",
    "overlap": "The two papers compared",
}
COLUMNS = (
    "Part",
    "Model",
    "Estimate [95 % interval]",
    "Null percentile",
    "Corrected p",
    "n",
    "Verdict",
    "Beside it, not judged",
)
UNSPECIFIC = "*no less with permuted labels*"
"""Mark of a verdict that permuted labels reach as well."""
ROOT = "../.."
"""From the folder of the page to the root of the repository."""


@dataclass(frozen=True)
class Remarks:
    """What is said of verdicts besides their numbers.

    unspecific: verdicts that permuted labels reach as well; whose: whose placebo that is, empty where it is the study's; readings:
    claim -> how its numbers are to be read.
    """

    unspecific: Unspecific = field(default_factory=Unspecific)
    whose: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)


OPENED = re.compile(r"\\begin\{claim\}\{([^{}]+)\}")
HEADING = re.compile(r"\\(?:sub)*section\*?\{|\\paragraph\{")
NAMED = re.compile(r"(?<![\w-])[A-Z]\d\d[a-z]?(?!\w)")
"""A claim by its id, in conditions of sentences and calls for numbers as well."""


@dataclass(frozen=True)
class Paragraph:
    """A line of a file of the paper, and whether it opens the paragraph on the claim itself."""

    file: str
    line: int
    is_own: bool = False


@dataclass(frozen=True)
class Sources:
    """Where the numbers of claims come from.

    stages: step -> stage, which names its file of rules; stimuli: step -> sets of stimuli; figures: claim -> figures; paragraphs:
    claim -> where the paper speaks of it; folder: results folder of the study.
    """

    stages: Mapping[str, str]
    stimuli: Mapping[str, Sequence[str]]
    figures: Mapping[str, Sequence[str]]
    paragraphs: Mapping[str, Paragraph]
    folder: str


def figures_of(register: Mapping[str, Entry]) -> dict[str, list[str]]:
    """Figures that serve each claim, from the register of figures; those that show all claims at once are left out."""
    served = {name: entry.claims for name, entry in register.items() if isinstance(entry.claims, list)}
    claims = sorted({claim for of_figure in served.values() for claim in of_figure})
    return {claim: [name for name, of_figure in served.items() if claim in of_figure] for claim in claims}


def paragraphs_of(files: Sequence[Path], claims: Sequence[str]) -> dict[str, Paragraph]:
    r"""Where the paper speaks of each claim: its own paragraph, else the part under a heading that names it most often.

    A claim that is named nowhere is sent to the paragraph of its first form. What stands in comments is not there.
    """
    texts = {file.as_posix(): COMMENT.sub("", file.read_text(encoding="utf-8")) for file in files}
    opened = {
        match[1]: Paragraph(file, _line(text, match.start()), is_own=True)
        for file, text in texts.items()
        for match in OPENED.finditer(text)
    }
    named: dict[str, Counter[Paragraph]] = {}
    for file, text in texts.items():
        headings = [match.start() for match in HEADING.finditer(text)]
        for begin, end in pairwise([*headings, len(text)]):
            for claim in NAMED.findall(text, begin, end):
                named.setdefault(claim, Counter())[Paragraph(file, _line(text, begin))] += 1
    spoken = opened | {claim: of.most_common(1)[0][0] for claim, of in named.items() if claim not in opened}
    first_forms = {claim: spoken.get(claim, spoken.get(claim.removesuffix("b"))) for claim in claims}
    return {claim: paragraph for claim, paragraph in first_forms.items() if paragraph}


def _line(text: str, start: int) -> int:
    return text.count("\n", 0, start) + 1


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


def page(results: Results, sources: Sources, remarks: Remarks, topics: Sequence[Topic]) -> str:
    """The whole page.

    Args:
        topics: steps and findings compared in the texts of both papers.
    """
    parts = ["# Results, claim by claim", INTRODUCTION.format(folder=sources.folder)]
    for paper, title in PAPERS.items():
        claims = [claim for claim, entry in results.registered.items() if entry["paper"] == paper]
        parts.append(f"**{title}**: " + " · ".join(f"[{claim}](#{claim.lower()})" for claim in claims))
    parts += ["\n\n".join(_section(results, sources, remarks, claim)) for claim in results.registered]
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


INTRODUCTION = """Written by the rule `write_pages`; edits here are lost. The verdicts follow from the
[registered claims](README.md) by their own rules. *Null percentile* is the share of the null below the estimate, of distances from the
reference value where the null spreads to both sides. *Corrected p* stands where a claim corrects for multiple tests (Holm): its verdict
goes by that p, and not by the percentile. *Below the smallest effect of interest* marks replicated parts whose estimate is nearer to the
reference value than the registered `smallest_effect`. *No less with permuted labels* marks what speaks for a claim (replicated, partial)
where the same rule gives as much, or more, on the same model with permuted emotion labels: it says nothing about emotion. Evidence lies
in `{folder}/MODEL/evidence/STEP.parquet`, written by a rule, a step and a log of one name."""


def _section(results: Results, sources: Sources, remarks: Remarks, claim: str) -> Iterator[str]:
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
    if successor := results.successor(claim):
        yield f"[{successor}](#{successor.lower()}) takes its place: the rule of this one could not see what it judges."
    verdicts = "; ".join(f"{model}: **{results.headed_verdict(claim, model)}**" for model in results.models)
    yield f"Verdict: {verdicts}."
    if models := [model for model in results.models if (model, claim) in remarks.unspecific.claims]:
        yield f"With permuted labels the same rules give no less on {listing(models)}{remarks.whose}: **not specific to emotion**."
    yield table(COLUMNS, list(_rows(results, remarks.unspecific, claim)))
    if claim in remarks.readings:
        yield f"How to read it: {remarks.readings[claim]}"
    yield " · ".join(_links(results, sources, claim))


def _rows(results: Results, unspecific: Unspecific, claim: str) -> Iterator[list[str]]:
    for part in results.part_names(claim):
        for model in results.models:
            row = results.part(claim, part, model)
            said = [cell(verdict_text(row))]
            said += [SMALL] if results.is_small(claim, part, model) else []
            said += [UNSPECIFIC] if (model, claim, part) in unspecific.parts else []
            yield [cell(part), cell(model), *_numbers(row, ", ".join(said))]


def _numbers(row: Row | None, verdict: str) -> list[str]:
    if row is None:
        return [NOT_MEASURED, *[""] * 5]
    if row["estimate"] is None:
        return [NO_ESTIMATE, "", "", "", verdict, ""]
    in_null = place_in_null(row)
    return [
        f"{interval(row)} {cell(str(row['unit']))}",
        in_null.percentile,
        in_null.corrected_p,
        f"{number(row['n'], 0)} {cell(str(row['of']))}",
        verdict,
        cell(beside_text(row)),
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
        paragraph = sources.paragraphs[claim]
        kind = "paragraph" if paragraph.is_own else "part"
        yield f"[{kind} of the paper]({ROOT}/{paragraph.file}#L{paragraph.line})"
