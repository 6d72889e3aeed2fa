"""Emotion vectors from story activations (Sofroniew et al. 2026, section 1.1).

Every topic holds one story for every emotion, so story activations form *cells* [topic, emotion, layer, d_model]. A vector is
the mean over topics minus the mean over emotions; topic and author cancel because each topic was written by one hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor

from emotion_vectors.statistics.algebra import VectorError, project_out

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
        VectorError: the file is not a complete vectors file.
    """
    try:
        with safe_open(path, framework="pt") as file:
            emotions = json.loads(file.metadata()["emotions"])
            return EmotionVectors(file.get_tensor("vectors"), file.get_tensor("norms"), emotions)
    except Exception as error:
        raise VectorError(
            f"{path} is not a complete vectors file ({error}); delete it and repeat the command"
        ) from error


def arrange_cells(means: Tensor, measured_ids: Sequence[str], stories: pd.DataFrame, emotions: Sequence[str]) -> Tensor:
    """Order story activations as cells.

    Args:
        means: [story, ...], one row for each of `measured_ids`.
        stories: table with `story_id`, `topic`, `emotion`; which label a story carries is decided here and only here.
    Returns:
        [topic, emotion, ...]; topics in the order of the table.
    Raises:
        VectorError: a topic lacks an emotion or has one twice, or a story was not measured.
    """
    row_of = {story_id: row for row, story_id in enumerate(measured_ids)}
    index = []
    for topic, group in stories.groupby("topic", sort=False):
        by_emotion = group.set_index("emotion")["story_id"]
        if sorted(by_emotion.index) != sorted(emotions):
            raise VectorError(f"topic {topic} does not hold each of the {len(emotions)} emotions exactly once")
        missing = [story_id for story_id in by_emotion if story_id not in row_of]
        if missing:
            raise VectorError(
                f"stories without activations: {', '.join(missing[:5])}; delete the activations and repeat"
            )
        index.append([row_of[by_emotion[emotion]] for emotion in emotions])
    return means[torch.tensor(index)]


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


def shuffle_labels(cells: Tensor, generator: np.random.Generator) -> Tensor:
    """Cells with the emotion labels permuted within each topic, independently: same stories, topics and counts."""
    topics, emotions = cells.shape[:2]
    order = torch.from_numpy(np.stack([generator.permutation(emotions) for _ in range(topics)]))
    return cells[torch.arange(topics)[:, None], order]


def halves(cells: Tensor) -> tuple[Tensor, Tensor]:
    """Cells of every second topic and of the others, for split-half reliability."""
    return cells[0::2], cells[1::2]


def load_bases(path: str | Path) -> list[Tensor]:
    """Neutral components of each layer, as `capture_neutral` wrote them."""
    tensors = load_file(path)
    return [tensors[name] for name in sorted(tensors)]


@dataclass(frozen=True)
class Activations:
    """Story activations of one model with their identities, as `capture_stories` wrote them."""

    late: Tensor
    early: Tensor
    embedding: Tensor
    norms: Tensor
    story_ids: list[str]
    sha256: dict[str, str]


def load_activations(path: str | Path) -> Activations:
    """Read story activations; `sha256` holds the digests of the model and of the stories."""
    try:
        with safe_open(path, framework="pt") as file:
            facts = file.metadata()
            tensors = {name: file.get_tensor(name) for name in ("late", "early", "embedding", "norms")}
    except SafetensorError as error:
        raise VectorError(
            f"{path} is not a complete activations file ({error}); delete it and repeat the command"
        ) from error
    digests = {name: facts[name] for name in ("model_sha256", "stories_sha256")}
    return Activations(**tensors, story_ids=json.loads(facts["story_ids"]), sha256=digests)


def cells_of(
    activations: Activations, stories: pd.DataFrame, emotions: Sequence[str], bases: Sequence[Tensor] | None
) -> Tensor:
    """Cells [topic, emotion, layer, d_model] over the main window, without neutral components when `bases` are given."""
    cells = arrange_cells(activations.late, activations.story_ids, stories, emotions)
    return cells if bases is None else project_out(cells, bases)


def load_cells(inputs: Any, emotions: Sequence[str]) -> Tensor:
    """Cells of the main window without neutral components, from the files named `activations`, `neutral` and `stories`."""
    bases = load_bases(inputs.neutral)
    return cells_of(load_activations(inputs.activations), pd.read_parquet(inputs.stories), emotions, bases)
