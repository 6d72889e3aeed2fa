"""A study in float32 beside the same study in bfloat16: every number and verdict, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.artefacts.precision import FLOAT32
from emotion_vectors.claims.judging import Row
from emotion_vectors.claims.records import rows_of
from emotion_vectors.claims.verification import ANY_PROCESSOR, SIGNED, compare, tolerance_of


class PrecisionError(MendableError, ValueError):
    """Two studies cannot be compared, because they do not differ in precision."""


@dataclass(frozen=True)
class Part:
    """One part of a claim in both studies.

    largest: largest difference of estimate and interval, as a share of the interval's width in float32; None where either study has
    no numbers.
    """

    model: str
    step: str
    measured: bool
    largest: float | None
    same_verdict: bool


def agreement(exact: Row, rounded: Row, registered: Mapping[str, Row]) -> dict[str, Any]:
    """How far a study in bfloat16 agrees with the same study in float32.

    Args:
        exact, rounded: content of claims.json or of a reference file, of the study in float32 and of the other.
        registered: claims by id, with the rule of each part.
    Returns:
        `studies`: environment of both; `models`: model -> step -> `parts` with numbers in float32, `within_tolerance` of them, their
        `same_verdict`, `median_share` and `largest_share` of the interval's width (None where no part has numbers in both);
        `summary` and `differences` as `verify` says them.
    Raises:
        PrecisionError: the first did not run in float32, or the second did.
    """
    environments = {"float32": exact["environment"], "bfloat16": rounded["environment"]}
    said = {name: environment["precision"] for name, environment in environments.items()}
    if said["float32"] != FLOAT32 or said["bfloat16"] == FLOAT32:
        raise PrecisionError(
            f"the studies ran in {said['float32']} and in {said['bfloat16']}, so that nothing is compared: run one with "
            "compute.precision: float32 and write the reference of the other from a run with bfloat16"
        )
    held = compare(exact, rounded, registered)
    models: dict[str, dict[str, Any]] = {}
    parts = list(_parts(exact, rounded))
    for model, step in dict.fromkeys((part.model, part.step) for part in parts):
        of_step = [part for part in parts if (part.model, part.step) == (model, step)]
        models.setdefault(model, {})[step] = _summary(of_step)
    kept = ("processor", "precision")
    return {
        "studies": {name: {key: environment[key] for key in kept} for name, environment in environments.items()},
        "models": models,
        "summary": held.summary(),
        "differences": list(map(str, held.differences)),
    }


def _parts(exact: Row, rounded: Row) -> Iterator[Part]:
    of_rounded = {(model, claim, part): row for model, claim, part, row in rows_of(rounded)}
    for model, claim, part, row in rows_of(exact):
        if part:
            other = of_rounded.get((model, claim, part), {})
            same = other.get("verdict") == row["verdict"]
            yield Part(model, row["step"], row["estimate"] is not None, _largest(row, other), same)


def _largest(row: Row, other: Row) -> float | None:
    keys = [key for key in SIGNED if row[key] is not None and other.get(key) is not None]
    if not keys:
        return None
    width = tolerance_of(keys[0], row, same_processor=False) / ANY_PROCESSOR
    return max(abs(float(row[key]) - float(other[key])) for key in keys) / max(width, 1e-12)


def _summary(parts: list[Part]) -> dict[str, Any]:
    shares = [part.largest for part in parts if part.largest is not None]
    return {
        "parts": len(parts),
        "measured": sum(part.measured for part in parts),
        "within_tolerance": sum(share <= ANY_PROCESSOR * (1 + 1e-9) for share in shares),
        "same_verdict": sum(part.same_verdict for part in parts),
        "median_share": median(shares) if shares else None,
        "largest_share": max(shares) if shares else None,
    }
