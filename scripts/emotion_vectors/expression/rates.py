"""How often the replies of an arm voice the emotion that was meant, and how good the replies are otherwise.

The *target rate* is the share of replies that the judge, choosing among six emotions, gives to the one that was meant. Arms that mean
none, that is unsteered replies and random directions, are read under each emotion in turn: the share that happens to voice it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from emotion_vectors.expression import arm_names
from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.replies.transcripts import UNSTEERED
from emotion_vectors.statistics import grouping, resampling
from emotion_vectors.statistics.resampling import percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS, VALENCES
from emotion_vectors.stimuli.experiments import NO_VARIANT
from emotion_vectors.stimuli.reply_classes import NONE

Array = NDArray[np.float64]

QUALITY = ["relevance", "fluency_nats", "repetition"]
AIMED = (arm_names.STEERING, arm_names.STORIES, arm_names.CIRCUIT, arm_names.CIRCUIT_LAST, arm_names.PROMPTING)
"""Arms in which an emotion is meant."""


class ExpressionError(ValueError):
    """Judged replies lack what a rate is made of."""


@dataclass(frozen=True)
class Hits:
    """Which replies voice which emotion.

    aimed: arm -> [event, emotion], the reply meant for an emotion voices it; at full strength.
    unsteered: [event, emotion] and random: [event, direction, emotion], the reply voices that emotion.
    scenarios: of each event.
    """

    aimed: dict[str, Array]
    unsteered: Array
    random: Array
    scenarios: list[str]

    def means(self, values: Array) -> Array:
        """Means over the events of each scenario: [scenario, ...] of [event, ...]."""
        by_scenario: Array = grouping.means(torch.from_numpy(np.array(values)), self.scenarios).numpy()
        return by_scenario


def hits_of(judged: pd.DataFrame) -> Hits:
    """Hits of all arms but the ladder of the circuits.

    Args:
        judged: as `judgements.of_arms`.
    Raises:
        ExpressionError: an arm lacks replies to an event.
    """
    full = judged[(judged["arm"] != arm_names.CIRCUIT) | (judged["dose"] == arm_names.FULL)]
    unsteered = full[full["arm"] == UNSTEERED.kind]
    events = list(unsteered["event"])
    aimed = {}
    for arm in AIMED:
        replies = full[full["arm"] == arm]
        hit = (replies["predicted"] == replies["emotion"]).astype(float)
        table = replies.assign(hit=hit).pivot_table("hit", "event", "emotion").reindex(events, columns=list(EMOTIONS))
        aimed[arm] = _complete(table, arm).to_numpy(dtype=np.float64)
    random = full[full["arm"] == arm_names.RANDOM]
    drawn = [
        _complete(replies.set_index("event")[["predicted"]].reindex(events), arm_names.RANDOM)
        for _, replies in random.groupby("direction", sort=False)
    ]
    if not drawn:
        raise ExpressionError("no replies under random directions; repeat generate_arms")
    voiced = np.stack([_voiced(list(replies["predicted"])) for replies in drawn], 1)
    return Hits(aimed, _voiced(list(unsteered["predicted"])), voiced, list(unsteered["scenario"]))


def _complete(table: pd.DataFrame, arm: str) -> pd.DataFrame:
    if table.isna().any(axis=None):
        raise ExpressionError(f"the arm '{arm}' lacks replies to {table.index[table.isna().any(axis=1)][0]}")
    return table


def _voiced(predicted: Sequence[str]) -> Array:
    """Which emotion each reply voices: [reply, emotion], 0 or 1."""
    return np.array([[float(voiced == emotion) for emotion in EMOTIONS] for voiced in predicted])


def rate_table(judged: pd.DataFrame, bootstraps: int, seed: int) -> pd.DataFrame:
    """Target rate and quality of every arm, emotion and valence of the events, `all` of both included.

    Returns:
        Tidy table: arm, dose, emotion, valence, target_rate, low, high (95 % interval over scenarios), n (replies), relevance,
        fluency_nats, repetition, none_share (replies of which the judge says that they voice none of the six).
    """
    rows = []
    for (arm, dose), replies in judged.groupby(["arm", "dose"], sort=False):
        aimed = replies["emotion"].ne(NO_VARIANT).all()
        in_turn = pd.DataFrame({"emotion": list(EMOTIONS)})
        cells = replies if aimed else replies.drop(columns="emotion").merge(in_turn, "cross")
        cells = cells.assign(hit=(cells["predicted"] == cells["emotion"]).astype(float), none=cells["verdict"] == NONE)
        for emotion in (ALL, *EMOTIONS):
            for valence in (ALL, *VALENCES):
                part = cells[cells["emotion"].eq(emotion) | (emotion == ALL)]
                part = part[part["valence"].eq(valence) | (valence == ALL)]
                facts = {"arm": arm, "dose": dose, "emotion": emotion, "valence": valence}
                count = len(part) // (1 if aimed or emotion != ALL else len(EMOTIONS))
                rows.append(facts | _summary(part, bootstraps, seed) | {"n": count})
    return pd.DataFrame(rows)


def _summary(part: pd.DataFrame, bootstraps: int, seed: int) -> dict[str, float]:
    by_scenario = part.groupby("scenario", sort=False)["hit"].mean().to_numpy(dtype=float)
    drawn = resampling.weights(len(by_scenario), bootstraps, seed)
    low, high = percentile_interval(drawn @ by_scenario)
    rate = {"target_rate": float(by_scenario.mean()), "low": low, "high": high}
    return rate | {name: float(part[name].mean()) for name in QUALITY} | {"none_share": float(part["none"].mean())}


def of_arm(rates: pd.DataFrame, arm: str, dose: float | None = None) -> pd.Series:
    """The row of an arm over all emotions and events; of the circuits that at full strength unless a dose is given."""
    wanted = arm_names.FULL if dose is None and arm == arm_names.CIRCUIT else dose
    rows = rates[(rates["arm"] == arm) & (rates["emotion"] == ALL) & (rates["valence"] == ALL)]
    return (rows if wanted is None else rows[rows["dose"] == wanted]).iloc[0]
