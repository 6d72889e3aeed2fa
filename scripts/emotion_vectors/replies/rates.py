"""Rates of conduct in sampled replies: their gates without steering, and their differences under steering (A19, A20, A25, A26)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from emotion_vectors.conduct.doses import EMOTION
from emotion_vectors.conduct.gates import GENERATION, Gate
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.wording import interval

SAMPLE = ["scenario", "variant", "sample"]
"""What names a reply within a condition; replies of the same name share their random numbers."""
STRENGTH = "strength_norm_fraction"
UNSTEERED = "unsteered"
RATE = "rate"
NOT_RUN = "not run"
"""Class of answers whose programs could not be run in the isolation asked for."""


class RateError(ValueError):
    """Labelled replies lack a condition that a claim asks for."""


@dataclass(frozen=True)
class Agreement:
    """How far the classes of replies agree with hand labels: Cohen's kappa with its 95 % interval, and replies compared."""

    kappa: float
    low: float
    high: float
    n: int


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


def generation_gates(
    behaviour: str,
    target: str,
    labels: pd.DataFrame,
    agreement: Agreement,
    limits: Mapping[str, Any],
    bootstraps: int,
    seed: int,
) -> list[Gate]:
    """The unsteered rate must be able to rise and fall, replies must make sense, and their classes must be right.

    Args:
        target: side whose rate it is.
        labels: unsteered replies; scenario, side, coherent.
        limits: `gates` of the configuration.
    """
    least, most = limits["rate"]
    rate = _share(labels["side"] == target, labels["scenario"], bootstraps, seed)
    sense = _share(labels["coherent"], labels["scenario"], bootstraps, seed)
    found = [
        (f"replies that are {target}, share", *rate, f"{least:g} to {most:g}", least <= rate[0] <= most),
        ("replies that make sense, share", *sense, f"at least {limits['coherent']:g}", sense[0] >= limits["coherent"]),
    ]
    gates = [
        Gate(behaviour, GENERATION, quantity, value, low, high, len(labels), "replies", limit, passed)
        for quantity, value, low, high, limit, passed in found
    ]
    judged = Gate(
        behaviour, GENERATION, "agreement of the classes with hand labels, kappa", agreement.kappa, agreement.low,
        agreement.high, agreement.n, "hand-labelled replies", f"at least {limits['kappa']:g}",
        agreement.kappa >= limits["kappa"],
    )  # fmt: skip
    run = 1 - float((labels["side"] == NOT_RUN).mean())
    if run < 1:
        quantity = "answers whose programs this machine can run in isolation, share"
        apart = Gate(behaviour, GENERATION, quantity, run, run, run, len(labels), "replies", "1", False)
        return [apart, *gates, judged]
    return [*gates, judged]


def mirrored_gate(
    behaviour: str, target: str, alternative: str, counts: Mapping[str, Mapping[str, int]], limits: Mapping[str, Any]
) -> Gate:
    """The classes must tell replies apart that mirror each other and differ in the act alone, not in how a thing is said.

    Args:
        counts: side of the prepared replies -> class given -> count; whatever gives the classes has not seen these replies.
    """
    hits = counts[target].get(target, 0)
    right = hits + sum(count for given, count in counts[alternative].items() if given != target)
    total = sum(sum(counts[side].values()) for side in (target, alternative))
    low, high = proportion_confint(right, total, method="wilson")
    quantity, limit = f"mirrored replies told apart, {target} or {alternative}, share", limits["mirrored"]
    return Gate(
        behaviour, GENERATION, quantity, right / total, float(low), float(high), total, "prepared replies",
        f"at least {limit:g}", right / total >= limit,
    )  # fmt: skip


def _share(hits: pd.Series[bool], scenarios: pd.Series[str], bootstraps: int, seed: int) -> tuple[float, float, float]:
    by_scenario: NDArray[np.float64] = np.asarray(hits.astype(float).groupby(scenarios).mean(), dtype=np.float64)
    low, high = resampling.bootstrap(by_scenario, lambda rows: float(by_scenario[rows].mean()), bootstraps, seed)
    return float(by_scenario.mean()), low, high


def closed(gates: Sequence[Mapping[str, Any]]) -> str:
    """Which gates stopped a readout and what was measured there, in words; empty when all are passed."""
    return "; ".join(
        f"{gate['behaviour']}, {gate['readout']}: {gate['quantity']} {interval(gate, 'value')} of n = {gate['n']}, "
        f"must be {gate['limit']}"
        for gate in gates
        if not gate["passed"]
    )


def difference(labels: pd.DataFrame, target: str, asked: Asked, bootstraps: int, seed: int) -> effects.Effect:
    """Rate of a side under an emotion vector at one strength minus that at another, beside null directions.

    Args:
        labels: all conditions of one set; `SAMPLE`, direction, kind, strength_norm_fraction, side.
    Raises:
        RateError: a condition was not sampled.
    """
    labels = labels.assign(hit=(labels["side"] == target).astype(float))
    paired = _paired(labels, asked.emotion, asked)
    nulls = labels.loc[~labels["kind"].isin([EMOTION, UNSTEERED]), "direction"].unique()
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
        unsteered = labels["kind"] == UNSTEERED
        at = unsteered if strength == 0 else (labels["direction"] == direction) & np.isclose(labels[STRENGTH], strength)
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
