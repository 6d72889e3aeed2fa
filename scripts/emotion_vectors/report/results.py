"""Results in words and numbers, the same in paper and README: estimates, intervals, verdicts over the models of a study.

Text is plain Unicode; `latex.escape` turns it into LaTeX. What has no measurement reads "not yet measured", never blank.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion_vectors.claims import judging, registry
from emotion_vectors.claims.judging import NOT_MEASURED, NOT_TESTABLE, VERDICTS
from emotion_vectors.statistics.wording import NO_ESTIMATE, bare, listing

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Results:
    """Registered claims beside what was measured.

    registered: claim id -> entry; judged: model -> claim id -> numbers and verdict; parts: model -> claim id -> part -> the same.
    """

    registered: Mapping[str, Row]
    judged: Mapping[str, Mapping[str, Row]]
    parts: Mapping[str, Mapping[str, Mapping[str, Row]]]

    @property
    def models(self) -> list[str]:
        return list(self.judged)

    def verdict(self, claim: str, model: str) -> str:
        return str(self.judged[model].get(claim, {}).get("verdict", NOT_MEASURED))

    def is_measured(self, claim: str) -> bool:
        return any(self.verdict(claim, model) != NOT_MEASURED for model in self.models)

    def measured(self) -> list[str]:
        """Claims with a measurement in at least one model."""
        return [claim for claim in self.registered if self.is_measured(claim)]

    def part(self, claim: str, part: str, model: str) -> Row | None:
        return self.parts.get(model, {}).get(claim, {}).get(part)

    def step(self, claim: str) -> str:
        """Rule that brought the evidence of a measured claim."""
        rows = (row for parts in self.parts.values() for row in parts.get(claim, {}).values())
        return str(next(rows)["step"])

    def part_names(self, claim: str) -> list[str]:
        return [str(part["name"]) for part in self.registered[claim]["parts"]]

    def leading(self, claim: str, model: str) -> Row | None:
        """Numbers of the leading part with the verdict on the whole claim; None where nothing was measured."""
        leading = self.part(claim, self.part_names(claim)[0], model)
        if self.verdict(claim, model) == NOT_MEASURED or leading is None:
            return None
        why = leading["why"] if len(self.part_names(claim)) == 1 else ""
        return {**leading, "verdict": self.verdict(claim, model), "why": why}


def load(claim_files: Sequence[str | Path], schema_file: str | Path, results_file: str | Path) -> Results:
    """Registered claims and the results of a study (claims.json of `judge_claims`)."""
    content = json.loads(Path(results_file).read_text(encoding="utf-8"))
    return Results(registry.load(claim_files, schema_file), content["claims"], content["parts"])


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


def standings(results: Results) -> dict[str, list[str]]:
    """Measured claims by how they stand over all models; each claim stands once, empty groups are left out."""
    groups: dict[str, list[str]] = {
        f"replicated on {'every' if len(results.models) > 1 else 'the'} model": [],
        "replicated on some models only": [],
        "partial at best": [],
        "neither replicated nor partial on any": [],
        "not testable on any": [],
    }
    for claim, standing in ((claim, _standing(verdicts_of(results, claim))) for claim in results.measured()):
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
    found = "; ".join(f"{what}: {listing(names)}" for what, names in standings(results).items())
    return f"{found[0].upper()}{found[1:]}." if found else f"All claims are {NOT_MEASURED}."


def summary_counts(results: Results) -> str:
    """The same in numbers: "8 replicated on every model, 3 partial at best"."""
    return (
        ", ".join(f"{len(names)} {what}" for what, names in standings(results).items()) or f"none, all {NOT_MEASURED}"
    )


def opposites(results: Results) -> str:
    """Parts whose effect lies beyond the null on the side opposite to the claim, with their models."""
    found = [
        f"{claim} ({part}) on {listing(models)}"
        for claim in results.measured()
        for part in results.part_names(claim)
        if (models := [model for model in results.models if _is_opposite(results.part(claim, part, model))])
    ]
    return "; ".join(found) or "none"


def _is_opposite(row: Row | None) -> bool:
    return row is not None and bool(row["opposite"])


def verdicts_of(results: Results, claim: str) -> set[str]:
    """Verdicts on a claim over the models."""
    return {results.verdict(claim, model) for model in results.models}
