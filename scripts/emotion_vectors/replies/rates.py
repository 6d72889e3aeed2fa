"""Rates of conduct in sampled replies, and their differences under steering (A19, A20, A25, A26)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.replies.transcripts import UNSTEERED
from emotion_vectors.statistics import effects, resampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emotion_vectors.conduct.directions import Nulls
    from emotion_vectors.stimuli.experiments import Experiment

SAMPLE = ["scenario", "variant", "sample"]
"""What names a reply within a condition; replies of the same name share their random numbers."""
RATE = "rate"


class RateError(ValueError):
    """Labelled replies lack a condition that a claim asks for."""


@dataclass(frozen=True)
class Asked:
    """The rate that a part of a claim asks for: an experiment, and an emotion at one strength against another (0: unsteered)."""

    experiment: str
    emotion: str
    strength: float
    against: float


def asked_parts(claims: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Asked]]:
    """Claim, part and what it asks for, of every part that is measured by a rate."""
    for name, claim in claims.items():
        for part in claim["parts"]:
            by = dict(part.get("measured_by", {}))
            if by.pop("measure", None) == RATE:
                yield name, part["name"], Asked(**by)


def asked_of(claims: Mapping[str, Mapping[str, Any]], experiments: Sequence[Experiment]) -> list[Asked]:
    """What parts of claims ask for about the given experiments."""
    names = {experiment.name for experiment in experiments}
    return [asked for _, _, asked in asked_parts(claims) if asked.experiment in names]


def evidence(
    claims: Mapping[str, Mapping[str, Any]],
    experiments: Mapping[str, Experiment],
    labels: Mapping[str, pd.DataFrame],
    closed: Mapping[str, str],
    bootstraps: int,
    seed: int,
) -> list[dict[str, Any]]:
    """One row for each part: the difference where the gate was passed, else what the gate measured.

    Args:
        labels: of all conditions, by set. closed: why a set cannot be judged, by set; empty where it can.
    """
    rows = []
    for claim, part, asked in asked_parts(claims):
        experiment = experiments[asked.experiment]
        if reason := closed[experiment.items]:
            rows.append(untested_row(claim, part, reason))
            continue
        effect = difference(labels[experiment.items], experiment.target, asked, bootstraps, seed)
        rows.append(evidence_row(claim, part, effect))
    return rows


def conditions(parts: Sequence[Asked], nulls: Nulls) -> pd.DataFrame:
    """Every emotion at the strengths that its claims ask for, and every null direction at all of these strengths.

    Returns:
        Table: direction, kind, strength_norm_fraction.
    """
    pairs = {(part.emotion, strength) for part in parts for strength in (part.strength, part.against) if strength}
    rows = [(emotion, EMOTION, strength) for emotion, strength in sorted(pairs)]
    strengths = sorted({strength for _, strength in pairs})
    rows += [(name, kind, strength) for kind, names in nulls.items() for name in names for strength in strengths]
    return pd.DataFrame(rows, columns=["direction", "kind", "strength_norm_fraction"])


def difference(labels: pd.DataFrame, target: str, asked: Asked, bootstraps: int, seed: int) -> effects.Effect:
    """Rate of a side under an emotion vector at one strength minus that at another, beside null directions.

    Args:
        labels: all conditions of one set; `SAMPLE`, direction, kind, strength_norm_fraction, side.
    Raises:
        RateError: a condition was not sampled.
    """
    labels = labels.assign(hit=(labels["side"] == target).astype(float))
    paired = _paired(labels, asked.emotion, asked)
    nulls = labels.loc[~labels["kind"].isin([EMOTION, UNSTEERED.kind]), "direction"].unique()
    null = [float(_paired(labels, name, asked).mean()) for name in nulls]
    return effects.effect(
        float(paired.mean()),
        resampling.hierarchical_bootstrap(paired, bootstraps, seed),
        null,
        n=paired.size,
        scale=effects.Scale(of="pairs of replies", unit="rate difference", two_sided=True),
    )


def _paired(labels: pd.DataFrame, direction: str, asked: Asked) -> NDArray[np.float64]:
    """Differences between replies that share their random numbers: [scenario, reply]."""
    sides = []
    for strength in (asked.strength, asked.against):
        unsteered = labels["kind"] == UNSTEERED.kind
        at = (
            unsteered
            if strength == 0
            else (labels["direction"] == direction) & np.isclose(labels["strength_norm_fraction"], strength)
        )
        if not at.any():
            raise RateError(f"no replies for '{direction}' at strength {strength:g}; repeat steer_replies")
        sides.append(labels[at].set_index(SAMPLE)["hit"])
    differences = (sides[0] - sides[1]).reset_index(name="difference")
    if differences["difference"].isna().any():
        raise RateError(
            f"replies for '{direction}' at strengths {asked.strength:g} and {asked.against:g} are not of the same situations and "
            "seeds; repeat steer_replies"
        )
    return np.stack([group["difference"].to_numpy() for _, group in differences.groupby("scenario")])
