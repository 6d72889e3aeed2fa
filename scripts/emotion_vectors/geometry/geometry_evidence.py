"""Evidence on the geometry of emotion vectors: components (A06-A08), clusters and opposites (A09), depth (A10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.geometry import arrangement
from emotion_vectors.geometry.arrangement import Components
from emotion_vectors.models.layers import from_depth
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.statistics.effects import LEAST_RELIABILITY, Effect, Scale
from emotion_vectors.vectors.emotion_vectors import from_cells

Array = NDArray[np.float64]

HALF = 0.5
"""Depth from which on layers are judged to share their structure."""
READOUT_SETS = 40
"""Label-shuffled sets for the null of the linear read-out, each of which takes a regression for every emotion."""


@dataclass(frozen=True)
class RatingPart:
    """Part of a claim on a human rating, and the components (0-based) of which the strongest is judged."""

    claim: str
    name: str
    rating: str
    components: tuple[int, ...]


RATING_PARTS = (
    RatingPart("A06", "PC1 and valence", "valence", (0,)),
    RatingPart("A07", "PC2 or PC3 and arousal", "arousal", (1, 2)),
)


def on_ratings(
    vectors: Tensor, shuffled: Tensor, ratings: pd.DataFrame, bootstraps: int, seed: int
) -> list[dict[str, Any]]:
    """Evidence on A06 and A07.

    Args:
        vectors: [emotion, d_model]; shuffled: label-shuffled sets of them [set, emotion, d_model].
        ratings: valence and arousal, one row for each emotion in the order of the vectors.
    """
    components, permuted = (
        arrangement.principal_components(vectors),
        list(map(arrangement.principal_components, shuffled)),
    )
    rows = []
    for part in RATING_PARTS:
        values = ratings[part.rating].to_numpy()
        strongest = rating_effect(components, permuted, values, part.components, bootstraps, seed)
        beside = _best_and_linear(vectors, shuffled[:READOUT_SETS], components, ratings[[part.rating]])
        rows.append(evidence_row(part.claim, part.name, strongest, beside=beside))
    return rows


def rating_effect(
    components: Components,
    permuted: Sequence[Components],
    ratings: Array,
    candidates: Sequence[int],
    bootstraps: int,
    seed: int,
) -> Effect:
    """|r| of the best of the candidate components; interval over emotions for that component, its sign fixed on the full set."""
    best, strength = arrangement.strongest(components.scores, ratings, candidates)
    column = components.scores[:, best]
    sign = 1.0 if effects.pearson(column, ratings) >= 0 else -1.0
    interval = resampling.bootstrap(
        column, lambda rows: sign * effects.pearson(column[rows], ratings[rows]), bootstraps, seed
    )
    null = [arrangement.strongest(resampled.scores, ratings, candidates)[1] for resampled in permuted]
    scale = Scale(of="emotions", unit=f"|r|, PC{best + 1}")
    return effects.effect(strength, interval, null, n=len(column), scale=scale)


def _best_and_linear(vectors: Tensor, shuffled: Tensor, components: Components, rating: pd.DataFrame) -> str:
    """What is not judged: the best of all components, and a linear read-out of the rating with its label-shuffled null."""
    correlations = arrangement.component_correlations(components, rating)
    best = correlations.iloc[int(correlations["r"].abs().argmax())]
    values = rating.to_numpy()[:, 0]
    linear = arrangement.linear_readout(vectors, values)
    null = np.quantile([arrangement.linear_readout(resampled, values) for resampled in shuffled], 0.95)
    return (
        f"best component PC{int(best['component'])}, |r| {abs(best['r']):.2f}; linear read-out, r {linear:.2f} "
        f"(95th percentile of its null {null:.2f})"
    )


def on_variance(vectors: Tensor, shuffled: Tensor, cells: Tensor, embeddings: Tensor) -> dict[str, Any]:
    """Evidence on A08: variance share of the first two components; interval from leaving out one topic at a time.

    Args:
        vectors: [emotion, d_model]; shuffled: [set, emotion, d_model]; cells: [topic, emotion, d_model], of which they are made;
        embeddings: [topic, emotion, d_model], mean input embeddings of the stories.
    """

    def share(topics: NDArray[np.int64]) -> float:
        return float(arrangement.principal_components(from_cells(cells[topics])).shares[:2].sum())

    shares = arrangement.principal_components(vectors).shares
    null = [arrangement.principal_components(resampled).shares[:2].sum() for resampled in shuffled]
    interval = resampling.jackknife(len(cells), share)
    scale = Scale(of="topics", unit="variance share")
    judged = effects.effect(float(shares[:2].sum()), interval, null, n=len(cells), scale=scale)
    of_words = arrangement.principal_components(from_cells(embeddings)).shares[:2].sum()
    beside = (
        f"PC1 {shares[0]:.2f}, PC2 {shares[1]:.2f}; label-shuffled vectors {np.mean(null):.2f} on average; "
        f"mean input embeddings of the stories {of_words:.2f}"
    )
    return evidence_row("A08", "share of PC1 and PC2", judged, beside=beside)


def on_clusters(
    vectors: Tensor, shuffled: Tensor, cells: Tensor, grouping: arrangement.Grouping, clusterings: int
) -> dict[str, Any]:
    """Evidence on A09: agreement of k-means clusters with the registered families; interval over topics.

    Args:
        vectors: [emotion, d_model]; shuffled: [set, emotion, d_model]; cells: [topic, emotion, d_model].
        clusterings: resamples of topics, and sets of the null; each takes several runs of k-means.
    """
    topics = range(len(cells))
    interval = resampling.bootstrap(
        topics, lambda drawn: grouping.agreement(from_cells(cells[drawn])), clusterings, grouping.seed
    )
    null = [grouping.agreement(resampled) for resampled in shuffled[:clusterings]]
    scale = Scale(of="topics", unit="adjusted Rand index")
    judged = effects.effect(grouping.agreement(vectors), interval, null, n=len(cells), scale=scale)
    contrast = arrangement.family_contrast(vectors, grouping.families)
    limit = float(
        np.quantile([arrangement.family_contrast(resampled, grouping.families) for resampled in shuffled], 0.95)
    )
    beside = f"mean cosine within families minus between them {contrast:.3f} (95th percentile of its null {limit:.3f})"
    return evidence_row("A09", "clusters match families", judged, beside=beside)


def on_opposites(
    vectors: Tensor, shuffled: Tensor, pairs: Sequence[tuple[int, int]], bootstraps: int, seed: int
) -> dict[str, Any]:
    """Evidence on A09: mean cosine of the registered opposites; interval over emotions, since some stand in several pairs."""
    cosines = arrangement.pair_cosines(vectors, pairs)
    interval = resampling.pair_bootstrap(cosines, pairs, len(vectors), bootstraps, seed)
    null = [arrangement.pair_cosines(resampled, pairs).mean() for resampled in shuffled]
    scale = Scale(of="pairs", unit="cosine", two_sided=True)
    opposed = effects.effect(cosines.mean(), interval, null, n=len(pairs), scale=scale)
    return evidence_row("A09", "antonyms oppose", opposed)


def on_depth(cells: Tensor, twin: Tensor, resamples: int, seed: int) -> dict[str, Any]:
    """Evidence on A10: similarity of the structure between the layers of the deeper half, over its reliability.

    Args:
        cells: [topic, emotion, layer, d_model]; twin: the same of the re-initialised twin, which ends at the main layer.
    """
    similarity, layers = arrangement.similarity_of_halves(cells), from_depth(cells.shape[2], HALF)
    raw, reliability = arrangement.stability(similarity, layers)
    # The null is divided by the measured reliability too, so that its percentile is that of the raw similarity.
    divisor = max(reliability, LEAST_RELIABILITY)
    deep, within, generator = cells[:, :, layers], range(len(layers)), np.random.default_rng(seed)
    shuffled = (arrangement.similarity_of_halves(permutation.shuffle_labels(deep, generator)) for _ in range(resamples))
    null = [arrangement.stability(vectors, within)[0] / divisor for vectors in shuffled]
    drawn = [
        arrangement.similarity_of_halves(deep[topics_within_halves(len(cells), generator)]) for _ in range(resamples)
    ]
    interval = resampling.percentile_interval(
        [arrangement.corrected_stability(resampled, within) for resampled in drawn]
    )
    scale = Scale(of="topics", unit="r over reliability")
    judged = effects.effect(raw / divisor, interval, null, n=len(cells), scale=scale)
    return evidence_row("A10", "similarity across depth", judged, beside=_shallow_and_twin(similarity, twin))


def topics_within_halves(topics: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Topics resampled within each half, so that no story stands on both sides."""
    half = topics // 2
    drawn = [2 * generator.integers(0, half, half), 2 * generator.integers(0, half, half) + 1]
    order: NDArray[np.int64] = np.stack(drawn, axis=1).ravel()
    return order


def _shallow_and_twin(similarity: Array, twin: Tensor) -> str:
    """The same measure before depth one half and on the twin: what the residual stream gives without training."""
    deeper = from_depth(len(similarity), HALF)
    shallower = [layer for layer in range(len(similarity)) if layer not in deeper]
    of_twin = arrangement.similarity_of_halves(twin)
    shared = [layer for layer in deeper if layer < len(of_twin)]
    return (
        f"shallower half {arrangement.corrected_stability(similarity, shallower):.2f}; depth one half to the main layer "
        f"{arrangement.corrected_stability(similarity, shared):.2f}; there, re-initialised twin, "
        f"{arrangement.corrected_stability(of_twin, shared):.2f} (reliability {arrangement.stability(of_twin, shared)[1]:.2f})"
    )
