"""Interventions on the residual stream. As hooks they exist only inside a `with` block and leave nothing behind.

Strength s is a fraction of the mean residual norm at the layer over story tokens: the vector added is `s * norm * unit(v)`.
Every edit acts on one layer and has one row for each row of the batch; a batch of one row becomes one row per edit there, so
the blocks before run once for all of them. Several edits together act on several layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn

from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.statistics.algebra import unit

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


class InterventionError(ValueError):
    """An intervention does not fit the model or the batch."""


def dose(directions: Tensor, norm: Tensor, strength: float) -> Tensor:
    """Vectors to add for a strength: `strength * norm * unit(direction)`; directions [..., d_model], norm a scalar."""
    return strength * norm * unit(directions)


@dataclass(frozen=True)
class Edit:
    """A change of the residual stream after block `layer`.

    vectors: [row, d_model]; what they mean is said by the kind of edit.
    positions: [token], bool; where it acts, everywhere by default.
    """

    form: ClassVar[tuple[str, ...]] = ("row",)
    """What `vectors` has before d_model."""

    layer: int
    vectors: Tensor
    positions: Tensor | None = None

    def change(self, hidden: Tensor) -> Tensor:
        """What is added to `hidden` [row, token, d_model]."""
        raise NotImplementedError

    def __call__(self, hidden: Tensor) -> Tensor:
        """The edited residual stream [row, token, d_model].

        Raises:
            InterventionError: `positions` were made for a text of another length.
        """
        change = self.change(hidden)
        if self.positions is None:
            return hidden + change
        if len(self.positions) != hidden.shape[1]:
            raise InterventionError(f"positions for {len(self.positions)} tokens on a text of {hidden.shape[1]}")
        return torch.where(self.positions.to(hidden.device)[None, :, None], hidden + change, hidden)

    def rows(self, chosen: slice | Tensor) -> Edit:
        """The same edit for some of its rows."""
        return replace(self, vectors=self.vectors[chosen])

    def aligned(self, hidden: Tensor) -> Tensor:
        """The vectors beside `hidden`: [row, 1, d_model]."""
        return self.vectors[:, None].to(hidden)


class Addition(Edit):
    """Add a vector to each row."""

    def change(self, hidden: Tensor) -> Tensor:
        return self.aligned(hidden)


@dataclass(frozen=True, kw_only=True)
class Confined(Edit):
    """Keep coordinates in a subspace within reach of given values, from one token on: removal, caps and clamps are this.

    vectors: [row, component, d_model], orthonormal in each row. centres: [row, 1 or later token, component], in units of the residual
    stream. reach: [row, component], how far a coordinate may lie from its centre: 0 sets it to the centre, infinity leaves it as it is.
    begin: the first token that is changed.
    """

    form: ClassVar[tuple[str, ...]] = ("row", "component")

    centres: Tensor
    reach: Tensor
    begin: int = 0

    def __post_init__(self) -> None:
        if not torch.isfinite(self.centres).all() or not (self.reach >= 0).all():
            raise InterventionError(
                f"the subspace at layer {self.layer} needs finite centres, and a reach of at least 0 for each component"
            )

    def change(self, hidden: Tensor) -> Tensor:
        basis, reach = self.vectors.to(hidden), self.reach[:, None].to(hidden)
        offsets = hidden[:, self.begin :] @ basis.mT - self.centres.to(hidden)
        beyond = offsets - torch.maximum(torch.minimum(offsets, reach), -reach)
        return nn.functional.pad(-(beyond @ basis), (0, 0, self.begin, 0))

    def rows(self, chosen: slice | Tensor) -> Confined:
        return replace(self, vectors=self.vectors[chosen], centres=self.centres[chosen], reach=self.reach[chosen])


def check(model: LanguageModel, edits: Sequence[Edit]) -> None:
    """Edits that fit the model and each other.

    Raises:
        InterventionError: no edit, a layer that does not exist, vectors of a wrong shape, unequal rows, or values that are not
            finite.
    """
    if not edits:
        raise InterventionError("no edit given")
    for edit in edits:
        if not 0 <= edit.layer < model.layers:
            raise InterventionError(
                f"layer {edit.layer} does not exist; {model.name} has layers 0 to {model.layers - 1}"
            )
        if edit.vectors.ndim != len(edit.form) + 1 or edit.vectors.shape[-1] != model.width:
            wanted = ", ".join((*edit.form, str(model.width)))
            raise InterventionError(
                f"vectors must be [{wanted}], one row for each row of the batch, not {list(edit.vectors.shape)}"
            )
        if not torch.isfinite(edit.vectors).all():
            raise InterventionError(f"a vector of the edit at layer {edit.layer} is not finite")
    if len({len(edit.vectors) for edit in edits}) > 1:
        raise InterventionError("edits that act together need the same number of rows")


@contextmanager
def intervening(model: LanguageModel, edits: Sequence[Edit]) -> Iterator[None]:
    """Apply the edits after their blocks, in the order given.

    Raises:
        InterventionError: see `check`.
    """
    check(model, edits)

    def apply(layer: int, hidden: Tensor) -> Tensor | None:
        changed = hidden
        for edit in edits:
            changed = edit(changed) if edit.layer == layer else changed
        return None if changed is hidden else changed

    with block_hooks(model, apply):
        yield
