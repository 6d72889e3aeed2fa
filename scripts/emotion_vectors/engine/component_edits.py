"""Neurons and heads set to zero or driven, by changing the inputs of the output projections while a `with` block lasts.

The slow way of scoring heads, one forward pass for each, is here too: whatever is computed without it is held against it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from emotion_vectors.models.points import ATTENTION, HEADS, POINT_OF, POINTS
from emotion_vectors.models.sublayers import point_hooks, sublayer

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded


class SilencingError(ValueError):
    """Components that do not fit the model or the batch."""


@dataclass(frozen=True)
class Change:
    """A change of the inputs of one output projection: `inputs * kept + added`.

    kind: `neurons` or `heads`, with `layer` the projection meant.
    kept, added: [row, inputs], one row for each row of the batch, or a single row for all of them.
    positions: [token] or [row, token], bool; where it acts, everywhere by default.
    """

    layer: int
    kind: str
    kept: Tensor
    added: Tensor | None = None
    positions: Tensor | None = None

    def __call__(self, inputs: Tensor) -> Tensor:
        """Changed inputs [row, token, inputs].

        Raises:
            SilencingError: rows or positions of another number than those of the batch.
        """
        if len(self.kept) not in (1, len(inputs)):
            raise SilencingError(f"a change of {len(self.kept)} rows on a batch of {len(inputs)}")
        changed = inputs * self.kept[:, None].to(inputs)
        if self.added is not None:
            changed = changed + self.added[:, None].to(inputs)
        if self.positions is None:
            return changed
        where = self.positions.to(inputs.device)
        where = where[None] if where.ndim == 1 else where
        if where.shape[1] != inputs.shape[1] or len(where) not in (1, len(inputs)):
            raise SilencingError(f"positions {list(where.shape)} on a batch {list(inputs.shape[:2])}")
        return torch.where(where[..., None], changed, inputs)


def mask(model: LanguageModel, layer: int, kind: str, rows: Sequence[Collection[int]]) -> Tensor:
    """1 at the inputs of the chosen components, 0 elsewhere: [row, inputs].

    Raises:
        SilencingError: a component that the layer does not have, or a kind that is not known.
    """
    if kind not in POINT_OF:
        raise SilencingError(f"'{kind}' is no kind of component; there are {', '.join(POINT_OF)}")
    if not 0 <= layer < model.layers:
        raise SilencingError(f"layer {layer} does not exist; {model.name} has layers 0 to {model.layers - 1}")
    there = sublayer(model, layer, POINT_OF[kind])
    chosen = torch.zeros(len(rows), there.parts)
    for row, parts in enumerate(rows):
        strangers = [part for part in parts if not 0 <= part < there.parts]
        if strangers:
            raise SilencingError(f"layer {layer} has {there.parts} {kind}, none with the number {strangers[0]}")
        chosen[row, list(parts)] = 1.0
    return chosen.repeat_interleave(there.projection.in_features // there.parts, dim=1)


def silence(
    model: LanguageModel, kind: str, chosen: Mapping[int, Sequence[Collection[int]]], positions: Tensor | None = None
) -> list[Change]:
    """Changes that set components to zero: layer -> the components of each row, or of one row for all."""
    return [
        Change(layer, kind, 1.0 - mask(model, layer, kind, rows), positions=positions)
        for layer, rows in chosen.items()
        if any(rows)
    ]


@contextmanager
def changing(model: LanguageModel, changes: Sequence[Change]) -> Iterator[None]:
    """Apply changes, several layers and kinds together; those of one projection act in the order given."""

    def before(changes_there: Sequence[Change]) -> Any:
        def pre_hook(_module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            changed = inputs[0]
            for change in changes_there:
                changed = change(changed)
            return (changed, *inputs[1:])

        return pre_hook

    handles = []
    for site in dict.fromkeys((change.layer, change.kind) for change in changes):
        at_site = [change for change in changes if (change.layer, change.kind) == site]
        projection = sublayer(model, site[0], POINT_OF[site[1]]).projection
        handles.append(projection.register_forward_pre_hook(before(at_site)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@torch.inference_mode()
def read_last(model: LanguageModel, ids: Tensor, changes: Sequence[Change] = ()) -> Tensor:
    """Residual stream at both points of every block at the last token, while the changes act.

    Args:
        ids: [row, token], rows of equal length.
    Returns:
        [row, point, layer, d_model].
    """
    states = torch.zeros(len(ids), len(POINTS), model.layers, model.width)

    def keep(layer: int, point: str, hidden: Tensor) -> None:
        states[:, POINTS.index(point), layer] = hidden[:, -1].float().cpu()

    with changing(model, changes), point_hooks(model, keep):
        model.base(input_ids=ids.to(model.device), use_cache=False)
    return states


def silence_heads_one_by_one(
    model: LanguageModel, text: Encoded, heads: Sequence[tuple[int, int]]
) -> tuple[Tensor, Tensor]:
    """The slow way: one forward pass for each head, silenced at every position (step 6 of W).

    Args:
        heads: (layer, head).
    Returns:
        Untouched stream of the last token [point, layer, d_model], and that after the attention sublayer of each head's own layer with
        the head silenced [head, d_model].
    """
    ids = torch.tensor([text.ids])
    streams = [
        read_last(model, ids, silence(model, HEADS, {layer: [[head]]}))[0, POINTS.index(ATTENTION), layer]
        for layer, head in heads
    ]
    return read_last(model, ids)[0], torch.stack(streams)
