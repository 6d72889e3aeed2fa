"""Interventions on the residual stream at one layer. They exist only inside a `with` block and leave nothing behind.

Strength s is a fraction of the mean residual norm at the layer over story tokens: the vector added is `s * norm * unit(v)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from emotion_vectors.models import LanguageModel, block_hooks
from emotion_vectors.vectors import unit


def dose(directions: Tensor, norm: Tensor, strength: float) -> Tensor:
    """Vectors to add for a strength: `strength * norm * unit(direction)`; directions [..., d_model], norm a scalar."""
    return strength * norm * unit(directions)


@contextmanager
def adding(model: LanguageModel, layer: int, vectors: Tensor) -> Iterator[None]:
    """Add one vector to each row of the batch, at every position, after block `layer`.

    A batch of one row becomes one row per vector at that block, so the blocks before it run once for all of them.

    Args:
        vectors: [row, d_model], or [1, d_model] for the same on all rows.
    Raises:
        ValueError: the layer does not exist, or a vector is not finite.
    """
    if not 0 <= layer < model.layers:
        raise ValueError(f"layer {layer} does not exist; {model.name} has layers 0 to {model.layers - 1}")
    if vectors.ndim != 2 or vectors.shape[1] != model.width:
        raise ValueError(
            f"vectors must be [row, {model.width}], one row for each row of the batch, not {list(vectors.shape)}"
        )
    if not torch.isfinite(vectors).all():
        raise ValueError(f"a vector to be added at layer {layer} is not finite")

    def add(current: int, hidden: Tensor) -> Tensor | None:
        return hidden + vectors[:, None].to(hidden) if current == layer else None

    with block_hooks(model, add):
        yield
