"""Changes of own replies to fresh events in every arm, and evidence on W08b."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.expression import likelihood
from emotion_vectors.expression.arm_names import ALL, CIRCUIT, PROMPTING
from emotion_vectors.expression.likelihood_slopes import with_mean
from emotion_vectors.fresh.arms import STEERED
from emotion_vectors.fresh.guards import too_few
from emotion_vectors.replies.transcripts import UNSTEERED
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS

if TYPE_CHECKING:
    from emotion_vectors.expression.likelihood import Readings

Array = NDArray[np.float64]

PARTS = ("circuit minus steering", "circuit minus prompting")
NOT_RAISED = "the circuit itself does not raise own replies"
BY_DOSE = "the order has no dose, and steering at that of the circuit raises own replies more than the order, too"
SCALE = Scale("events", "nats per reply", two_sided=True)


def changes(measured: pd.DataFrame, readings: Readings) -> dict[str, Array]:
    """Change of the log-odds of own replies in every arm: arm -> [event, emotion], nats per reply.

    Args:
        measured: as `arms.measure`; readings: of the same events, whose orders are the arm of prompting.
    """
    odds = measured.pivot_table("own_nats", ["arm", "scenario"], "emotion")[list(EMOTIONS)]
    by_arm = {arm: odds.loc[arm].loc[readings.scenarios].to_numpy() for arm in (UNSTEERED.kind, CIRCUIT, *STEERED)}
    plain = by_arm.pop(UNSTEERED.kind)
    read = likelihood.per_reply(readings)
    ordered = read.named.diagonal(dim1=1, dim2=2) - read.odds
    return {arm: values - plain for arm, values in by_arm.items()} | {PROMPTING: ordered.double().numpy()}


def versus(difference: Array, draws: Draws) -> Effect:
    """Mean difference of two arms [event, emotion]. Null: the arms exchanged at random, all emotions of a scenario together."""
    by_event = difference.mean(1)
    drawn = resampling.weights(len(by_event), draws.bootstraps, draws.seed)
    null = resampling.sign_flips(len(by_event), draws.shuffles, draws.generator(3)) @ by_event / len(by_event)
    return effect(float(by_event.mean()), percentile_interval(drawn @ by_event), null, n=len(by_event), scale=SCALE)


def evidence(by_arm: Mapping[str, Array], measured: pd.DataFrame, draws: Draws) -> list[dict[str, Any]]:
    """Evidence on W08b.

    Args:
        by_arm: as `changes`; measured: as `arms.measure`.
    """
    alone = versus(by_arm[CIRCUIT], draws)
    stronger = max(STEERED, key=lambda arm: float(by_arm[arm].mean()))
    not_raised = "" if alone.low > 0 else NOT_RAISED
    by_dose = BY_DOSE if by_arm[stronger].mean() > by_arm[PROMPTING].mean() else ""
    amounts = measured.groupby("arm")[["added", "moved"]].mean()
    worth = ", ".join(f"{arm} {values.mean():+.2f}" for arm, values in by_arm.items())
    moved = ", ".join(
        f"{arm} adds {float(amounts['added'][arm]):.2f} and moves the main layer by {float(amounts['moved'][arm]):.2f}"
        for arm in (CIRCUIT, *STEERED)
    )
    beside = f"changes: {worth}; in fractions of the residual norm, {moved}; held against {stronger}"
    against = ((stronger, not_raised), (PROMPTING, not_raised or by_dose))
    return [
        evidence_row(
            "W08b",
            part,
            versus(by_arm[CIRCUIT] - by_arm[other], draws),
            guard=too_few(len(by_arm[CIRCUIT])),
            unconfirmed=unconfirmed,
            beside=beside,
        )
        for part, (other, unconfirmed) in zip(PARTS, against, strict=True)
    ]


def change_table(by_arm: Mapping[str, Array], draws: Draws) -> pd.DataFrame:
    """Change of own replies in every arm, by emotion and of all six on average.

    Returns:
        Tidy table: arm, emotion (or `all`), change_nats (per reply), low, high (95 % interval over events), n (events).
    """
    rows = []
    for arm, changed in by_arm.items():
        values = with_mean(changed)
        drawn = resampling.weights(len(values), draws.bootstraps, draws.seed)
        for name, column in zip((*EMOTIONS, ALL), values.T, strict=True):
            low, high = percentile_interval(drawn @ column)
            facts = {"arm": arm, "emotion": name, "change_nats": float(column.mean())}
            rows.append(facts | {"low": low, "high": high, "n": len(values)})
    return pd.DataFrame(rows)
