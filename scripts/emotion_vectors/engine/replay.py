"""Many interventions on the same text at the price of the blocks they touch.

An intervention after block l leaves blocks 0 to l as they were. A text is therefore read once and recorded; every condition
starts from the recorded residual stream of its first edited layer and runs the blocks above it only, many conditions in a
batch, with logits at the scored tokens alone. All of this is exact (design of the engine, savings 1 to 3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from emotion_vectors.engine.edits import Edit, check
from emotion_vectors.engine.packing import Packed, additive_masks, padded
from emotion_vectors.models.families import ModelError
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.weights.families import FAMILIES

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel

ROWS_IN_CACHE = 4
WINDOWED, UNLIMITED = "sliding_attention", "full_attention"
SERVED = (
    f"packing serves models of {', '.join(sorted(FAMILIES))}, and others whose blocks take their mask by name and see all that "
    "stands before a token or a window of it; leave this model out of the configuration"
)


@dataclass(frozen=True)
class Recording:
    """One packed text as a model reads it without intervention.

    streams: layer -> residual stream after it [1, token, d_model], for the layers asked for and the last one.
    arguments: for each block, what the model hands to it besides the residual stream.
    """

    packed: Packed
    streams: dict[int, Tensor]
    arguments: list[dict[str, Any]]


def window_of(model: LanguageModel, layer: int) -> int | None:
    """Width of the sliding attention window of a block, None where it sees everything before.

    Raises:
        ModelError: the family has a kind of attention that packing cannot serve; what is served is named.
    """
    config = model.network.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    kinds = getattr(config, "layer_types", None)
    kind = kinds[layer] if kinds else (WINDOWED if window else UNLIMITED)
    if kind not in (WINDOWED, UNLIMITED):
        raise ModelError(
            f"{model.name}: block {layer} attends by '{kind}', which packed texts cannot reproduce; {SERVED}"
        )
    return window if kind == WINDOWED else None


@contextmanager
def packed_attention(model: LanguageModel, texts: Sequence[Packed]) -> Iterator[list[dict[str, Any]]]:
    """While inside, every block attends as the packed texts ask, one a row; yields what each block was handed, in order.

    Raises:
        ModelError: a block takes no attention mask by name, so that packing cannot reach it.
    """
    windows = [window_of(model, layer) for layer in range(model.layers)]
    masks = {
        window: additive_masks(texts, window, model.network.dtype).to(model.device) for window in dict.fromkeys(windows)
    }
    arguments: list[dict[str, Any]] = []

    def before(layer: int) -> Any:
        def hook(_module: nn.Module, inputs: Any, keywords: dict[str, Any]) -> Any:
            if "attention_mask" not in keywords:
                raise ModelError(
                    f"{model.name}: block {layer} takes no attention mask by name, so packed texts cannot be read; {SERVED}"
                )
            arguments.append({**keywords, "attention_mask": masks[windows[layer]]})
            return inputs, arguments[-1]

        return hook

    handles = [
        block.register_forward_pre_hook(before(layer), with_kwargs=True) for layer, block in enumerate(model.blocks)
    ]
    try:
        yield arguments
    finally:
        for handle in handles:
            handle.remove()


def read(model: LanguageModel, texts: Sequence[Packed]) -> None:
    """One forward of the blocks over packed texts side by side; hooks see everything, padding included."""
    ids, positions = (column.to(model.device) for column in padded(texts))
    model.base(input_ids=ids, position_ids=positions, use_cache=False)


@torch.inference_mode()
def record(model: LanguageModel, packed: Packed, layers: Collection[int] = ()) -> Recording:
    """Read a packed text once and keep what replays need: the residual stream after `layers` and after the last block."""
    wanted = {*layers, model.layers - 1}
    streams: dict[int, Tensor] = {}

    def keep(layer: int, hidden: Tensor) -> None:
        if layer in wanted:
            streams[layer] = hidden

    with packed_attention(model, [packed]) as arguments, block_hooks(model, keep):
        read(model, [packed])
    return Recording(packed, streams, arguments)


def scored_logprobs(model: LanguageModel, stream: Tensor, texts: Sequence[Packed]) -> list[Tensor]:
    """Log-probabilities of the scored tokens from the residual stream after the last block, one text a row: [scored] each, nats."""
    # All continuations start at the last token of the prompt: its logits are computed once.
    predicting = [torch.unique(text.predictors, return_inverse=True) for text in texts]
    states = [hidden[predictors] for hidden, (predictors, _) in zip(stream, predicting, strict=True)]
    logits = model.logits(torch.cat(states))
    # A few rows at a time stay in the processor's cache: over a large vocabulary several times faster, and equal to the bit.
    normaliser = torch.cat([few.float().logsumexp(-1) for few in torch.split(logits, ROWS_IN_CACHE)])
    rows = [len(of_text) for of_text in states]
    return [
        of_text[column, text.targets].float() - normalisers[column]
        for of_text, normalisers, (_, column), text in zip(
            torch.split(logits, rows), torch.split(normaliser, rows), predicting, texts, strict=True
        )
    ]


@torch.inference_mode()
def unsteered(model: LanguageModel, recording: Recording) -> Tensor:
    """Log-probabilities of the scored tokens without intervention: [scored], nats."""
    return scored_logprobs(model, recording.streams[model.layers - 1], [recording.packed])[0].cpu()


@torch.inference_mode()
def replay(model: LanguageModel, recording: Recording, edits: Sequence[Edit], budget: int) -> Tensor:
    """Log-probabilities of the scored tokens under every row of the edits.

    Args:
        edits: act together; each has one row for every condition.
        budget: tokens in one pass; decides how many conditions run side by side and changes no result.
    Returns:
        [row, scored], nats.
    Raises:
        InterventionError: the edits do not fit the model.
        ModelError: the residual stream of the first edited layer was not recorded.
    """
    check(model, edits)
    first = min(edit.layer for edit in edits)
    if first not in recording.streams:
        raise ModelError(f"layer {first} was not recorded; name it when the text is recorded")
    side_by_side = max(1, budget // len(recording.packed.ids))
    conditions = len(edits[0].vectors)
    chunks = [slice(begin, begin + side_by_side) for begin in range(0, conditions, side_by_side)]
    return torch.cat([_replay_rows(model, recording, [edit.rows(chunk) for edit in edits], first) for chunk in chunks])


def _replay_rows(model: LanguageModel, recording: Recording, edits: Sequence[Edit], first: int) -> Tensor:
    hidden = recording.streams[first]
    for layer in range(first, model.layers):
        if layer > first:
            output = model.blocks[layer](hidden, **recording.arguments[layer])
            hidden = output[0] if isinstance(output, tuple) else output
        for edit in edits:
            hidden = edit(hidden) if edit.layer == layer else hidden
    return torch.stack(scored_logprobs(model, hidden, [recording.packed] * len(hidden))).cpu()
