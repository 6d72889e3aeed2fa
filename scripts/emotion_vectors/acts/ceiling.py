"""The gate of the ceiling: how far a direction moves an act that is fitted on other scenarios."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.acts.sensitivity import ACTS, GateDraws, SensitivityLimits
from emotion_vectors.conduct.gates import Gate
from emotion_vectors.conduct.slopes import PER_STRENGTH
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.acts.table import Act

Array = NDArray[np.float64]


def ceiling(difference: Tensor, norm: float) -> Array:
    """Slope of every scenario along the mean gradient of the others: [scenario], nats per reply at strength 0.1.

    Args:
        difference: [scenario, d_model], gradient of an act's difference between its contexts. norm: mean residual norm.
    """
    others = (difference.sum(0, keepdim=True) - difference) / (len(difference) - 1)
    slopes: Array = (PER_STRENGTH * norm * (difference * unit(others)).sum(1)).double().numpy()
    return slopes


def ceiling_gate(
    act: Act,
    difference: Tensor,
    norm: float,
    thresholds: Mapping[str, float],
    limits: SensitivityLimits,
    draws: GateDraws,
) -> Gate:
    """A direction fitted on other scenarios reaches far more than the nulls do, and than the smallest effect of interest.

    Its slope is counted in multiples of what it must reach, so that the limit is laid down and not measured.

    Args:
        thresholds: kind of null -> 95th percentile of its absolute slopes.
    """
    needed = max(max(thresholds.values()) / limits.ceiling_share, limits.ceiling_nats)
    value, low, high = draws.mean(ceiling(difference, norm) / needed)
    quantity = "slope along the mean gradient of the other scenarios, multiples of what it must reach"
    return Gate(act.name, ACTS, quantity, value, low, high, len(difference), "scenarios", "at least 1", value >= 1)


def mean_difference(difference: Tensor) -> Tensor:
    """Gradient of each scenario, mean over the wordings of its replies: [scenario, d_model] of [scenario, wording, d_model]."""
    return torch.mean(difference, dim=1)
