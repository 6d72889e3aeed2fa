"""Do the parts that write an emotion in one half of the scenarios write it in the other, and other emotions as well? (W09b)

A circuit is as many parts of every layer, those that write most contrast. The Jaccard index of two circuits from opposite halves counts
noise alike within an emotion and between two; directions are made anew in each half, so that nothing but the model is shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.circuits import assembly
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.contrasts.few import MOST
from emotion_vectors.contrasts.few_evidence import Judged
from emotion_vectors.contrasts.labellings import TRUE
from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.statistics.effects import Scale, effect
from emotion_vectors.statistics.resampling import percentile_interval

Array = NDArray[np.float64]

SCALE = Scale("scenarios", "Jaccard index above chance")


def size_in_layer(kind: str, layers: int, parts: int) -> int:
    """Parts of a kind in each layer of a circuit: the budget spread evenly, at most `MOST` of them; 0 where that leaves none.

    Of more, chance shares most.
    """
    return min(round(assembly.limits(kind, layers, parts).budget / layers), int(MOST * parts))


def shared_parts(chosen: Tensor, size: int) -> Tensor:
    """Parts that circuits of opposite halves share in one layer: [set, emotion of the first half, emotion of the second].

    Args:
        chosen: [half, set, emotion, part], by which parts are ranked.
    """
    members = assembly.members(chosen, [size] * chosen.shape[2]).double()
    return members[0] @ members[1].transpose(-1, -2)


def corrected(shared: Array, size: int, layers: int, parts: int) -> Array:
    """Jaccard indices of circuits that share so many parts in all layers, above chance as a share of what could be above it."""
    total = size * layers
    chance = total * size / parts
    index, by_chance = shared / (2 * total - shared), chance / (2 * total - chance)
    above: Array = (index - by_chance) / (1 - by_chance)
    return above


@dataclass(frozen=True)
class Overlaps:
    """Corrected indices of one kind between circuits of opposite halves: [set, emotion, emotion]; size: parts of each in a layer."""

    indices: Array
    size: int
    parts: int

    def within(self, weights: Array) -> Array:
        """Mean index of an emotion with itself: [set], emotions counted as often as the weights [set, emotion] say."""
        means: Array = (self.indices.diagonal(axis1=1, axis2=2) * weights).sum(1) / weights.sum(1)
        return means

    def between(self, weights: Array) -> Array:
        """Mean index of two emotions, a pair counted as often as both were drawn; 0 where one emotion alone was."""
        pairs = weights[:, :, None] * weights[:, None]
        pairs = pairs * (1 - np.eye(pairs.shape[-1]))
        total = pairs.sum((1, 2))
        means: Array = (self.indices * pairs).sum((1, 2)) / np.where(total > 0, total, 1)
        return means


def sharing_rows(overlaps: Mapping[str, Overlaps], judged: Judged) -> list[dict[str, Any]]:
    """Evidence on W09b from the overlaps of both kinds."""
    sets, emotions = overlaps[HEADS].indices.shape[:2]
    weights = np.ones((sets, emotions)) / emotions
    weights[judged.labellings.resampled] = judged.emotions_drawn(emotions)
    between = {kind: of_kind.between(weights) for kind, of_kind in overlaps.items()}
    specific = {kind: of_kind.within(weights) - between[kind] for kind, of_kind in overlaps.items()}
    statistics = {
        "neurons more specific than heads": specific[NEURONS] - specific[HEADS],
        "neurons, within minus between": specific[NEURONS],
        "heads, between emotions": between[HEADS],
    }
    empty = [kind for kind, of_kind in overlaps.items() if not of_kind.size]
    guard = f"a layer has too few {empty[0]} for circuits of at most {MOST:.0%} of them" if empty else ""
    beside = "; ".join(
        f"{kind}: {of_kind.size} of {of_kind.parts} in a layer, within {specific[kind][TRUE] + between[kind][TRUE]:.2f}, "
        f"between {between[kind][TRUE]:.2f}"
        for kind, of_kind in overlaps.items()
    )
    rows = []
    for part, values in statistics.items():
        spread, null = values[judged.labellings.resampled], values[judged.labellings.permuted]
        index = effect(float(values[TRUE]), percentile_interval(spread), null, n=judged.scenarios, scale=SCALE)
        rows.append(evidence_row("W09b", part, index, guard=guard, beside=beside))
    return rows
