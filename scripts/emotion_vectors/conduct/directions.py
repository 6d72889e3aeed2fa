"""Directions of one model along which its conduct is read and steered: emotion vectors, and the null directions beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.conduct.kinds import EMOTION, GAUSSIAN, SHUFFLED
from emotion_vectors.models.layers import main_layer
from emotion_vectors.statistics import random_directions
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.vectors import emotion_vectors

if TYPE_CHECKING:
    from emotion_vectors.artefacts.files import PathLike
    from emotion_vectors.vectors.emotion_vectors import EmotionVectors


Nulls = Mapping[str, Mapping[str, Tensor]]
"""Null directions [d_model] at the main layer, by kind and name."""


@dataclass(frozen=True)
class Directions:
    """Emotion vectors of one model, and vectors made in the same way from permuted labels.

    main: the layer that is judged and steered; shuffled: [set, emotion, d_model] there.
    """

    vectors: EmotionVectors
    main: int
    shuffled: Tensor

    @property
    def names(self) -> list[str]:
        """Emotions in the order of the vectors."""
        return self.vectors.emotions

    @property
    def emotions(self) -> Tensor:
        """Emotion vectors, [emotion, layer, d_model]."""
        return self.vectors.values

    @property
    def norms(self) -> Tensor:
        """Mean residual norm, [layer]."""
        return self.vectors.norms

    @property
    def main_norm(self) -> Tensor:
        """Mean residual norm at the main layer, [1]."""
        return self.norms[[self.main]]

    def shuffled_of(self, emotions: Sequence[str]) -> Tensor:
        """Label-shuffled vectors in the places of the named emotions: [set, emotion, d_model]."""
        return self.shuffled[:, [self.names.index(emotion) for emotion in emotions]]

    def gaussian(self, count: int, seed: int) -> Tensor:
        """Gaussian directions at every layer, drawn with a seed: [direction, layer, d_model]."""
        return random_directions.gaussian((count, *self.emotions.shape[1:]), seed)

    def nulls(self, count: int, seed: int) -> Nulls:
        """Null directions of both kinds, `count` of each, drawn with a seed."""
        generator = np.random.default_rng(seed)
        sets, emotions = (generator.integers(0, size, count) for size in self.shuffled.shape[:2])
        gaussian = random_directions.gaussian((count, self.shuffled.shape[-1]), seed)
        return {
            GAUSSIAN: {f"Gaussian {number}": direction for number, direction in enumerate(gaussian)},
            SHUFFLED: {
                f"shuffled {number}": direction for number, direction in enumerate(self.shuffled[sets, emotions])
            },
        }

    def additions(self, conditions: pd.DataFrame, nulls: Nulls | None = None) -> Tensor:
        """Vectors to add at the main layer, one for each condition: [condition, d_model].

        Args:
            conditions: direction, kind, strength_norm_fraction. nulls: what directions of other kinds than emotion mean.
        """
        named = sorted(set(conditions.loc[conditions["kind"] == EMOTION, "direction"]))
        by_name = dict(zip(named, self.vectors.of(named)[:, self.main], strict=True))
        for of_kind in (nulls or {}).values():
            by_name |= of_kind
        return scaled(conditions, by_name, self.norms[self.main])


def load(vectors_file: PathLike, shuffled_file: PathLike, depth: float) -> Directions:
    """Directions of a model, from its emotion vectors and the label-shuffled ones at the main layer.

    Args:
        depth: the main layer is the one nearest to it, a fraction of the depth of the model.
    """
    vectors = emotion_vectors.load(vectors_file)
    shuffled = emotion_vectors.load_shuffled(shuffled_file)[:, :, 0]
    return Directions(vectors, main_layer(vectors.values.shape[1], depth), shuffled)


def scaled(conditions: pd.DataFrame, directions: Mapping[str, Tensor], norm: Tensor) -> Tensor:
    """Vectors to add for each condition: [condition, d_model]; directions [d_model] by name, of any length."""
    units = torch.stack([unit(directions[name]) for name in conditions["direction"]])
    strengths = torch.tensor(conditions["strength_norm_fraction"].to_numpy(), dtype=units.dtype)
    return strengths[:, None] * norm * units
