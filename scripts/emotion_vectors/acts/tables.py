"""Tables on one act: effects of every direction on its difference between contexts and on its plain readout, and unsteered changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.acts import odds as log_odds
from emotion_vectors.acts.odds import MENTION
from emotion_vectors.acts.slopes import ActEffect, Resamples, StoryDirections, act_effect, along
from emotion_vectors.stimuli.acts.table import Act, called

Array = NDArray[np.float64]
PERCENTILE = "percentile_"
"""Beginning of the columns that say where an estimate stands in each null."""


def singly(emotions: Sequence[str]) -> list[list[str]]:
    """Every emotion as a sum of one."""
    return [[emotion] for emotion in emotions]


def effects(
    act: Act,
    hand: str,
    gradients: Mapping[str, Tensor],
    directions: StoryDirections,
    sums: Sequence[Sequence[str]],
    resamples: Resamples,
) -> pd.DataFrame:
    """Effects of sums of emotions, most often of one each.

    Args:
        gradients: what a slope is of -> [scenario, wording, d_model] at the main layer.
    """
    rows = [
        _row(act_effect(of, directions, emotions, resamples))
        | {"experiment": act.name, "hand": hand, "measure": measure, "direction": called(emotions)}
        for measure, of in gradients.items()
        for emotions in sums
    ]
    return pd.DataFrame(rows)


def by_scenario(
    act: Act,
    difference: Tensor,
    scenarios: Sequence[str],
    directions: StoryDirections,
    sums: Sequence[Sequence[str]],
) -> pd.DataFrame:
    """Slope of every scenario along sums of emotions, most often of one each.

    Args:
        difference: [scenario, wording, d_model] at the main layer.
    """
    vectors = torch.stack([directions.direction(emotions) for emotions in sums])
    values = along(difference.mean(1), vectors, directions.norm)
    table = pd.DataFrame(values, columns=[called(emotions) for emotions in sums]).assign(scenario=list(scenarios))
    melted = table.melt("scenario", var_name="direction", value_name="slope_nats")
    return melted.assign(experiment=act.name)


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
        MENTION: log_odds.between(odds, act.mention, act.mention_from),
        "context of the act minus control": log_odds.between(odds, act.acted, act.control),
    }
    for number, grade in enumerate(act.grades):
        measured[f"grade {grade}"] = log_odds.by_grade(odds, act.grades)[:, number]
    for name, values in measured.items():
        yield pd.DataFrame({"experiment": act.name, "change": name, "scenario": scenarios, "logodds_nats": values})
