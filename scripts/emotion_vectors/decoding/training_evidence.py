"""Evidence on S05: what is left of each decoding result without training, and without what words predict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.decoding import hit_tables, implicit_messages, nearest_direction
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.vectors.emotion_vectors import from_cells

Array = NDArray[np.float64]

TRAINED, RESIDUAL, TWIN, WORDS = "trained", "word-residual", "re-initialised", "words"
STORIES, MESSAGES = "stories", "messages"
INTERVALS: dict[str, Callable[[Array, int, int], tuple[float, float]]] = {
    STORIES: resampling.crossed_bootstrap,
    MESSAGES: resampling.hierarchical_bootstrap,
}
"""Every emotion has a story in every topic; each message belongs to one emotion only."""
CHANCES: dict[str, Callable[[Array], float]] = {
    STORIES: lambda hits: 1 / hits.shape[1],
    MESSAGES: lambda hits: 3 / len(hits),
}


def story_hits(trained: pd.DataFrame, twin: pd.DataFrame, words: pd.DataFrame, layer: int) -> dict[str, Array]:
    """Hits [topic, emotion] of the four methods on held-out stories, from the tables of hits of each."""
    return {
        TRAINED: hit_tables.hit_table(trained, "vectors", layer),
        RESIDUAL: hit_tables.hit_table(trained, "word-residual", layer),
        TWIN: hit_tables.hit_table(twin, "vectors", layer),
        WORDS: hit_tables.hit_table(words, "words", hit_tables.NO_LAYER),
    }


def message_hits(trained: pd.DataFrame, twin: pd.DataFrame, words: pd.DataFrame, layer: int) -> dict[str, Array]:
    """Top-3 hits [emotion, message] of the four methods before the reply, from the tables of ranks of each."""

    def at_reply(ranks: pd.DataFrame, method: str) -> Array:
        return implicit_messages.top_table(implicit_messages.before_reply(ranks, method, layer), 3)

    return {
        TRAINED: at_reply(trained, "vectors"),
        RESIDUAL: at_reply(trained, "word-residual"),
        TWIN: at_reply(twin, "vectors"),
        WORDS: implicit_messages.top_table(words, 3),
    }


def permuted_residuals(
    cells: Tensor, states: Tensor, truth: list[int], columns: list[int], shuffles: int, seed: int
) -> dict[str, list[float]]:
    """Accuracy on stories and top-3 rate on messages of word-residual vectors with permuted labels.

    Args:
        cells: [topic, emotion, 1, d_model], without what words predict, at the main layer; states: [message, 1, d_model];
        truth: place of each message's emotion among the candidates; columns: place of each candidate among the emotions.
    """
    generator, folds = np.random.default_rng(seed), hit_tables.leave_one_out(len(cells))
    rates: dict[str, list[float]] = {STORIES: [], MESSAGES: []}
    for _ in range(shuffles):
        shuffled = permutation.shuffle_labels(cells, generator)
        rates[STORIES].append(float(nearest_direction.held_out_hits(shuffled, folds).mean()))
        ranks = nearest_direction.ranks_of_truth(nearest_direction.read(states, from_cells(shuffled)[columns]), truth)
        rates[MESSAGES].append(float((ranks <= 3).mean()))
    return rates


def summary(hits: Mapping[str, Mapping[str, Array]], bootstraps: int, seed: int) -> pd.DataFrame:
    """Rate and interval of every method on stories and on messages: measure, method, rate, low, high, n."""
    measures = {
        STORIES: f"stories, top-1 of {hits[STORIES][TRAINED].shape[1]}",
        MESSAGES: f"messages, top-3 of {len(hits[MESSAGES][TRAINED])}",
    }
    rows = []
    for name, methods in hits.items():
        for method, table in methods.items():
            low, high = INTERVALS[name](table, bootstraps, seed)
            rows.append((measures[name], method, table.mean(), low, high, table.size))
    return pd.DataFrame(rows, columns=["measure", "method", "rate", "low", "high", "n"])


def evidence_on_training(
    hits: Mapping[str, Mapping[str, Array]], permuted: Mapping[str, list[float]], bootstraps: int, seed: int
) -> pd.DataFrame:
    """Evidence on S05: the trained model above its twin and above words, and word-residual vectors above chance.

    Args:
        hits: measure -> method -> hits; permuted: measure -> rates of word-residual vectors with permuted labels.
    """
    rows: list[dict[str, Any]] = []
    for name, methods in hits.items():
        for part, other in (("trained above re-initialised", TWIN), ("above words", WORDS)):
            difference = methods[TRAINED] - methods[other]
            interval = INTERVALS[name](difference, bootstraps, seed)
            scale = Scale(of=name, unit="rate difference")
            above = effects.paired_effect(difference, interval, len(permuted[name]), seed, scale=scale)
            rows.append(evidence_row("S05", f"{name}: {part}", above))
        residual = methods[RESIDUAL]
        interval = INTERVALS[name](residual, bootstraps, seed)
        scale = Scale(of=name, unit="rate", reference=CHANCES[name](residual))
        kept = effects.effect(residual.mean(), interval, permuted[name], n=residual.size, scale=scale)
        rows.append(evidence_row("S05", f"{name}: word-residual", kept))
    return pd.DataFrame(rows)
