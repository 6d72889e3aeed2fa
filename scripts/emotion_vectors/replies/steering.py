"""Emotion vectors and null directions at the main layer, ready to be added to sampled replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from safetensors.torch import load_file
from torch import Tensor

from emotion_vectors.conduct import doses
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import layers
from emotion_vectors.replies.sampled import Steering
from emotion_vectors.replies.transcripts import Condition
from emotion_vectors.stimuli.files import PathLike


@dataclass(frozen=True)
class Directions:
    """Emotion vectors of the study, and null directions [d_model] by kind and name."""

    emotions: emotion_vectors.EmotionVectors
    nulls: Mapping[str, Mapping[str, Tensor]]
    layer: int

    def steering(self, table: pd.DataFrame) -> Steering:
        """What adds the direction of each condition: direction, kind, strength_norm_fraction."""
        named = sorted(set(table.loc[table["kind"] == doses.EMOTION, "direction"]))
        directions = dict(zip(named, self.emotions.of(named)[:, self.layer], strict=True))
        for each in self.nulls.values():
            directions |= each
        conditions = [Condition(*row) for row in table.itertuples(index=False, name=None)]
        return Steering(conditions, self.layer, doses.additions(table, directions, self.emotions.norms[self.layer]))


def load(vectors_file: PathLike, shuffled_file: PathLike, depth: float, count: int, seed: int) -> Directions:
    """Directions at the layer nearest to `depth`, `count` null ones of each kind."""
    emotions = emotion_vectors.load(vectors_file)
    nulls = doses.null_directions(load_file(shuffled_file)["vectors"][:, :, 0], count, seed)
    return Directions(emotions, nulls, layers.main_layer(emotions.values.shape[1], depth))
