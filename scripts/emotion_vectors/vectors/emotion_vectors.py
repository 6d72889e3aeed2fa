"""Emotion vectors from story activations (Sofroniew et al. 2026, section 1.1), their label-shuffled sets, and neutral components.

A vector is the mean over topics minus the mean over emotions; topic and author cancel because each topic was written by one hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.statistics.algebra import VectorError

LAYER_CONVENTION = "layer l (0-based) is the residual stream after block l, that is hidden_states[l + 1]"


@dataclass(frozen=True)
class EmotionVectors:
    """values: [emotion, layer, d_model], not normalised; norms: [layer], mean residual norm over story tokens."""

    values: Tensor
    norms: Tensor
    emotions: list[str]

    def at(self, layer: int) -> Tensor:
        """Vectors at one layer, [emotion, d_model]."""
        return self.values[:, layer]

    def of(self, emotions: Sequence[str]) -> Tensor:
        """Vectors of the named emotions in the given order, [emotion, layer, d_model].

        Raises:
            VectorError: an emotion is not in the set.
        """
        unknown = sorted(set(emotions) - set(self.emotions))
        if unknown:
            raise VectorError(f"no vector for {', '.join(unknown)}; the study has {', '.join(self.emotions)}")
        return self.values[[self.emotions.index(emotion) for emotion in emotions]]


def load(path: str | Path) -> EmotionVectors:
    """Read `vectors.safetensors`.

    Raises:
        ArtefactError: the file is not a complete vectors file.
    """
    with files.open_tensors(path, "vectors file") as file:
        return EmotionVectors(file.tensor("vectors"), file.tensor("norms"), file.listed("emotions"))


def load_shuffled(path: str | Path) -> Tensor:
    """Label-shuffled sets of vectors as `shuffle_vectors` wrote them: [set, emotion, layer, d_model]."""
    with files.open_tensors(path, "label-shuffled vectors file") as file:
        return file.tensor("vectors")


def neutral_components(covariances: Tensor, share: float) -> list[Tensor]:
    """Top principal directions of neutral activations that together explain `share` of the variance.

    Args:
        covariances: [layer, d_model, d_model].
    Returns:
        For each layer an orthonormal basis [component, d_model] (float32).
    """
    bases = []
    for covariance in covariances.double():
        variances, directions = torch.linalg.eigh(covariance)
        variances, directions = variances.flip(0).clamp_min(0), directions.flip(1)
        explained = variances.cumsum(0) / variances.sum()
        count = int((explained < share).sum()) + 1
        bases.append(directions[:, :count].T.float().contiguous())
    return bases


def from_cells(cells: Tensor) -> Tensor:
    """Emotion vectors [emotion, ...] of cells [topic, emotion, ...]: mean over topics minus the mean over emotions."""
    means = cells.mean(0)
    return means - means.mean(0, keepdim=True)


def load_bases(path: str | Path) -> list[Tensor]:
    """Neutral components of each layer, as `capture_neutral` wrote them."""
    with files.open_tensors(path, "neutral components file") as file:
        return [file.tensor(name) for name in file.names]
