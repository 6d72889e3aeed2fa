"""The loops that a sweep replaces, each over one item and its conditions: what a user writes, step by step better."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from emotion_vectors.engine import plain_readouts
from emotion_vectors.engine.edits import Addition, intervening
from emotion_vectors.engine.packing import Packed
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded, pad


@dataclass(frozen=True)
class Conditions:
    """One item, and the vectors added after one block, one a condition.

    vectors: [condition, d_model].
    """

    packed: Packed
    layer: int
    vectors: Tensor

    @property
    def prompt(self) -> Encoded:
        return Encoded(self.packed.ids[: self.packed.prompt_length].tolist(), 0)

    @property
    def continuations(self) -> list[list[int]]:
        """Token ids of each."""
        packed = self.packed
        return [packed.targets[packed.owners == number].tolist() for number in range(packed.continuations)]

    @property
    def scored_from(self) -> int:
        """Tokens of the packed text whose output predicts another."""
        return len(set(self.packed.predictors.tolist()))

    def first(self, count: int) -> Conditions:
        """The first conditions alone."""
        return Conditions(self.packed, self.layer, self.vectors[:count])

    def edits(self) -> list[list[Addition]]:
        """The edits of each condition by itself."""
        return [[Addition(self.layer, vector[None])] for vector in self.vectors]


def plain_loop(model: LanguageModel, given: Conditions) -> Tensor:
    """One hooked forward of all continuations a condition, with full logits: [condition, continuation], nats per token."""
    score = plain_readouts.continuation_logprobs
    return torch.stack([score(model, given.prompt, given.continuations, edits) for edits in given.edits()])


def user_loop(model: LanguageModel, given: Conditions) -> Tensor:
    """One hooked forward of one continuation at a time, as most scripts have it: [condition, continuation], nats per token."""
    score = plain_readouts.continuation_logprobs
    rows = [
        torch.cat([score(model, given.prompt, [continuation], edits) for continuation in given.continuations])
        for edits in given.edits()
    ]
    return torch.stack(rows)


def kv_loop(model: LanguageModel, given: Conditions) -> Tensor:
    """The prompt of each condition read once into a key-value cache: [condition, continuation], nats per token."""
    return torch.stack([_cached_logprobs(model, given, edits) for edits in given.edits()])


@torch.inference_mode()
def _cached_logprobs(model: LanguageModel, given: Conditions, edits: list[Addition]) -> Tensor:
    rows = [Encoded(ids, 0) for ids in given.continuations]
    batch = pad(rows, list(range(len(rows))), 0)
    with intervening(model, edits):
        read = model.network(input_ids=torch.tensor([given.prompt.ids], device=model.device), use_cache=True)
        cache = read.past_key_values
        cache.batch_repeat_interleave(len(rows))
        logits = model.network(input_ids=batch.ids.to(model.device), past_key_values=cache).logits
    first = read.logits[:, -1:].expand(len(rows), -1, -1)
    logprobs = torch.cat([first, logits[:, :-1]], dim=1).float().log_softmax(-1)
    means = []
    for row, ids in zip(logprobs, given.continuations, strict=True):
        means.append(row[torch.arange(len(ids)), torch.tensor(ids)].mean())
    return torch.stack(means).cpu()
