"""Residual streams as the blocks of a model hand them on, read and changed by hooks, and our own loop over the blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


@contextmanager
def block_hooks(model: LanguageModel, hook: Any) -> Iterator[None]:
    """Call `hook(layer, output_hidden)` after every block; a returned tensor replaces the output.

    Blocks return a tensor or a tuple whose first entry is the residual stream, depending on family and version: the hook
    sees and returns the tensor only. Hooks are removed on leaving, whatever happens inside.
    """

    def after(layer: int) -> Any:
        def forward_hook(_module: nn.Module, _inputs: Any, output: Any) -> Any:
            hidden = output[0] if isinstance(output, tuple) else output
            changed = hook(layer, hidden)
            if changed is None:
                return None
            return (changed, *output[1:]) if isinstance(output, tuple) else changed

        return forward_hook

    handles = [block.register_forward_hook(after(layer)) for layer, block in enumerate(model.blocks)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def residual_streams(model: LanguageModel, ids: Tensor) -> list[Tensor]:
    """Residual stream after every block, [batch, token, d_model] each, by one forward without unembedding."""
    streams: list[Tensor] = []
    with torch.no_grad(), block_hooks(model, lambda _layer, hidden: streams.append(hidden.detach().clone())):
        model.base(input_ids=ids.to(model.device), use_cache=False)
    return streams


def run_blocks(model: LanguageModel, ids: Tensor, blocks: int | None = None) -> Tensor:
    """Our own loop over the blocks, fed with the masks and rotary tables that the model's forward hands to each of them.

    Args:
        blocks: run only this many, all by default; with none the result is the embedding as the first block receives it.
    Returns:
        Residual stream after the last of them, [batch, token, d_model].
    """
    arguments: list[dict[str, Any]] = []

    def before(_module: nn.Module, _inputs: Any, keywords: dict[str, Any]) -> None:
        arguments.append(keywords)

    handles = [block.register_forward_pre_hook(before, with_kwargs=True) for block in model.blocks]
    entry: list[Tensor] = []
    handles.append(model.blocks[0].register_forward_pre_hook(lambda _module, inputs: entry.append(inputs[0])))
    try:
        model.base(input_ids=ids.to(model.device), use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
    hidden = entry[0]
    for block, keywords in list(zip(model.blocks, arguments, strict=True))[:blocks]:
        output = block(hidden, **keywords)
        hidden = output[0] if isinstance(output, tuple) else output
    return hidden
