"""How tokens of replies are drawn: temperature, nucleus, and noise that makes equal seeds draw alike."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

FIRST_LOOK = 256
MOST_SIDE_BY_SIDE = 128
"""Replies decoded at once at most: more of them gain next to nothing."""


class GenerationError(ValueError):
    """Replies cannot be generated as asked."""


@dataclass(frozen=True)
class Sampling:
    """How replies are drawn.

    new_tokens: length at which a reply is cut. temperature: 0 takes the likeliest token. top_p: share of probability that the
    likeliest tokens among which is drawn make up. side_by_side: replies decoded at once at most. memory_mib: what the keys, values and
    logits of all replies that are decoded at once may take; one reply is decoded whatever it takes.
    """

    new_tokens: int
    temperature: float
    top_p: float
    side_by_side: int = MOST_SIDE_BY_SIDE
    memory_mib: float = 1024

    def __post_init__(self) -> None:
        if self.new_tokens < 1 or self.side_by_side < 1 or not self.memory_mib > 0:
            raise GenerationError("new_tokens and side_by_side must be at least 1, and memory_mib above 0")
        if not 0 <= self.temperature < float("inf") or not 0 < self.top_p <= 1:
            raise GenerationError("temperature must be finite and not negative, top_p above 0 and at most 1")


def choose(logprobs: Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """Draw a token.

    The token with the largest sum of log-probability and Gumbel noise is a draw from the distribution. With noise of its own for
    every token of the vocabulary, distributions that are nearly equal give the same token nearly always, whatever their order.

    Args:
        logprobs: [vocabulary], float64 on the CPU.
    Raises:
        GenerationError: a log-probability is not a number.
    """
    if torch.isnan(logprobs).any():
        raise GenerationError("the model's output is not finite; lower the strength, or use float32")
    if sampling.temperature == 0:
        return int(logprobs.argmax())
    tempered = logprobs if sampling.temperature == 1 else (logprobs / sampling.temperature).log_softmax(-1)
    noise = torch.rand(len(logprobs), dtype=torch.float64, generator=generator)
    among = nucleus(tempered, sampling.top_p)
    return int(among[(tempered[among] - (-noise[among].log()).log()).argmax()])


def nucleus(logprobs: Tensor, top_p: float) -> Tensor:
    """Ids of the fewest likeliest tokens that together reach a probability of `top_p`, and of what equals the last of them."""
    if top_p == 1:
        return torch.arange(len(logprobs))
    # A sort of the whole vocabulary would take longer than the forward pass of a small model.
    width = FIRST_LOOK
    while True:
        likeliest = logprobs.topk(min(width, len(logprobs))).values
        reached = likeliest.exp().cumsum(0) >= top_p
        if reached[-1] or width >= len(logprobs):
            last = int(reached.int().argmax()) if reached[-1] else -1
            return (logprobs >= likeliest[last]).nonzero()[:, 0]
        width *= 8
