"""Readouts of what a model is about to say, by the plain way, and what is taken from them.

The engine (`replay`, `slopes`) gives the same numbers faster; it is held against the plain way in the tests and the benchmark.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.engine.edits import Edit, intervening
from emotion_vectors.models.tokens import Encoded, pad

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


@torch.inference_mode()
def continuation_logprobs(
    model: LanguageModel, prompt: Encoded, continuations: Sequence[Sequence[int]], edits: Sequence[Edit] = ()
) -> Tensor:
    """Mean log-probability per token of each continuation, by the plain way: [continuation], nats.

    Each continuation is one row after its own copy of the prompt, padded on the right, with full logits. Works for every
    architecture; `replay.replay` gives the same faster for those that it serves. Edits have one row, shared by all continuations.
    """
    rows = [Encoded([*prompt.ids, *continuation], prompt.start) for continuation in continuations]
    batch = pad(rows, list(range(len(rows))), 0)
    with intervening(model, edits) if edits else nullcontext():
        logits = model.network(input_ids=batch.ids.to(model.device), use_cache=False).logits.float()
    means = []
    for row, continuation in zip(logits, continuations, strict=True):
        begin = len(prompt.ids)
        read = row[begin - 1 : begin - 1 + len(continuation)].log_softmax(-1)
        means.append(read[torch.arange(len(continuation)), torch.tensor(continuation)].mean())
    return torch.stack(means).cpu()


def own_minus_others(changes: Tensor) -> Tensor:
    """For each direction, the change of its own word minus the mean change of all other words.

    Args:
        changes: [..., direction, word], square in the last two, own word on the diagonal.
    Returns:
        [..., direction].
    """
    return changes.diagonal(dim1=-2, dim2=-1) - mean_of_others(changes)


def mean_of_others(changes: Tensor) -> Tensor:
    """For each direction, the mean change of all words but its own: [..., direction] of [..., direction, word]."""
    others = changes.sum(-1) - changes.diagonal(dim1=-2, dim2=-1)
    return others / (changes.shape[-1] - 1)
