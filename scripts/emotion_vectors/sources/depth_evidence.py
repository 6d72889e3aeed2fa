"""Evidence on the arrangement of emotion vectors over depth, against shallower layers and an untrained twin (A10b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.geometry import arrangement
from emotion_vectors.geometry.geometry_evidence import HALF, topics_within_halves
from emotion_vectors.models.layers import from_depth
from emotion_vectors.sources.rates import NOT_READ, Row
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.statistics.effects import LEAST_RELIABILITY, Scale, upper_triangle
from emotion_vectors.statistics.wording import bare
from emotion_vectors.vectors.emotion_vectors import from_cells

Array = NDArray[np.float64]

DEEP, TWIN = "deep with deep, minus deep with shallow", "the same, minus the twin"


@dataclass(frozen=True)
class DepthHalves:
    """Layers of the shallower and of the deeper half of a network, up to a layer."""

    shallow: Sequence[int]
    deep: Sequence[int]

    @classmethod
    def of(cls, layers: int, last: int) -> DepthHalves:
        """Args: layers: of the whole network; last: how many of them are looked at."""
        deep = [layer for layer in from_depth(layers, HALF) if layer < last]
        return cls(range(deep[0]), deep)

    def contrast(self, similarity: Array, reliability: Array) -> float:
        """Mean similarity within the deeper half minus that between the halves, each over the reliability of its layers.

        Args:
            similarity: [layer, layer]; reliability: of each layer, [layer].
        """
        deep, shallow = (
            max(float(reliability[list(half)].mean()), LEAST_RELIABILITY) for half in (self.deep, self.shallow)
        )
        within = upper_triangle(similarity[np.ix_(self.deep, self.deep)]).mean()
        between = similarity[np.ix_(self.deep, self.shallow)].mean()
        return float(within / deep - between / np.sqrt(deep * shallow))


def on_depth_contrasts(cells: Tensor, twin: Tensor, second: Tensor | None, resamples: int, seed: int) -> list[Row]:
    """Evidence on A10b.

    Topics are resampled within the halves that similarity goes across, and labels permuted, alike for both networks. The null is divided by
    the measured reliability, so that its percentile is that of similarity itself.

    Args:
        cells: [topic, emotion, layer, d_model]; twin: the same of the re-initialised twin, which ends at the main layer; second: of the
            second hand's stories, None where these were not read.
    """
    whole, shared = (DepthHalves.of(cells.shape[2], last) for last in (cells.shape[2], twin.shape[2]))
    measured = arrangement.similarity_of_halves(cells), arrangement.similarity_of_halves(twin)
    reliabilities = [np.diag(similarity) for similarity in measured]

    def contrasts(similarities: Sequence[Array], reliable: Sequence[Array]) -> tuple[float, float]:
        trained = shared.contrast(similarities[0], reliable[0])
        return whole.contrast(similarities[0], reliable[0]), trained - shared.contrast(similarities[1], reliable[1])

    generator, drawn, null = np.random.default_rng(seed), [], []
    for _ in range(resamples):
        topics = topics_within_halves(len(cells), generator)
        similarities = [arrangement.similarity_of_halves(network[topics]) for network in (cells, twin)]
        drawn.append(contrasts(similarities, [np.diag(similarity) for similarity in similarities]))
        order = torch.from_numpy(permutation.permuted_sets(_labels(cells), 1, generator)[0])
        rows = torch.arange(len(cells))[:, None]
        null.append(
            contrasts(
                [arrangement.similarity_of_halves(network[rows, order]) for network in (cells, twin)], reliabilities
            )
        )
    return [
        evidence_row("A10b", name, _effect(estimate, of_draws, of_null, len(cells)), beside=beside)
        for name, estimate, of_draws, of_null, beside in zip(
            (DEEP, TWIN),
            contrasts(measured, reliabilities),
            zip(*drawn, strict=True),
            zip(*null, strict=True),
            (_across(cells, second, whole), _twin_in_words(measured[1], shared)),
            strict=True,
        )
    ]


def _labels(cells: Tensor) -> NDArray[np.int64]:
    return np.broadcast_to(np.arange(cells.shape[1]), cells.shape[:2])


def _effect(estimate: float, drawn: Sequence[float], null: Sequence[float], topics: int) -> effects.Effect:
    scale = Scale(of="topics", unit="difference of r over reliability")
    return effects.effect(estimate, resampling.percentile_interval(drawn), null, n=topics, scale=scale)


def _across(cells: Tensor, second: Tensor | None, halves: DepthHalves) -> str:
    """The same with one hand on each side of the similarities, in words."""
    if second is None:
        return NOT_READ
    similarity = arrangement.structure_similarity(from_cells(cells), from_cells(second))
    return f"across hands {bare(halves.contrast(similarity, np.diag(similarity)))}"


def _twin_in_words(similarity: Array, halves: DepthHalves) -> str:
    reliability = np.diag(similarity)
    return f"twin {bare(halves.contrast(similarity, reliability))} (reliability {bare(reliability[list(halves.deep)].mean())})"
