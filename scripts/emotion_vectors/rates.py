"""Rates of conduct in sampled replies: their gates without steering, and their differences under steering (A19, A20, A25, A26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors import stats
from emotion_vectors.doses import EMOTION
from emotion_vectors.gates import GENERATION, Gate
from emotion_vectors.reported import interval

SAMPLE = ["scenario", "variant", "sample"]
"""What names a reply within a condition; replies of the same name share their random numbers."""
STRENGTH = "strength_norm_fraction"
UNSTEERED = "unsteered"


class RateError(ValueError):
    """Labelled replies lack a condition that a claim asks for."""


@dataclass(frozen=True)
class Agreement:
    """How far the classes of replies agree with hand labels: Cohen's kappa with its 95 % interval, and replies compared."""

    kappa: float
    low: float
    high: float
    n: int


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
        target: class whose rate it is.
        labels: unsteered replies; scenario, hit, coherent.
        limits: `gates` of the configuration.
    """
    least, most = limits["rate"]
    rate = _share(labels, "hit", bootstraps, seed)
    sense = _share(labels, "coherent", bootstraps, seed)
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
    return [*gates, judged]


def _share(labels: pd.DataFrame, column: str, bootstraps: int, seed: int) -> tuple[float, float, float]:
    by_scenario = labels.groupby("scenario")[column].mean().to_numpy(dtype=float)
    low, high = stats.bootstrap(by_scenario, lambda rows: float(by_scenario[rows].mean()), bootstraps, seed)
    return float(by_scenario.mean()), low, high


def closed(gates: Sequence[Mapping[str, Any]]) -> str:
    """Which gates stopped a readout and what was measured there, in words; empty when all are passed."""
    return "; ".join(
        f"{gate['behaviour']}, {gate['readout']}: {gate['quantity']} {interval(gate, 'value')} of n = {gate['n']}, "
        f"must be {gate['limit']}"
        for gate in gates
        if not gate["passed"]
    )


def difference(
    labels: pd.DataFrame, emotion: str, strength: float, against: float, bootstraps: int, seed: int
) -> stats.Effect:
    """Rate under an emotion vector at one strength minus that at another (0: unsteered), beside null directions.

    Args:
        labels: all conditions of one set; `SAMPLE`, direction, kind, strength_norm_fraction, hit.
    Raises:
        RateError: a condition was not sampled.
    """
    paired = _paired(labels, labels["direction"] == emotion, strength, against)
    nulls = labels[~labels["kind"].isin([EMOTION, UNSTEERED])]
    null = [
        float(_paired(labels, labels["direction"] == name, strength, against).mean())
        for name in nulls["direction"].unique()
    ]
    return stats.effect(
        float(paired.mean()), stats.hierarchical_bootstrap(paired, bootstraps, seed), null, n=paired.size,
        of="pairs of replies", unit="rate difference", two_sided=True,
    )  # fmt: skip


def _paired(labels: pd.DataFrame, chosen: pd.Series[bool], strength: float, against: float) -> NDArray[np.float64]:
    """Differences between replies that share their random numbers: [scenario, reply]."""
    sides = []
    for step in (strength, against):
        at = labels["kind"] == UNSTEERED if step == 0 else chosen & np.isclose(labels[STRENGTH], step)
        if not at.any():
            raise RateError(f"no replies at strength {step:g}; repeat steer_replies")
        sides.append(labels[at].set_index(SAMPLE)["hit"].astype(float))
    wide = (sides[0] - sides[1]).rename("difference").reset_index()
    if wide["difference"].isna().any():
        raise RateError(f"replies at strengths {strength:g} and {against:g} are not of the same situations and seeds")
    values = [group["difference"].to_numpy() for _, group in wide.groupby("scenario")]
    return np.stack(values)
