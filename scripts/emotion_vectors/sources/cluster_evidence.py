"""Evidence on families and opposites among emotion vectors, beside those of what is no model (A09b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.nonmodels import WORDS
from emotion_vectors.geometry.arrangement import Grouping
from emotion_vectors.sources.arranged import NONMODELS, Arrangement, SharedDraws, coordinates
from emotion_vectors.sources.rates import NOT_READ, Row
from emotion_vectors.sources.study import VECTORS
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.statistics.wording import bare

Array = NDArray[np.float64]


LEAST_NULL = 20
"""Permuted sets that a null needs."""


@dataclass(frozen=True)
class FamilyAgreement:
    """FamilyAgreement of clusters with families: of all stories, in each resample of topics, with permuted labels, and across hands."""

    estimate: float
    resampled: Array
    permuted: Array
    across: float | None

    def minus(self, other: FamilyAgreement) -> FamilyAgreement:
        across = None if self.across is None or other.across is None else self.across - other.across
        return FamilyAgreement(
            self.estimate - other.estimate, self.resampled - other.resampled, self.permuted - other.permuted, across
        )


def agree(arranged: Arrangement, grouping: Grouping, draws: SharedDraws) -> FamilyAgreement:
    """How far clusters of the vectors are the families."""

    def of(cosines: Array) -> float:
        return grouping.agreement(torch.from_numpy(coordinates(cosines)))

    return FamilyAgreement(
        of(arranged.cosines()),
        np.array([of(arranged.cosines(weights)) for weights in draws.topics]),
        np.array([of(arranged.permuted(labels)) for labels in draws.labels]),
        _across(arranged, grouping),
    )


def _across(arranged: Arrangement, grouping: Grouping) -> float | None:
    """FamilyAgreement of the families with the clusters of the first hand's vectors to which the second hand's lie nearest."""
    second, count = arranged.points_of_second(), len(set(grouping.families))
    if second is None:
        return None
    seeds = range(grouping.seed, grouping.seed + grouping.runs)
    fits = (KMeans(n_clusters=count, n_init=1, random_state=seed).fit(arranged.points()) for seed in seeds)
    return float(np.mean([adjusted_rand_score(grouping.families, fit.predict(second)) for fit in fits]))


def on_families(arranged: Mapping[str, Arrangement], grouping: Grouping, draws: SharedDraws) -> dict[str, list[Row]]:
    """Evidence on the families of A09b by every source; word counts do not exceed themselves."""
    agreements = {name: agree(arrangement, grouping, draws) for name, arrangement in arranged.items()}
    topics, name_of_part = next(iter(arranged.values())).topics, "clusters match families"

    def row(part: str, agreement: FamilyAgreement, unit: str) -> Row:
        limits = resampling.percentile_interval(agreement.resampled)
        judged = effects.effect(
            agreement.estimate, limits, agreement.permuted, n=topics, scale=Scale(of="topics", unit=unit)
        )
        across = NOT_READ if agreement.across is None else f"across hands {bare(agreement.across)}"
        return evidence_row("A09b", part, judged, beside=across)

    rows = {name: [row(name_of_part, agreement, "adjusted Rand index")] for name, agreement in agreements.items()}
    for name in rows.keys() - {WORDS}:
        difference = agreements[name].minus(agreements[WORDS])
        rows[name].append(row(f"{name_of_part}, minus words", difference, "difference of adjusted Rand indices"))
    return rows


def on_antonyms(arranged: Arrangement, pairs: Sequence[tuple[int, int]], draws: SharedDraws) -> Row:
    """Evidence on the opposites of A09b by one source; topics are resampled, and emotions, some of which stand in several pairs."""
    left, right = np.array(pairs).T
    estimate = arranged.cosines()[left, right].mean()
    resampled = []
    for weights, drawn in zip(draws.topics, draws.emotions, strict=True):
        counts = np.bincount(drawn, minlength=arranged.cells.shape[1])
        times = counts[left] * counts[right]
        if times.any():
            resampled.append(np.average(arranged.cosines(weights)[left, right], weights=times))
    null = [arranged.permuted(labels)[left, right].mean() for labels in draws.labels]
    scale = Scale(of="pairs", unit="cosine", two_sided=True)
    judged = effects.effect(estimate, resampling.percentile_interval(resampled), null, n=len(pairs), scale=scale)
    second = arranged.points_of_second()
    beside = NOT_READ
    if second is not None:
        beside = f"across hands {bare(float((arranged.points()[left] * second[right]).sum(1).mean()))}"
    return evidence_row("A09b", "antonyms oppose", judged, beside=beside)


def on_clusters_and_antonyms(
    arranged: Mapping[str, Arrangement],
    grouping: Grouping,
    pairs: Sequence[tuple[int, int]],
    draws: SharedDraws,
    clusterings: int,
) -> tuple[list[Row], list[Row]]:
    """Evidence on A09b: of the vectors, and of what is no model, with the key nonmodel.

    Args:
        clusterings: resamples and permuted sets of which a single source has its clusters made; of the five sources here half as many,
            since each takes several runs of k-means.
    """
    families = on_families(arranged, grouping, draws.first(max(LEAST_NULL, clusterings // 2)))
    rows = {name: [*families[name], on_antonyms(arrangement, pairs, draws)] for name, arrangement in arranged.items()}
    return rows[VECTORS], [row | {"nonmodel": name} for name in NONMODELS for row in rows[name]]
