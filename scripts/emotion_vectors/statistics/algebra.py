"""Linear algebra of directions: unit length, and subspaces taken out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from emotion_vectors.artefacts.errors import MendableError


class VectorError(MendableError, ValueError):
    """Vectors cannot be computed or read as asked."""


def project_out(states: Tensor, bases: Sequence[Tensor]) -> Tensor:
    """Remove the span of each layer's basis from states [..., layer, d_model]."""
    cleaned = torch.empty_like(states)
    for layer, basis in enumerate(bases):
        at_layer = states[..., layer, :]
        cleaned[..., layer, :] = at_layer - (at_layer @ basis.T) @ basis
    return cleaned


def unit(vectors: Tensor) -> Tensor:
    """Vectors scaled to unit length along the last axis.

    Raises:
        VectorError: a vector is zero or not finite.
    """
    lengths = vectors.norm(dim=-1, keepdim=True)
    if not torch.isfinite(lengths).all() or (lengths == 0).any():
        raise VectorError("a vector is zero or not finite and has no direction")
    scaled: Tensor = vectors / lengths
    return scaled


def centred(vectors: Tensor, axis: int = 0) -> Tensor:
    """Vectors relative to their mean along an axis, that of the emotions unless another is named."""
    return vectors - torch.mean(vectors, dim=axis, keepdim=True)
