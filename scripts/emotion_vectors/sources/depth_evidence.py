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
UNITS = {DEEP: "difference of r over reliability", TWIN: "difference of r"}
"""Part of the claim -> unit of its estimate."""


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

    def means(self, similarity: Array) -> tuple[float, float]:
        """Mean similarity [layer, layer] within the deeper half and between the halves."""
        within = upper_triangle(similarity[np.ix_(self.deep, self.deep)]).mean()
        return float(within), float(similarity[np.ix_(self.deep, self.shallow)].mean())

    def contrast(self, similarity: Array) -> float:
        """Mean similarity within the deeper half minus that between the halves, as they are."""
        within, between = self.means(similarity)
        return within - between

    def corrected_contrast(self, similarity: Array, reliability: Array) -> float:
        """The same, each over the reliability of its layers [layer]."""
        within, between = self.means(similarity)
        deep, shallow = (
            max(float(reliability[list(half)].mean()), LEAST_RELIABILITY) for half in (self.deep, self.shallow)
        )
        return float(within / deep - between / np.sqrt(deep * shallow))


def on_depth_contrasts(cells: Tensor, twin: Tensor, second: Tensor | None, resamples: int, seed: int) -> list[Row]:
    """Evidence on A10b.

    Topics are resampled within the halves that similarity goes across, and labels permuted, alike for both networks. The null of the first
    part is divided by the measured reliability, so that its percentile is that of similarity itself. Between the two networks similarities
    are compared as they are: an untrained one has next to no reliability to divide by.

    Args:
        cells: [topic, emotion, layer, d_model]; twin: the same of the re-initialised twin, which ends at the main layer; second: of the
            second hand's stories, None where these were not read.
    """
    whole, shared = (DepthHalves.of(cells.shape[2], last) for last in (cells.shape[2], twin.shape[2]))
    measured = arrangement.similarity_of_halves(cells), arrangement.similarity_of_halves(twin)

    def contrasts(trained: Array, untrained: Array, reliability: Array) -> tuple[float, float]:
        return whole.corrected_contrast(trained, reliability), shared.contrast(trained) - shared.contrast(untrained)

    generator, drawn, null = np.random.default_rng(seed), [], []
    for _ in range(resamples):
        topics = topics_within_halves(len(cells), generator)
        trained, untrained = (arrangement.similarity_of_halves(network[topics]) for network in (cells, twin))
        drawn.append(contrasts(trained, untrained, np.diag(trained)))
        order = torch.from_numpy(permutation.permuted_sets(_labels(cells), 1, generator)[0])
        rows = torch.arange(len(cells))[:, None]
        trained, untrained = (arrangement.similarity_of_halves(network[rows, order]) for network in (cells, twin))
        null.append(contrasts(trained, untrained, np.diag(measured[0])))
    return [
        evidence_row("A10b", name, _effect(estimate, of_draws, of_null, len(cells), unit), beside=beside)
        for (name, unit), estimate, of_draws, of_null, beside in zip(
            UNITS.items(),
            contrasts(measured[0], measured[1], np.diag(measured[0])),
            zip(*drawn, strict=True),
            zip(*null, strict=True),
            (_across(cells, second, whole), _twin_in_words(measured[1], shared)),
            strict=True,
        )
    ]


def _labels(cells: Tensor) -> NDArray[np.int64]:
    return np.broadcast_to(np.arange(cells.shape[1]), cells.shape[:2])


def _effect(estimate: float, drawn: Sequence[float], null: Sequence[float], topics: int, unit: str) -> effects.Effect:
    scale = Scale(of="topics", unit=unit)
    return effects.effect(estimate, resampling.percentile_interval(drawn), null, n=topics, scale=scale)


def _across(cells: Tensor, second: Tensor | None, halves: DepthHalves) -> str:
    """The same with one hand on each side of the similarities, in words."""
    if second is None:
        return NOT_READ
    similarity = arrangement.structure_similarity(from_cells(cells), from_cells(second))
    return f"across hands {bare(halves.corrected_contrast(similarity, np.diag(similarity)))}"


def _twin_in_words(similarity: Array, halves: DepthHalves) -> str:
    reliability = np.diag(similarity)[list(halves.deep)].mean()
    return f"twin {bare(halves.contrast(similarity))} (reliability {bare(reliability)})"
