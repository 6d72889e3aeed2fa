"""What is no model, put through the rules of the claims that it can enter: counts of words, counts of style, input embeddings, a twin.

Where one passes every part of a claim, the claim says nothing about models, and its verdict is at most partial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from emotion_vectors.claims.judging import (
    FIRST_REGISTRATION,
    NOT_MEASURED,
    PARTIAL,
    REPLICATED,
    Row,
    Verdict,
    judge_part,
)
from emotion_vectors.claims.permuted import IN_FAVOUR
from emotion_vectors.claims.registry import ClaimError
from emotion_vectors.statistics.wording import listing

WORDS, STYLE, EMBEDDINGS, TWIN = "word counts", "style counts", "input embeddings", "re-initialised twin"
"""Names of the non-models."""
KEYS = (
    "estimate",
    "low",
    "high",
    "null_percentile",
    "n",
    "unit",
    "verdict",
    "why",
    "reference",
    "null_95",
    "of",
    "guard",
    "beside",
)

Records = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Claim -> non-model -> part -> numbers and verdict."""


def records(claims: Mapping[str, Row], rows: pd.DataFrame) -> dict[str, dict[str, dict[str, dict[str, Any]]]]:
    """Verdicts on non-models by the rules of the claims.

    Args:
        rows: evidence with the column `nonmodel`, which names one.
    Raises:
        ClaimError: a row is of a claim or part that is not registered.
    """
    judged: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for row in ({str(key): value for key, value in row.items()} for row in rows.to_dict("records")):
        claim, part = claims.get(row["claim"]), str(row["part"])
        rule = next((entry for entry in claim["parts"] if entry["name"] == part), None) if claim else None
        if claim is None or rule is None:
            raise ClaimError(
                f"evidence on {row['nonmodel']} for {row['claim']}, part '{part}', which is not registered; add it to workflow/claims/"
            )
        verdict = asdict(judge_part(rule, row, claim.get("registration", FIRST_REGISTRATION)))
        known = row | verdict
        judged.setdefault(row["claim"], {}).setdefault(row["nonmodel"], {})[part] = {key: known[key] for key in KEYS}
    return judged


def passing(claim: Row, of_claim: Mapping[str, Mapping[str, Row]]) -> list[str]:
    """Non-models that the rule of the claim replicates in every part, by their numbers: a part that one cannot enter it does not pass.

    Args:
        of_claim: non-model -> part -> numbers.
    """
    return [
        name
        for name, parts in of_claim.items()
        if all(part["name"] in parts and passes(claim, part["name"], parts[part["name"]]) for part in claim["parts"])
    ]


def passes(claim: Row, part: str, numbers: Row) -> bool:
    """Whether the rule of a part replicates these numbers of a non-model."""
    return judged(claim, part, numbers).verdict == REPLICATED


def judged(claim: Row, part: str, numbers: Row) -> Verdict:
    """Verdict on a non-model by the rule of a part; there is none without numbers, or where the claim has no such part."""
    rule = next((entry for entry in claim["parts"] if entry["name"] == part), None)
    if rule is None or not numbers:
        return Verdict(NOT_MEASURED, "no numbers")
    return judge_part(rule, {"unconfirmed": "", **numbers}, claim.get("registration", FIRST_REGISTRATION))


def capped(verdict: Verdict, passed_by: Sequence[str]) -> Verdict:
    """The verdict on a claim that these non-models pass as well: at most partial, and not specific."""
    if not passed_by or verdict.verdict not in IN_FAVOUR:
        return verdict
    why = f"not specific, since every part is passed by {listing(passed_by)} as well; {verdict.why}"
    return replace(verdict, verdict=PARTIAL, why=why)


def cap(claims: Mapping[str, Row], judged: pd.DataFrame, of_model: Records) -> pd.DataFrame:
    """Verdicts of one model, those capped whose claim a non-model passes."""
    capped_table = judged.copy()
    for at, row in judged.iterrows():
        passed_by = passing(claims[row["claim"]], of_model.get(row["claim"], {}))
        verdict = capped(Verdict(row["verdict"], row["why"]), passed_by)
        capped_table.loc[at, ["verdict", "why"]] = [verdict.verdict, verdict.why]
    return capped_table
