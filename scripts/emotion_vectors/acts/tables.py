"""Tables on one act: effects of every direction on its difference between contexts and on its plain readout, and unsteered changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.acts import odds as log_odds
from emotion_vectors.acts.slopes import ActEffect, Resamples, StoryDirections, act_effect
from emotion_vectors.stimuli.acts.table import Act

Array = NDArray[np.float64]
DIFFERENCE, WORDING = "difference", "wording"
"""What a slope is of: the difference between the two contexts, which is judged, or the context of the act alone."""
MENTION = "mere mention"
"""Name of one of the unsteered changes."""
JOINED = " + "
PERCENTILE = "percentile_"
"""Beginning of the columns that say where an estimate stands in each null."""


def called(emotions: Sequence[str]) -> str:
    """Name of a direction: an emotion, or the sum of several."""
    return JOINED.join(emotions)


def effects(
    act: Act,
    hand: str,
    gradients: Mapping[str, Tensor],
    directions: StoryDirections,
    joint: Sequence[Sequence[str]],
    resamples: Resamples,
) -> pd.DataFrame:
    """Effect of every emotion, and of the sums that claims name.

    Args:
        gradients: difference and wording -> [scenario, wording, d_model] at the main layer.
    """
    sums = [[emotion] for emotion in directions.names] + [list(emotions) for emotions in joint]
    rows = [
        _row(act_effect(of, directions, emotions, resamples))
        | {"experiment": act.name, "hand": hand, "measure": measure, "direction": called(emotions)}
        for measure, of in gradients.items()
        for emotions in sums
    ]
    return pd.DataFrame(rows)


def _row(measured: ActEffect) -> dict[str, Any]:
    percentiles = {
        f"{PERCENTILE}{kind.replace('-', '_').lower()}": value for kind, value in measured.percentiles.items()
    }
    return asdict(measured.effect) | percentiles


def changes(act: Act, odds: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """What moves the unsteered log-odds, by scenario: order, context of the act, mere mention, grades; nats per reply."""
    scenarios = list(dict.fromkeys(odds["scenario"]))
    measured: dict[str, Array] = {
        "order": log_odds.ordered(odds, act, act.acted),
        "context of the act": log_odds.between(odds, act.acted, act.plain),
        MENTION: log_odds.between(odds, act.mention, act.plain),
        "context of the act minus control": log_odds.between(odds, act.acted, act.control),
    }
    for number, grade in enumerate(act.grades):
        measured[f"grade {grade}"] = log_odds.by_grade(odds, act.grades)[:, number]
    for name, values in measured.items():
        yield pd.DataFrame({"experiment": act.name, "change": name, "scenario": scenarios, "logodds_nats": values})
