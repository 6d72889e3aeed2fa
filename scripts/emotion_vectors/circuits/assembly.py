"""From scores to circuits: how many neurons and heads of every layer, and which (step 11 of W, scaled to the model)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.models.points import HEADS, MLP, NEURONS, POINTS

PER_SUBLAYER = 10
"""Components for each sublayer of the model: 560 for the 56 of the original."""
SHARES = {NEURONS: 0.7, HEADS: 0.3}
FLOORS = {NEURONS: 4, HEADS: 2}
CAP = 0.4
"""Largest share of a kind's budget in one layer."""


class AssemblyError(ValueError):
    """A budget that no circuit can have."""


@dataclass(frozen=True)
class CircuitLimits:
    """Budget of one kind, with the least and the largest number in a layer."""

    budget: int
    floor: int
    cap: int


def limits(kind: str, layers: int, parts: int) -> CircuitLimits:
    """Limits of a kind in a model whose layers have so many parts of it.

    A model with few heads cannot spend the whole budget: it is cut to what the caps allow, and the floor to the cap.
    """
    wanted = round(SHARES[kind] * PER_SUBLAYER * len(POINTS) * layers)
    cap = max(1, min(int(CAP * wanted), parts))
    return CircuitLimits(min(wanted, cap * layers), min(FLOORS[kind], cap), cap)


def allot(importance: Sequence[float], within: CircuitLimits) -> list[int]:
    """Number of components of every layer: the floor, and the rest in proportion to importance by largest remainders.

    Negative importance counts as none. What a cap turns away goes to the other layers, again in proportion; where no importance is
    left, equally.

    Raises:
        AssemblyError: the budget lies outside what floors and caps allow.
    """
    layers = len(importance)
    if not within.floor * layers <= within.budget <= within.cap * layers:
        raise AssemblyError(
            f"a budget of {within.budget} for {layers} layers with at least {within.floor} and at most {within.cap} each"
        )
    weights = np.clip(np.asarray(importance, dtype=float), 0, None)
    counts = np.full(layers, within.floor)
    open_layers = counts < within.cap
    rest = within.budget - within.floor * layers
    while rest:
        quota = rest * _portions(weights, open_layers)
        room = within.cap - counts
        full = open_layers & (quota >= room)
        if not full.any():
            break
        counts[full] = within.cap
        rest = within.budget - int(counts.sum())
        open_layers &= ~full
    if rest:
        whole = np.floor(quota).astype(int)
        order = np.lexsort((np.arange(layers), -(quota - whole)))
        order = order[open_layers[order]]
        counts += whole
        counts[order[: within.budget - int(counts.sum())]] += 1
    return [int(count) for count in counts]


def _portions(weights: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    left = np.where(chosen, weights, 0.0)
    if not left.sum() > 0:
        left = chosen.astype(float)
    portions: np.ndarray = left / left.sum()
    return portions


def quotas(importance: Tensor, kind: str, parts: int) -> list[list[int]]:
    """Number of components of a kind: [emotion][layer] of importance [emotion, point, layer]."""
    point = POINTS.index(MLP) if kind == NEURONS else 1 - POINTS.index(MLP)
    within = limits(kind, importance.shape[-1], parts)
    return [allot(by_point[point].tolist(), within) for by_point in importance]


def members(scores: Tensor, quota: Sequence[int]) -> Tensor:
    """Which parts are taken: the top ones of every emotion in one layer, [..., emotion, part] bool of scores of that shape.

    Args:
        quota: [emotion].
    """
    taken = torch.zeros(scores.shape, dtype=torch.bool)
    if not max(quota):
        return taken
    top = scores.topk(max(quota), dim=-1).indices
    within = torch.arange(max(quota)) < torch.tensor(list(quota))[:, None]
    return taken.scatter(-1, top, within.expand_as(top))


def circuits(
    scores: dict[str, Tensor], counts: dict[str, list[list[int]]], emotions: Sequence[str]
) -> dict[str, dict[str, dict[str, list[int]]]]:
    """Circuit of every emotion: emotion -> layer -> kind -> parts in ascending order.

    Args:
        scores: kind -> [emotion, layer, part]; counts: kind -> [emotion][layer].
    """

    def top(kind: str, row: int, layer: int) -> list[int]:
        return sorted(scores[kind][row, layer].topk(counts[kind][row][layer]).indices.tolist())

    layers = range(next(iter(scores.values())).shape[1])
    return {
        emotion: {str(layer): {kind: top(kind, row, layer) for kind in scores} for layer in layers}
        for row, emotion in enumerate(emotions)
    }


def size_table(
    counts: Mapping[str, Sequence[Sequence[int]]], parts: Mapping[str, int], emotions: Sequence[str]
) -> pd.DataFrame:
    """Size of every circuit in every layer.

    Args:
        counts: kind -> [emotion][layer], see `quotas`; parts: kind -> number of them in a layer of the model.
    Returns:
        Tidy table: kind, emotion, layer, components (in the circuit), parts (in the layer).
    """
    rows = [
        (kind, emotion, layer, count, parts[kind])
        for kind, by_emotion in counts.items()
        for emotion, by_layer in zip(emotions, by_emotion, strict=True)
        for layer, count in enumerate(by_layer)
    ]
    return pd.DataFrame(rows, columns=["kind", "emotion", "layer", "components", "parts"])
