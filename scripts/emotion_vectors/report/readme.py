"""Findings in words and how single claims are to be read, from one file, and the generated parts of README.md, between markers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.claims.judging import NOT_MEASURED
from emotion_vectors.claims.permuted import replicated_parts
from emotion_vectors.report import results as reported
from emotion_vectors.report.results import Results
from emotion_vectors.report.sentences import DescribedStudy, Sentence, SentenceError, check
from emotion_vectors.statistics.wording import listing

ESTIMATE = re.compile(r"\{([A-Z]\d\db?)(?:/([^{}@]+))?(?:@([^{}]+))?\}")
BOTH = re.compile(r"\{both ((?:[A-Z]\d\db? ?)+)\}")
BESIDE = re.compile(r"\{beside ([A-Z]\d\db?)/([^{}]+): ([^{}:]+)\}")
COUNT = re.compile(r"\{count ([A-Z]\d\db?)/([^{}]+): ([^{}:]+)\}")
"""Numbers in a text, one for each model: {A01/part} and {A01/part@MODEL} are estimates, {count A25/part: replies that make sense} is
what a gate that stopped the part counted, {beside W09/part: times chance} is the number in front of these words beside it. {both W04
W05} counts the replicated parts of these claims that permuted labels replicate as well."""
CLAIM = re.compile(r"[A-Z]\d\db?")


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
    return _load(file, "findings", ("question", "finding", "holds"))


def _load(file: str | Path, kind: str, keys: Sequence[str]) -> tuple[DescribedStudy, list[dict[str, Any]]]:
    content = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    try:
        study = DescribedStudy(str(content["about"]["tier"]), dict(content["about"]["models"]))
        return study, [{key: entry[key] for key in keys} for entry in content[kind]]
    except (KeyError, TypeError) as error:
        raise SentenceError(f"{file}: lacks {error}; each of its {kind} has {', '.join(keys)}") from error


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
            _in_words(str(entry["finding"]), study, results, placebo) if written else _verdicts(entry, results),
            " ".join(_claims(entry)),
        ]
        for entry in findings
    ]
    return table(["Question", "What was found", "Claims"], rows)


def readings(file: str | Path, results: Results, tier: str, placebo: Results | None) -> dict[str, str]:
    """How the numbers of single claims are to be read; what rests on results is left out of a study that it was not written about.

    Raises:
        SentenceError: a reading no longer says what was found.
    """
    study, entries = _load(file, "readings", ("claim", "reading", "holds"))
    guarded = [Sentence(f"{file}: {entry['claim']}", tuple(entry["holds"])) for entry in entries]
    check(study, guarded, results, tier, placebo)
    written = study.is_that_of(results, tier)
    return {
        entry["claim"]: _in_words(str(entry["reading"]), study, results, placebo)
        for entry in entries
        if (written or not entry["holds"]) and results.is_measured(entry["claim"])
    }


def _in_words(text: str, study: DescribedStudy, results: Results, placebo: Results | None) -> str:
    """The text with its numbers: estimates, counts of gates and what holds with permuted labels too, one for each model."""

    def estimates(match: re.Match[str]) -> str:
        claim, part = match[1], match[2] or results.part_names(match[1])[0]
        models = [study.models[match[3]]] if match[3] else results.models
        return reported.estimates([results.part(claim, part, model) for model in models])

    def counts(match: re.Match[str]) -> str:
        rows = [results.part(match[1], match[2], model) or {"why": ""} for model in results.models]
        try:
            return listing([reported.gate_count(row, match[3]) for row in rows])
        except KeyError as error:
            raise SentenceError(f"'{match[0]}': no gate of {error} stopped that part on every model") from error

    def noted(match: re.Match[str]) -> str:
        texts = [str((results.part(match[1], match[2], model) or {"beside": ""})["beside"]) for model in results.models]
        numbers = [re.search(rf"(?<![\d.])([\d.]+) {re.escape(match[3])}", text) for text in texts]
        if None in numbers:
            raise SentenceError(
                f"'{match[0]}': what stands beside that part has no number of '{match[3]}' on every model"
            )
        return listing([number[1] for number in numbers if number is not None])

    def both(match: re.Match[str]) -> str:
        if placebo is None:
            raise SentenceError(f"'{match[0]}': there is no reference of the placebo; write one first")
        return "{} of {}".format(*replicated_parts(results.content, placebo.content, match[1].split()))

    for form, numbers in ((COUNT, counts), (BESIDE, noted), (BOTH, both), (ESTIMATE, estimates)):
        text = form.sub(numbers, text)
    return " ".join(text.split()).replace("|", "\\|")


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
        # Both sums are of the jobs that were run.
        if taken := study.get("published"):
            machine += f"; without {listing(list(taken))}, of which published tables were taken"
        minutes = NOT_MEASURED if elapsed is None else f"{elapsed:.0f}"
        rows.append([name, minutes, f"{study['processor_seconds'] / 60:.0f}", cell(machine)])
    return table(["Study", "Elapsed minutes", "Processor minutes", "Measured on"], rows)
