"""Evidence on decoding: held-out stories (A01) and implicit messages (A02), against chance, permuted labels and word counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.decoding import hit_tables, implicit_messages, nearest_direction
from emotion_vectors.decoding.implicit_messages import MessageStates
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.statistics.effects import Scale

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PermutedRates:
    """Rates with permuted labels: by_layer [set, layer] for curves over depth, main [set] at the main layer for percentiles."""

    by_layer: Array
    main: Array

    def bands(self) -> dict[int, float]:
        """Their 95th percentile by layer; that of the main layer stands where word counts do, which have no layer."""
        limits = dict(enumerate(np.quantile(self.by_layer, 0.95, axis=0)))
        return limits | {hit_tables.NO_LAYER: float(np.quantile(self.main, 0.95))}


def permuted_stories(cells: Tensor, layer: int, *, sets: int, shuffles: int, seed: int) -> PermutedRates:
    """Held-out accuracy with labels permuted within topics: `sets` times at all layers, `shuffles` times at the main layer.

    Args:
        cells: [topic, emotion, layer, d_model].
    """
    folds, generator = hit_tables.leave_one_out(len(cells)), np.random.default_rng(seed)

    def accuracies(chosen: Tensor, count: int) -> Array:
        permuted = (permutation.shuffle_labels(chosen, generator) for _ in range(count))
        return np.stack([nearest_direction.held_out_hits(relabelled, folds).mean((1, 2)) for relabelled in permuted])

    by_layer = accuracies(cells, sets)
    return PermutedRates(by_layer, accuracies(cells[:, :, [layer]], shuffles)[:, 0])


def permuted_messages(
    measured: MessageStates, shuffled_all: Tensor, shuffled_main: Tensor, layer: int
) -> PermutedRates:
    """Top-3 rate before the reply with label-shuffled vectors of the candidates.

    Args:
        shuffled_all: [set, candidate, layer, d_model]; shuffled_main: the same of more sets, at the main layer alone.
    """
    states, truth = measured.reply_token, measured.classes
    by_layer = implicit_messages.shuffled_rates(states, shuffled_all, truth)
    return PermutedRates(by_layer, implicit_messages.shuffled_rates(states[:, [layer]], shuffled_main, truth)[:, 0])


def on_stories(hits: Array, word_hits: Array, null: PermutedRates, bootstraps: int, seed: int) -> pd.DataFrame:
    """Evidence on A01: accuracy against chance, and its difference from that of word counts on the same stories.

    Args:
        hits, word_hits: 0/1 in [topic, emotion], at the main layer.
    """
    chance = 1 / hits.shape[1]
    interval = resampling.crossed_bootstrap(hits, bootstraps, seed)
    scale = Scale(of="stories", unit="accuracy", reference=chance)
    above_chance = effects.effect(hits.mean(), interval, null.main, n=hits.size, scale=scale)
    difference = hits - word_hits
    interval = resampling.crossed_bootstrap(difference, bootstraps, seed)
    scale = Scale(of="stories", unit="accuracy difference")
    above_words = effects.paired_effect(difference, interval, len(null.main), seed, scale=scale)
    return pd.DataFrame(
        [evidence_row("A01", "above chance", above_chance), evidence_row("A01", "above words", above_words)]
    )


def on_messages(top3: Array, words_top3: Array, null: PermutedRates, bootstraps: int, seed: int) -> dict[str, Any]:
    """Evidence on A02: rate at which the true emotion is among the first three, with that of word counts beside it.

    Args:
        top3, words_top3: 0/1 in [emotion, message of it].
    """
    interval = resampling.hierarchical_bootstrap(top3, bootstraps, seed)
    scale = Scale(of="messages", unit="top-3 rate", reference=3 / len(top3))
    rate = effects.effect(top3.mean(), interval, null.main, n=top3.size, scale=scale)
    return evidence_row("A02", "top-3 rate", rate, beside=f"word counts {words_top3.mean():.2f}")
