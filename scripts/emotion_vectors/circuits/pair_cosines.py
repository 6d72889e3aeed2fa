"""How close are the directions of two emotions? Cosines of all pairs, and the evidence on W10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.circuits.emotion_directions import scenario_sums, weighted
from emotion_vectors.circuits.separation import deep_weights
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.effects import Scale, effect
from emotion_vectors.statistics.grouping import resamples
from emotion_vectors.statistics.permutation import shuffle_weights
from emotion_vectors.statistics.resampling import Draws, percentile_interval

Array = NDArray[np.float64]

NAMED = {"anger and disgust": ("anger", "disgust"), "sadness and fear": ("sadness", "fear")}
"""Pairs that the original finds close, by part of the claim."""


@dataclass(frozen=True)
class PairCosines:
    """Cosines of all pairs of directions: values [layer, pair], resampled [resample, layer, pair], null [set, layer, pair]."""

    pairs: list[tuple[int, int]]
    values: Array
    resampled: Array
    null: Array

    def table(self, emotions: Sequence[str]) -> pd.DataFrame:
        """Cosine of every pair at every layer, with its interval over scenarios and the 95th percentile of its null."""
        low, high = np.quantile(self.resampled, [0.025, 0.975], axis=0)
        columns = {"cosine": self.values, "low": low, "high": high, "null_95": np.quantile(self.null, 0.95, axis=0)}
        names = [(emotions[left], emotions[right]) for left, right in self.pairs]
        index = [(layer, *pair) for layer in range(len(self.values)) for pair in names]
        table = pd.DataFrame(index, columns=["layer", "left", "right"])
        return table.assign(**{name: values.ravel() for name, values in columns.items()})

    def of_others(self, named: Sequence[int]) -> Array:
        """Cosines of the pairs that are not named, mean over the deeper layers, under resampled scenarios: [resample * other pair].

        Permuting the labels of the six directions makes any pair one of these.
        """
        deep = np.einsum("l,rlp->rp", deep_weights(self.resampled.shape[1]), self.resampled)
        others: Array = np.delete(deep, list(named), axis=1).ravel()
        return others

    def shuffled_95(self) -> float:
        """95th percentile of all cosines, mean over the deeper layers, of directions under labels permuted within groups."""
        return float(np.quantile(np.einsum("l,slp->sp", deep_weights(self.null.shape[1]), self.null), 0.95))


def cosine_curves(used: Tensor, scenarios: Sequence[str], draws: Draws) -> PairCosines:
    """Cosines of directions [event, emotion, layer, d_model], resampled over scenarios, and under labels permuted within groups."""
    weights, sums = (
        shuffle_weights(draws.shuffles, len(used), used.shape[1], draws.seed),
        scenario_sums(used, scenarios),
    )
    drawn = resamples(draws.bootstraps, len(sums), draws.seed)
    values, resampled, null = [], [], []
    for layer in range(used.shape[2]):
        by_scenario = sums[:, :, layer]
        values.append(pair_cosines(by_scenario.sum(0)))
        resampled.append(pair_cosines(torch.einsum("ru,ued->red", drawn, by_scenario)))
        null.append(pair_cosines(weighted(weights, centred(used[:, :, layer], axis=1))))
    pairs = list(combinations(range(used.shape[1]), 2))
    return PairCosines(pairs, np.stack(values), np.stack(resampled, axis=1), np.stack(null, axis=1))


def pair_cosines(vectors: Tensor) -> Array:
    """Cosines of all pairs: [..., pair] of vectors [..., emotion, d_model]."""
    units = unit(vectors)
    left, right = torch.triu_indices(vectors.shape[-2], vectors.shape[-2], offset=1)
    cosines_of_pairs: Array = (units @ units.transpose(-1, -2))[..., left, right].double().numpy()
    return cosines_of_pairs


def cosine_evidence(cosines: PairCosines, emotions: Sequence[str], scenarios: int) -> list[dict[str, Any]]:
    """Evidence on W10, mean over the deeper layers.

    The reference is the mean cosine that centring forces on directions. Null: the pairs that the claim does not name.
    """
    weights, rows = deep_weights(len(cosines.values)), []
    means, shuffled = weights @ cosines.values, f"95 % of shuffled labels {cosines.shuffled_95():.2f}"
    named = {part: cosines.pairs.index(_pair(emotions, *names)) for part, names in NAMED.items()}
    scale = Scale("scenarios", "cosine", reference=-1 / (len(emotions) - 1))
    null = cosines.of_others(list(named.values()))
    for part, pair in named.items():
        closeness = effect(
            means[pair],
            percentile_interval(np.einsum("l,rl->r", weights, cosines.resampled[:, :, pair])),
            null,
            n=scenarios,
            scale=scale,
        )
        others = np.delete(means, pair)
        rank = f"place {1 + int((others > means[pair]).sum())} of {len(means)} pairs"
        beside = f"{rank}; others {others.min():.2f} to {others.max():.2f}; {shuffled}"
        rows.append(evidence_row("W10", part, closeness, beside=beside))
    return rows


def _pair(emotions: Sequence[str], left: str, right: str) -> tuple[int, int]:
    first, second = sorted((emotions.index(left), emotions.index(right)))
    return first, second
