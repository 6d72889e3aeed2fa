r"""Guarded sentences: findings in plain words, each bound to what it states about the results of one study.

The sources of the paper hold them as

    \about{default}{135M = smollm2-135m-instruct; 0.5B = qwen2.5-coder-0.5b-instruct}
    \holds{A06: not replicated; A01/above chance@135M > A01/above chance@0.5B}{sentence}{neutral form}

`\about` names the study that the sentences were written about: its tier and the short names of its models. In that study the
sentence is printed, and the paper is not written when one of its conditions fails; in any other study the neutral form is printed.
Conditions, parted by semicolons:

    A06: not replicated                    verdict on the claim, on every model
    A07@135M: replicated                   on one model
    A20/calm, slope: not replicated        verdict on a part
    A20/calm, slope@0.5B: negative         side of the reference value: `positive` or `negative`; words may be joined by commas
    A24@135M: opposite                     an effect beyond the null on the side against the claim
    A09/clusters match families < 0.1      the estimate against a number, or against another estimate
    A19/calm, rate because a gate          the reason of the verdict on a part holds these words, for instance the gate that closed it
    W09/neurons differ beside chance       what stands beside the estimate holds them
    placebo W05: replicated                the same of the study with permuted labels
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.claims.judging import NOT_MEASURED, VERDICTS
from emotion_vectors.report.results import Results, Row

POSITIVE, NEGATIVE, OPPOSITE = "positive", "negative", "opposite"
WORDS = (*VERDICTS, POSITIVE, NEGATIVE, OPPOSITE)

COMMENT = re.compile(r"(?<!\\)%.*")
ABOUT = re.compile(r"\\about\{([^{}]*)\}\s*\{([^{}]*)\}")
HOLDS = re.compile(r"\\holds\s*\{([^{}]*)\}")
ORDER = re.compile(r"(.+?)\s+([<>])\s+(.+)")
NOTED = re.compile(r"(.+?)\s+(because|beside)\s+(.+)")
NOTES = {"because": "why", "beside": "beside"}
"""Word of a condition -> text of a part that it is about."""
PLACEBO = "placebo "


class SentenceError(MendableError, ValueError):
    """A sentence of the paper does not say what was found, or cannot be read."""


@dataclass(frozen=True)
class DescribedStudy:
    """The study that the sentences were written about: its tier, and its models by their short names."""

    tier: str
    models: dict[str, str]

    def is_that_of(self, results: Results, tier: str) -> bool:
        return tier == self.tier and set(results.models) == set(self.models.values())

    def short_name(self, model: str) -> str:
        """Short name of a model; the full one where it has none."""
        return next((short for short, full in self.models.items() if full == model), model)


@dataclass(frozen=True)
class Sentence:
    """A guarded sentence: where it stands (file and line) and its conditions as they are written."""

    where: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Quantity:
    """What a condition is about: a claim, or one of its parts, on one model or (`model` empty) on every one."""

    claim: str
    part: str
    model: str


def read_sentences(files: Iterable[str | Path]) -> tuple[DescribedStudy, list[Sentence]]:
    r"""The study and the guarded sentences of the paper's sources.

    Raises:
        SentenceError: `\about` is missing, stands twice or cannot be read, or a sentence has no condition.
    """
    texts = {Path(file).name: COMMENT.sub("", Path(file).read_text(encoding="utf-8")) for file in files}
    studies = [match.groups() for text in texts.values() for match in ABOUT.finditer(text)]
    if len(studies) != 1:
        raise SentenceError(
            rf"the sources of the paper hold \about{{tier}}{{models}} {len(studies)} times; write it once"
        )
    sentences = []
    for name, text in texts.items():
        for match in HOLDS.finditer(text):
            where = f"{name} line {text.count(chr(10), 0, match.start()) + 1}"
            conditions = tuple(" ".join(one.split()) for one in match[1].split(";") if one.strip())
            if not conditions:
                raise SentenceError(rf"{where}: \holds has no condition; name the verdicts that the sentence states")
            sentences.append(Sentence(where, conditions))
    return _study(*studies[0]), sentences


def _study(tier: str, models: str) -> DescribedStudy:
    pairs = [[half.strip() for half in one.split("=")] for one in models.split(";") if one.strip()]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise SentenceError(rf"\about{{{tier}}}: '{models}' is not a list of SHORT NAME = MODEL parted by semicolons")
    return DescribedStudy(tier.strip(), {short: model for short, model in pairs})


def check(
    study: DescribedStudy, sentences: Sequence[Sentence], results: Results, tier: str, placebo: Results | None = None
) -> None:
    """Hold every sentence against the results, and against those under permuted labels where it speaks of them.

    Conditions must be readable in any study; they must hold in the one that the sentences were written about.

    Raises:
        SentenceError: conditions that cannot be read, or that do not hold (where, condition and what was found).
    """
    held = study.is_that_of(results, tier)
    permuted = placebo or Results(results.registered, {model: {} for model in results.models}, {})
    faults = []
    for sentence in sentences:
        for condition in sentence.conditions:
            stated = condition.removeprefix(PLACEBO)
            try:
                against = _contradictions(stated, study, results if stated == condition else permuted, held)
            except SentenceError as error:
                against = [str(error)]
            faults += [f"{sentence.where}: {'' if stated == condition else PLACEBO}{fault}" for fault in against]
    if faults:
        raise SentenceError("\n  ".join(["the text of the paper does not say what was found; revise:", *faults]))


def _contradictions(condition: str, study: DescribedStudy, results: Results, held: bool) -> list[str]:
    """What the results say in place of what a condition states; nothing where it holds, or (`held` false) is only read."""
    if order := ORDER.fullmatch(condition):
        return _out_of_order(order, study, results, held)
    if noted := NOTED.fullmatch(condition):
        return _noted_otherwise(noted, study, results, held)
    name, _, stated = condition.rpartition(": ")
    words = [word.strip() for word in stated.split(",")]
    if not name or not set(words) <= set(WORDS):
        raise SentenceError(f"'{condition}' cannot be read; write CLAIM[/PART][@MODEL]: and some of {', '.join(WORDS)}")
    quantity = _quantity(name, study, results)
    models = _models(quantity, study) if held else []
    return [
        f"'{condition}', but on {study.short_name(model)} it is {', '.join(sorted(said, key=WORDS.index))}"
        for model in models
        if not set(words) <= (said := _said(quantity, model, results))
    ]


def _out_of_order(order: re.Match[str], study: DescribedStudy, results: Results, held: bool) -> list[str]:
    first, sign, second = order.groups()
    left = _quantity(first, study, results)
    limit = float(second) if re.fullmatch(r"-?\d*\.?\d+", second) else None
    right = None if limit is not None else _quantity(second, study, results)
    faults = []
    for model in _models(left, study) if held else []:
        low, high = _estimate(left, model, results), limit
        if right is not None:
            high = _estimate(right, study.models.get(right.model, model), results)
        if low is None or high is None or not (low < high if sign == "<" else low > high):
            faults.append(f"'{order[0]}', but on {study.short_name(model)} the estimate is {low}, against {high}")
    return faults


def _noted_otherwise(noted: re.Match[str], study: DescribedStudy, results: Results, held: bool) -> list[str]:
    name, kind, stated = noted.groups()
    quantity = _quantity(name, study, results)
    faults = []
    for model in _models(quantity, study) if held else []:
        row = _row(quantity, model, results) or {}
        said = str(row.get(NOTES[kind], ""))
        if not re.search(rf"(?<![\w.]){re.escape(stated)}(?!\w)", said):
            faults.append(f"'{noted[0]}', but on {study.short_name(model)} it says: {said or 'nothing'}")
    return faults


def _quantity(name: str, study: DescribedStudy, results: Results) -> Quantity:
    """Reads CLAIM[/PART][@MODEL].

    Raises:
        SentenceError: the claim is not registered, has no such part, or the model has no short name.
    """
    whole, _, model = name.strip().partition("@")
    claim, _, part = whole.partition("/")
    if claim not in results.registered:
        raise SentenceError(f"'{name}': claim {claim} is not registered; see workflow/claims/")
    if part and part not in results.part_names(claim):
        raise SentenceError(f"'{name}': {claim} has the parts {results.part_names(claim)}")
    if model and model not in study.models:
        raise SentenceError(rf"'{name}': \about names the models {', '.join(study.models)}")
    return Quantity(claim, part, model)


def _models(quantity: Quantity, study: DescribedStudy) -> list[str]:
    return [study.models[quantity.model]] if quantity.model else list(study.models.values())


def _row(quantity: Quantity, model: str, results: Results) -> Row | None:
    part = quantity.part or results.part_names(quantity.claim)[0]
    return results.part(quantity.claim, part, model)


def _estimate(quantity: Quantity, model: str, results: Results) -> float | None:
    row = _row(quantity, model, results)
    return None if row is None or row["estimate"] is None else float(row["estimate"])


def _said(quantity: Quantity, model: str, results: Results) -> set[str]:
    """Verdict on a claim or part, the side of the reference value on which its estimate lies, and whether it is opposite."""
    row = _row(quantity, model, results)
    on_part = NOT_MEASURED if row is None else str(row["verdict"])
    said = {on_part if quantity.part else results.verdict(quantity.claim, model)}
    if row is None:
        return said
    if row["estimate"] is not None and row["estimate"] != row["reference"]:
        said.add(POSITIVE if row["estimate"] > row["reference"] else NEGATIVE)
    return said | ({OPPOSITE} if row["opposite"] else set())
