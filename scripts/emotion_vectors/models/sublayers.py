"""How the attention and MLP sublayers of a block write into the residual stream, head by head and neuron by neuron.

A sublayer ends in an output projection. Its inputs are the neurons of the MLP, or the outputs of the attention heads side by side.
Most families add the projection to the residual stream as it is; some normalise it first. Two points of a block are named after the
sublayer that has just written: `attention` lies before the MLP, `mlp` is the residual stream after the block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from emotion_vectors.models.families import ModelError, part_of
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.models.points import ATTENTION, MLP, POINTS

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


AFTER_ATTENTION, AFTER_MLP, BEFORE_MLP = (
    "post_attention_layernorm",
    "post_feedforward_layernorm",
    "pre_feedforward_layernorm",
)
"""Norms of a block. The first normalises what attention wrote where the second exists too, and what the MLP reads elsewhere."""

Reader = Callable[[int, str, Tensor], "Tensor | None"]


@dataclass(frozen=True)
class Sublayer:
    """What writes at one point of one block.

    norm: between the projection and the residual stream, in families that have one.
    parts: number of heads, or of neurons; each owns an equal slice of the inputs of the projection.
    """

    projection: nn.Linear
    norm: nn.Module | None
    parts: int

    @property
    def writer(self) -> nn.Module:
        """The module whose output is added to the residual stream."""
        return self.norm or self.projection

    def written(self, inputs: Tensor) -> Tensor:
        """What is added to the residual stream [..., d_model] for inputs of the projection [..., inputs]."""
        projected = self._projected(inputs)
        return projected if self.norm is None else self.norm(projected)

    def _projected(self, inputs: Tensor) -> Tensor:
        bias = self.projection.bias
        return nn.functional.linear(inputs, self.projection.weight.float(), None if bias is None else bias.float())

    def by_part(self, inputs: Tensor) -> Tensor:
        """What each part adds to the projection, before any norm: [row, part, d_model] of [row, inputs]."""
        weight = self.projection.weight.float()
        sliced = inputs.reshape(len(inputs), self.parts, -1)
        return torch.einsum("npi,dpi->npd", sliced, weight.reshape(len(weight), self.parts, -1))

    def writes(self, directions: Tensor) -> Tensor:
        """What one unit of each input adds to the projection of the stream on directions: [..., inputs] of [..., d_model].

        Where a norm follows, this is to be divided by `scale`.
        """
        weighted = directions if self.norm is None else directions * self.norm(torch.ones_like(directions))
        return weighted @ self.projection.weight.float()

    def scale(self, inputs: Tensor) -> Tensor:
        """Root mean square by which the norm divides the projection: [...] of [..., inputs]; 1 without a norm."""
        if self.norm is None:
            return torch.ones(inputs.shape[:-1], device=inputs.device)
        return self._projected(inputs).square().mean(-1).sqrt()


def sublayer(model: LanguageModel, layer: int, point: str) -> Sublayer:
    """What writes at a point of a block."""
    block = model.blocks[layer]
    normalised = hasattr(block, AFTER_MLP)
    if point == ATTENTION:
        projection, norm = model.attention_output(layer), AFTER_ATTENTION
        parts = int(model.network.config.get_text_config().num_attention_heads)
    else:
        projection, norm = model.mlp_output(layer), AFTER_MLP
        parts = int(torch.as_tensor(projection.weight).shape[1])
    assert isinstance(projection, nn.Linear)
    return Sublayer(projection, part_of(block, norm) if normalised else None, parts)


def mlp_input_norm(model: LanguageModel, layer: int) -> nn.Module:
    """Norm through which the MLP of a block reads the residual stream; nothing is changed where a family has none."""
    block = model.blocks[layer]
    if not hasattr(block, AFTER_MLP):
        return part_of(block, AFTER_ATTENTION)
    return part_of(block, BEFORE_MLP) if hasattr(block, BEFORE_MLP) else nn.Identity()


@contextmanager
def point_hooks(model: LanguageModel, hook: Reader) -> Iterator[None]:
    """Call `hook(layer, point, stream)` at both points of every block; a returned tensor replaces the stream there."""
    entry: dict[int, Tensor] = {}

    def before(layer: int) -> Any:
        def pre_hook(_module: nn.Module, inputs: Any, keywords: dict[str, Any]) -> None:
            entry[layer] = inputs[0] if inputs else keywords["hidden_states"]

        return pre_hook

    def after_attention(layer: int) -> Any:
        def forward_hook(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor | None:
            stream = entry.pop(layer)
            changed = hook(layer, ATTENTION, stream + output)
            return None if changed is None else changed - stream

        return forward_hook

    handles = []
    for layer, block in enumerate(model.blocks):
        handles.append(block.register_forward_pre_hook(before(layer), with_kwargs=True))
        writer = sublayer(model, layer, ATTENTION).writer
        handles.append(writer.register_forward_hook(after_attention(layer)))
    try:
        with block_hooks(model, lambda layer, hidden: hook(layer, MLP, hidden)):
            yield
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def check_sublayers(model: LanguageModel) -> None:
    """What the sublayers are said to write adds up to what every block does, on a short input.

    Raises:
        ModelError: it does not, so that scores without silencing would be wrong; the slow way is named.
    """
    ids = torch.arange(3, 11, device=model.device)[None] % model.network.config.get_text_config().vocab_size
    inputs: dict[tuple[int, str], Tensor] = {}
    streams: dict[tuple[int, str], Tensor] = {}

    def keep(layer: int, point: str) -> Any:
        return lambda _module, given: inputs.__setitem__((layer, point), given[0].float())

    sites = [(layer, point) for layer in range(model.layers) for point in POINTS]
    handles = [sublayer(model, *site).projection.register_forward_pre_hook(keep(*site)) for site in sites]
    try:
        with point_hooks(model, lambda layer, point, hidden: streams.__setitem__((layer, point), hidden.float())):
            model.base(input_ids=ids, use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
    tolerance = 1e-4 if model.network.dtype == torch.float32 else 5e-2
    for before, site in pairwise(sites):
        expected = streams[before] + sublayer(model, *site).written(inputs[site])
        difference = (streams[site] - expected).abs().max() / streams[site].abs().max()
        if not difference <= tolerance:
            raise ModelError(
                f"{model.name}: the {site[1]} sublayer of block {site[0]} writes something else than its projection "
                f"(difference {difference:.1e} of the scale); silence heads one by one instead "
                "(engine.component_edits.silence_heads_one_by_one, slow but right for any family)"
            )
