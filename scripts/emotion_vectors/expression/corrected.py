"""Target rate of steered replies, corrected by how the judge confuses the emotions (second part of W02b).

Of replies that voice an emotion the judge gives a share to each of the six: a row of its confusion matrix, from labelled replies that it
was not fitted on. What it gives to steered replies is a mixture of these rows; the weights of the mixture are the corrected rates. They
are not cut off at 0 and 1, so that errors of the judge cancel in means. Each reply counts as one of the six, since the judge must choose.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.expression import arm_names, evidence
from emotion_vectors.expression.rates import Hits, hits_of
from emotion_vectors.statistics import agreement, resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS

Array = NDArray[np.float64]

CLAIM, PART = "W02b", "target rate, corrected"
CORRECTED = Scale("scenarios", "share of replies", reference=evidence.CHANCE, two_sided=True)


class ConfusionError(MendableError, ValueError):
    """The judge confuses two emotions altogether, so that no rate can be corrected."""


def confusion_counts(validation: pd.DataFrame) -> Array:
    """How labelled replies were judged: [situation, label, predicted], those labelled with one of the six emotions alone.

    Raises:
        ConfusionError: an emotion has no labelled reply, or rows of the matrix depend on each other.
    """
    counts = agreement.confusions(validation[validation["label"].isin(list(EMOTIONS))], list(EMOTIONS))
    summed = counts.sum(0)
    if not summed.sum(1).all() or np.linalg.matrix_rank(summed) < len(EMOTIONS):
        raise ConfusionError("the judge cannot tell all six emotions of the labelled replies apart; label more of them")
    return counts


def corrected(shares: Array, matrix: Array) -> Array:
    """True shares [..., emotion] behind judged ones [..., predicted].

    Args:
        matrix: counts or shares [..., label, predicted]; broadcast against `shares` over what stands before.
    """
    rows = matrix / matrix.sum(-1, keepdims=True)
    # Where a resample leaves two rows alike, their shares are split evenly between both.
    true: Array = (shares[..., None, :] @ np.linalg.pinv(rows))[..., 0, :]
    return true


def voiced(judged: pd.DataFrame, hits: Hits) -> Array:
    """Which emotions the steered replies of each scenario voice, by the emotion meant: [scenario, emotion, predicted], shares."""
    steered = judged[judged["arm"] == arm_names.STEERING]
    given = pd.crosstab([steered["scenario"], steered["emotion"]], steered["predicted"], normalize="index")
    order = pd.MultiIndex.from_product([dict.fromkeys(hits.scenarios), EMOTIONS])
    shares = given.reindex(order).reindex(columns=list(EMOTIONS), fill_value=0.0)
    return shares.to_numpy(dtype=np.float64).reshape(-1, len(EMOTIONS), len(EMOTIONS))


def corrected_rate(shares: Array, random: Array, counts: Array, draws: Draws) -> Effect:
    """Corrected target rate, mean over the emotions; scenarios and labelled situations are resampled together.

    Args:
        shares: as `voiced`; random: [direction, predicted], of replies under random directions; counts: as `confusion_counts`.
    """
    whole = counts.sum(0)
    generator = draws.generator(5)
    resampled = resampling.weights(len(shares), draws.bootstraps, draws.seed)
    situations = resampling.counts(len(counts), draws.bootstraps, generator).astype(np.float64)
    drawn = corrected(np.tensordot(resampled, shares, 1), np.tensordot(situations, counts, 1)[:, None])
    assigned = evidence.assignments(len(random), draws)
    null = corrected(random, whole)[assigned, np.arange(len(EMOTIONS))]
    return effect(
        float(corrected(shares.mean(0), whole).trace() / len(EMOTIONS)),
        percentile_interval(drawn.trace(axis1=-2, axis2=-1) / len(EMOTIONS)),
        null.mean(-1),
        n=len(shares),
        scale=CORRECTED,
    )


def row(judged: pd.DataFrame, validation: pd.DataFrame, closed: str, draws: Draws) -> dict[str, Any]:
    """Evidence on the corrected rate, or the gate that keeps it from being tested.

    Args:
        judged: replies of all arms, as `judgements.of_arms`; validation: label, predicted and situation of replies.
        closed: what stopped the readout, in words; empty where the gate is open.
    """
    if closed:
        return untested_row(CLAIM, PART, closed)
    hits, counts = hits_of(judged), confusion_counts(validation)
    shares = voiced(judged, hits)
    measured = corrected_rate(shares, hits.random.mean(0), counts, draws)
    single = corrected(shares.mean(0), counts.sum(0)).diagonal()
    beside = ", ".join(f"{name} {rate:.2f}" for name, rate in zip(EMOTIONS, single, strict=True))
    uncorrected = float(shares.mean(0).trace() / len(EMOTIONS))
    return evidence_row(CLAIM, PART, measured, beside=f"uncorrected {uncorrected:.2f}; corrected: {beside}")
