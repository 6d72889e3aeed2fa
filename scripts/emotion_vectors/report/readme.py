"""Generated parts of README.md, between markers, in plain Markdown: findings in words, and how long the studies take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.claims.judging import NOT_MEASURED
from emotion_vectors.report import results as reported
from emotion_vectors.report.results import Results
from emotion_vectors.report.sentences import DescribedStudy, Sentence, SentenceError, check

ESTIMATE = re.compile(r"\{([A-Z]\d\d)(?:/([^{}]+))?\}")
CLAIM = re.compile(r"[A-Z]\d\d")


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


def load_findings(file: str | Path) -> tuple[DescribedStudy, list[dict[str, Any]]]:
    """The study that the findings were written about, and each question with its finding and the conditions that it rests on.

    Raises:
        SentenceError: the file is not of that form.
    """
    content = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    try:
        study = DescribedStudy(str(content["about"]["tier"]), dict(content["about"]["models"]))
        return study, [{key: entry[key] for key in ("question", "finding", "holds")} for entry in content["findings"]]
    except (KeyError, TypeError) as error:
        raise SentenceError(
            f"{file}: lacks {error}; each finding has a question, a finding and what it holds"
        ) from error


def findings_table(file: str | Path, results: Results, tier: str, placebo: Results | None) -> str:
    """One row for each question: the finding in words where it was written about this study, else the verdicts alone.

    Raises:
        SentenceError: a finding no longer says what was found (question, condition and what was found instead).
    """
    study, findings = load_findings(file)
    guarded = [Sentence(f"{file}: '{entry['question']}'", tuple(entry["holds"])) for entry in findings]
    check(study, guarded, results, tier, placebo)
    written = study.is_that_of(results, tier)
    rows = [
        [
            cell(entry["question"]),
            _in_words(entry, results) if written else _verdicts(entry, results),
            " ".join(_claims(entry)),
        ]
        for entry in findings
    ]
    return table(["Question", "What was found", "Claims"], rows)


def _in_words(entry: Mapping[str, Any], results: Results) -> str:
    """The finding with its estimates, one for each model."""

    def estimates(match: re.Match[str]) -> str:
        claim, part = match[1], match[2] or results.part_names(match[1])[0]
        return reported.estimates([results.part(claim, part, model) for model in results.models])

    return " ".join(ESTIMATE.sub(estimates, str(entry["finding"])).split()).replace("|", "\\|")


def _claims(entry: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(name for condition in entry["holds"] for name in CLAIM.findall(condition)))


def _verdicts(entry: Mapping[str, Any], results: Results) -> str:
    """The verdicts on the claims of a finding, for a study that no finding was written about."""
    return "; ".join(
        f"{claim} {reported.verdict_counts([results.verdict(claim, model) for model in results.models])}"
        for claim in _claims(entry)
    )


def time_table(times: Mapping[str, Mapping[str, Any]]) -> str:
    """Elapsed minutes of each study that was run in full, with its machine (`workflow/reference/run_times.json`)."""
    rows = []
    for name, study in times.items():
        elapsed = study["elapsed_minutes"]
        machine = f"{study['machine']['cpu']}, {study['machine']['cores']} cores, {study['precision']}"
        minutes = NOT_MEASURED if elapsed is None else f"{elapsed:.0f}"
        rows.append([name, minutes, f"{study['processor_seconds'] / 60:.0f}", cell(machine)])
    return table(["Study", "Elapsed minutes", "Processor minutes", "Measured on"], rows)
