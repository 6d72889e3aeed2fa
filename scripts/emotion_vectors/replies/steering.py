"""Vectors that are added while replies are sampled, and the condition that each of them makes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emotion_vectors.replies.transcripts import CONDITION, Condition

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

    from emotion_vectors.conduct.directions import Directions, Nulls


@dataclass(frozen=True)
class Steering:
    """Vectors [condition, d_model] that are added after one block, and the condition that each of them makes."""

    conditions: list[Condition]
    layer: int
    vectors: Tensor

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.vectors.numpy().tobytes()).hexdigest()


def steering_of(directions: Directions, conditions: pd.DataFrame, nulls: Nulls) -> Steering:
    """What adds the direction of each condition at the main layer.

    Args:
        conditions: direction, kind, strength_norm_fraction, in this order.
    """
    listed = [Condition(*row) for row in conditions.itertuples(index=False, name=None)]
    return Steering(listed, directions.main, directions.additions(conditions, nulls))


def steering_again(directions: Directions, transcript: pd.DataFrame, nulls: int, seed: int) -> Steering:
    """What the replies of a transcript were steered with.

    Args:
        nulls: null directions of each kind, drawn with the seed that they were first drawn with.
    """
    return steering_of(directions, transcript[CONDITION].drop_duplicates(), directions.nulls(nulls, seed))
