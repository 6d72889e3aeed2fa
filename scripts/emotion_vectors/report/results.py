"""Results in words and numbers, the same in paper and README: estimates, intervals, verdicts over the models of a study.

Text is plain Unicode; `latex.escape` turns it into LaTeX. What has no measurement reads "not yet measured", never blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging, registry
from emotion_vectors.claims.judging import NOT_MEASURED, NOT_TESTABLE, REPLICATED, VERDICTS
from emotion_vectors.statistics.wording import NO_ESTIMATE, bare, listing, percentile

Row = Mapping[str, Any]

SMALL = "below the smallest effect of interest"
"""What is said of a replicated part whose estimate lies nearer to its reference value than the registered effect of interest."""
UNCORRECTED = re.compile(r"uncorrected percentile ([\d.]+)(?:; )?")
"""How evidence says what the percentile of an estimate was before it was corrected for multiple tests."""
GATE = re.compile(
    r"(?P<quantity>[^:;]+?) (?P<value>[\d.]+) (?P<interval>\[[\d., ]+\]) of n = (?P<n>\d+), must be [^;]+"
)
"""How the reason of what cannot be tested names each gate that stopped it."""


@dataclass(frozen=True)
class Results:
    """Registered claims beside what was measured.

    registered: claim id -> entry; judged: model -> claim id -> numbers and verdict; parts: model -> claim id -> part -> the same;
    nonmodels: model -> claim id -> non-model -> part -> the same, of what is no model.
    """

    registered: Mapping[str, Row]
    judged: Mapping[str, Mapping[str, Row]]
    parts: Mapping[str, Mapping[str, Mapping[str, Row]]]
    nonmodels: Mapping[str, Mapping[str, Mapping[str, Mapping[str, Row]]]] = field(default_factory=dict)

    @property
    def models(self) -> list[str]:
        return list(self.judged)

    @property
    def content(self) -> Row:
        """Numbers and verdicts in the form of claims.json."""
        return {"claims": self.judged, "parts": self.parts}

    def verdict(self, claim: str, model: str) -> str:
        return str(self.judged[model].get(claim, {}).get("verdict", NOT_MEASURED))

    def is_measured(self, claim: str) -> bool:
        return any(self.verdict(claim, model) != NOT_MEASURED for model in self.models)

    def measured(self) -> list[str]:
        """Claims with a measurement in at least one model."""
        return [claim for claim in self.registered if self.is_measured(claim)]

    def successor(self, claim: str) -> str | None:
        """The measured claim of the second registration that takes the place of this one."""
        return registry.superseded_by(claim, self.measured())

    def in_force(self) -> list[str]:
        """Measured claims whose place no later one takes."""
        return [claim for claim in self.measured() if self.successor(claim) is None]

    def part(self, claim: str, part: str, model: str) -> Row | None:
        return self.parts.get(model, {}).get(claim, {}).get(part)

    def step(self, claim: str) -> str:
        """Rule that brought the evidence of a measured claim."""
        rows = (row for parts in self.parts.values() for row in parts.get(claim, {}).values())
        return str(next(rows)["step"])

    def entered(self, claim: str, part: str) -> list[str]:
        """Non-models that were put through the rule of this part on some model."""
        names = [
            name for claims in self.nonmodels.values() for name, parts in claims.get(claim, {}).items() if part in parts
        ]
        return list(dict.fromkeys(names))

    def of_nonmodel(self, claim: str, part: str, model: str, name: str) -> Row | None:
        """Numbers and verdict of a non-model beside those of a model; None where it was not put through the rule."""
        return self.nonmodels.get(model, {}).get(claim, {}).get(name, {}).get(part)

    def part_names(self, claim: str) -> list[str]:
        return [str(part["name"]) for part in self.registered[claim]["parts"]]

    def is_of_orders(self, claim: str, model: str) -> bool:
        """Whether the verdict is on directions of the order: the model does not follow orders to voice an emotion."""
        return str(self.judged[model].get(claim, {}).get("why", "")).startswith(judging.OF_ORDERS)

    def headed_verdict(self, claim: str, model: str) -> str:
        """The verdict on a claim, headed where it is about directions of the order."""
        verdict = self.verdict(claim, model)
        return f"{judging.OF_ORDERS}, {verdict}" if self.is_of_orders(claim, model) else verdict

    def is_small(self, claim: str, part: str, model: str) -> bool:
        """Whether a part is replicated with an estimate that stays below its smallest effect of interest."""
        row = self.part(claim, part, model)
        if row is None or row["verdict"] != REPLICATED:
            return False
        least = next(entry["smallest_effect"] for entry in self.registered[claim]["parts"] if entry["name"] == part)
        return bool(abs(row["estimate"] - row["reference"]) < least)

    def leading(self, claim: str, model: str) -> Row | None:
        """Numbers of the leading part with the verdict on the whole claim; None where nothing was measured."""
        leading = self.part(claim, self.part_names(claim)[0], model)
        if self.verdict(claim, model) == NOT_MEASURED or leading is None:
            return None
        why = leading["why"] if len(self.part_names(claim)) == 1 else ""
        return {**leading, "verdict": self.verdict(claim, model), "why": why}


def load(claim_files: Sequence[str | Path], schema_file: str | Path, results_file: str | Path) -> Results:
    """Registered claims and the results of a study (claims.json of `judge_claims`)."""
    content = files.read_json(results_file)
    registered = registry.load(claim_files, schema_file)
    return Results(registered, content["claims"], content["parts"], content.get("nonmodels", {}))


@dataclass(frozen=True)
class NullPlace:
    """Where an estimate lies in its null, in words.

    percentile: share of the null below it, before any correction; corrected_p: empty where the claim corrects for no other tests.
    """

    percentile: str
    corrected_p: str

    @property
    def judged(self) -> str:
        """What the verdict goes by: the corrected p where there is one, else the percentile."""
        return f"p {self.corrected_p}" if self.corrected_p else self.percentile


def place_in_null(row: Row) -> NullPlace:
    """Percentile and, where a claim corrects for multiple tests, corrected p of an estimate.

    A corrected row keeps 100 (1 - p) for its percentile, which is no share of the null; what it was before stands beside it.
    """
    uncorrected = UNCORRECTED.search(str(row["beside"]))
    if uncorrected is None:
        return NullPlace(percentile(row), "")
    return NullPlace(uncorrected[1], bare(1 - row["null_percentile"] / 100))


def beside_text(row: Row) -> str:
    """What stands beside an estimate and is not judged, without the percentile that `place_in_null` shows."""
    return UNCORRECTED.sub("", str(row["beside"]))


def closed_gates(row: Row) -> dict[str, re.Match[str]]:
    """Gates that stopped a part, by what they measured: `value` with `interval`, of `n`."""
    return {match["quantity"].strip(): match for match in GATE.finditer(str(row["why"]))}


def gate_count(row: Row, quantity: str) -> str:
    """What a gate that asks for a share counted, for instance "5 of 12".

    Raises:
        KeyError: no gate of that quantity stopped the part.
    """
    gate = closed_gates(row)[f"{quantity}, share"]
    return f"{round(float(gate['value']) * int(gate['n']))} of {gate['n']}"


def verdict_text(row: Row | None) -> str:
    """The verdict; with the gate that failed where there is one."""
    if row is None:
        return NOT_MEASURED
    gate = f": {row['why']}" if row["verdict"] == NOT_TESTABLE and row["why"] else ""
    return f"{row['verdict']}{gate}"


def estimates(rows: Sequence[Row | None]) -> str:
    """Bare estimates in the order of the models: "0.19 and 0.09"."""
    return listing([NO_ESTIMATE if row is None or row["estimate"] is None else bare(row["estimate"]) for row in rows])


def verdict_counts(verdicts: Sequence[str]) -> str:
    """For instance "replicated on 1 of 2 models, partial on 1"."""
    total = len(verdicts)
    if set(verdicts) <= {NOT_MEASURED}:
        return NOT_MEASURED
    counts = [(verdict, verdicts.count(verdict)) for verdict in VERDICTS if verdict in verdicts]
    if len(counts) == 1:
        verdict = counts[0][0]
        return verdict if total == 1 else f"{verdict} on {_all_of(total, negated=verdict.startswith('not '))}"
    (first, count), *others = counts
    return ", ".join([f"{first} on {count} of {total} models", *(f"{verdict} on {count}" for verdict, count in others)])


def _all_of(total: int, *, negated: bool) -> str:
    """All models in words; behind a "not", where "both" could be read as "only on one"."""
    if negated:
        return "either model" if total == 2 else f"any of {total} models"
    return "both models" if total == 2 else f"all {total} models"


def standings(results: Results, claims: Iterable[str] | None = None) -> dict[str, list[str]]:
    """Claims, all measured ones if none are named, by how they stand over all models; each stands once, empty groups are left out."""
    groups: dict[str, list[str]] = {
        f"replicated on {'every' if len(results.models) > 1 else 'the'} model": [],
        "replicated on some models only": [],
        "partial at best": [],
        "neither replicated nor partial on any": [],
        "not testable on any": [],
    }
    for claim, standing in ((claim, _standing(verdicts_of(results, claim))) for claim in claims or results.measured()):
        list(groups.values())[standing].append(claim)
    return {what: names for what, names in groups.items() if names}


def _standing(verdicts: set[str]) -> int:
    """Place in `standings` of a claim with these verdicts over the models, from best to worst."""
    if judging.REPLICATED in verdicts:
        return 0 if len(verdicts) == 1 else 1
    if judging.PARTIAL in verdicts:
        return 2
    return 4 if verdicts == {NOT_TESTABLE} else 3


def summary(results: Results) -> str:
    """Measured claims in a sentence: which are replicated on every model, which on some, and so on."""
    said = "; ".join(f"{what}: {listing(names)}" for what, names in standings(results).items())
    return f"{said[0].upper()}{said[1:]}." if said else f"All claims are {NOT_MEASURED}."


def summary_counts(results: Results, claims: Iterable[str] | None = None) -> str:
    """The same in numbers, of the claims that are named: "8 replicated on every model, 3 partial at best"."""
    return (
        ", ".join(f"{len(names)} {what}" for what, names in standings(results, claims).items())
        or f"none, all {NOT_MEASURED}"
    )


def verdicts_of(results: Results, claim: str) -> set[str]:
    """Verdicts on a claim over the models."""
    return {results.verdict(claim, model) for model in results.models}
