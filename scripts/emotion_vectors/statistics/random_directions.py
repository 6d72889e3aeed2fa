"""Random directions: the null of whatever is read along, or changed along, a direction."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def gaussian(shape: Sequence[int], source: int | torch.Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    """Isotropic directions along the last axis, all independent.

    Args:
        source: seed, or a generator from which other directions are drawn before or after.
    """
    generator = torch.Generator().manual_seed(source) if isinstance(source, int) else source
    return torch.randn(*shape, generator=generator, dtype=dtype)


def gaussian_sets(sets: int, members: int, width: int, seed: int) -> Tensor:
    """Sets of isotropic directions that sum to zero, as directions of emotions do: [set, member, d_model]."""
    drawn = gaussian((sets, members, width), seed)
    return drawn - drawn.mean(1, keepdim=True)
