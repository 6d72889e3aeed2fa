"""Evidence on claims: one row for each part of a claim, which steps write and `judging` reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from emotion_vectors.claims.registry import ClaimError
from emotion_vectors.statistics.effects import Effect
from emotion_vectors.statistics.wording import bare

Claims = Mapping[str, Mapping[str, Any]]

NUMBERS = ("estimate", "low", "high", "null_percentile")
OPPOSED = -0.5
"""Correlation or cosine below which two readings are one with its sign turned: as far from 1, but not two different ones."""


def evidence_row(
    claim: str, part: str, effect: Effect, *, guard: str = "", unconfirmed: str = "", beside: str = ""
) -> dict[str, Any]:
    """One row of evidence.

    `guard` names a gate or guard that failed. `unconfirmed` says what speaks against the effect being that of the claim, such as finite
    strengths that do not confirm a slope; the verdict is at most partial then. Both are empty when all is well. `beside` says in words
    and numbers what stands beside the estimate and is not judged, for instance what simpler explanations give.
    """
    texts = {"guard": guard, "unconfirmed": unconfirmed, "beside": beside}
    return {"claim": claim, "part": part, **asdict(effect), **texts}


def opposed(estimate: float, what: str) -> str:
    """Why a correlation or cosine that is far from 1 does not show two different things, if so: it is far on the side of −1.

    Args:
        what: is compared, as in "both tokens".
    """
    return f"{what} are opposed ({bare(estimate)}, below {bare(OPPOSED)}), not different" if estimate < OPPOSED else ""


def untested_row(claim: str, part: str, gate: str) -> dict[str, Any]:
    """Row of a part that nothing was measured for, because the gate of its readout stayed closed; `gate` says which and how."""
    missing = float("nan")
    nothing = Effect(missing, missing, missing, missing, missing, n=0, of="", unit="", reference=missing)
    return evidence_row(claim, part, nothing, guard=gate)


def close_unlabelled(claims: Claims, rows: pd.DataFrame) -> pd.DataFrame:
    """Evidence of a placebo with the parts closed that no emotion label enters: there the placebo repeats the study."""
    unlabelled = {
        (name, part["name"])
        for name, claim in claims.items()
        for part in claim["parts"]
        if claim.get("unlabelled") or part.get("unlabelled")
    }
    closed = pd.Series([row in unlabelled for row in zip(rows["claim"], rows["part"], strict=True)], rows.index)
    guard = rows["guard"].mask(closed, "no emotion label enters here, so permuted labels cannot test the rule")
    return rows.assign(guard=guard)


NOT_OF_LABELS = "the model would have to run again, and this study judges labels alone"
"""Why a part is not measured in a placebo of labels alone, where others of its claim are."""


def with_unmeasured(claims: Claims, rows: pd.DataFrame) -> pd.DataFrame:
    """Evidence with a row for every part that is not measured although others of its claim are, so that the claim can be judged."""
    measured = {*zip(rows["claim"], rows["part"], strict=True)}
    missing = [
        untested_row(name, part["name"], NOT_OF_LABELS) | {"step": ""}
        for name in dict.fromkeys(rows["claim"])
        for part in claims.get(name, {"parts": []})["parts"]
        if (name, part["name"]) not in measured
    ]
    return pd.concat([rows, pd.DataFrame(missing)], ignore_index=True) if missing else rows


def check(claims: Claims, rows: pd.DataFrame) -> None:
    """Refuse evidence that cannot be judged.

    Raises:
        ClaimError: evidence for an unknown claim or part, twice for one part, for some parts of a claim only, or without numbers.
    """
    if rows.empty or rows["guard"].isna().any() or rows.loc[rows["guard"] == "", list(NUMBERS)].isna().any(axis=None):
        raise ClaimError(
            "evidence is empty or holds missing values; delete the evidence files of this model and repeat"
        )
    for name, group in rows.groupby("claim"):
        if name not in claims:
            raise ClaimError(f"evidence for claim {name}, which is not registered; add it to workflow/claims/")
        registered = [part["name"] for part in claims[str(name)]["parts"]]
        if sorted(group["part"]) != sorted(registered):
            raise ClaimError(
                f"claim {name} is registered with parts {registered} but measured as {sorted(group['part'])}"
            )


def mark_missing(table: pd.DataFrame) -> pd.DataFrame:
    """Rename the columns of numbers and units, which are empty where nothing was measured, to say so."""
    return table.rename(columns={name: f"{name}_or_missing" for name in Effect.__dataclass_fields__})


def unmark(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the names of its columns as they were before `mark_missing`."""
    return table.rename(columns=lambda name: name.removesuffix("_or_missing"))
