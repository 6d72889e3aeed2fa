"""Sampled replies to the items: which of them can be read, which make sense, and the mean state over each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from emotion_vectors.anticipation.turns import over_replies
from emotion_vectors.engine.prompts import prompt_of
from emotion_vectors.replies import quality

if TYPE_CHECKING:
    import pandas as pd

    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.sentence_encoder import Encoder
    from emotion_vectors.stimuli.situations import Item

READABLE_TOKENS = 2
"""Tokens that a reply has at least: the first is left out of its mean."""
MOST_REPETITION = 0.25
"""Largest share of runs of three words that occurred before in the same reply."""
LEAST_RELEVANCE = 0.8
"""Share of the other items that must be less like the reply than its own; one half is chance, and one babble in five passes."""


def spoken_tokens(model: LanguageModel, tokens: Sequence[int]) -> list[int]:
    """Tokens of a reply without the one that ends it."""
    return [token for token in tokens if token not in model.conversation.ends]


def states(
    model: LanguageModel, items: Sequence[Item], transcript: pd.DataFrame, layer: int, budget: int
) -> tuple[Tensor, Tensor]:
    """Mean states over replies [item, sample, d_model], and whether each reply could be read [item, sample].

    Args:
        transcript: replies to every item, equally many to each, in the order of the items.
    Returns:
        A reply that is too short to be read has zeros and is marked by 0.
    """
    replies = [spoken_tokens(model, tokens) for tokens in transcript["tokens"]]
    samples = len(replies) // len(items)
    prompts = [prompt for item in items for prompt in [prompt_of(model, item)] * samples]
    readable = [row for row, reply in enumerate(replies) if len(reply) >= READABLE_TOKENS]
    means = torch.zeros(len(replies), model.width)
    if readable:
        read = [replies[row] for row in readable]
        means[readable] = over_replies(model, [prompts[row] for row in readable], read, layer, budget)
    mask = torch.zeros(len(replies))
    mask[readable] = 1.0
    return means.reshape(len(items), samples, -1), mask.reshape(len(items), samples)


def sensible(texts: Sequence[str], items: Sequence[Item], encoder: Encoder) -> Tensor:
    """Whether each reply makes sense, as far as a program can tell: it has words, does not loop, and is about its own item.

    Args:
        texts: replies, equally many to each item, in the order of the items.
    Returns:
        [item, sample], 0 or 1.
    """
    samples = len(texts) // len(items)
    worded = [row for row, text in enumerate(texts) if text.strip()]
    sense = np.zeros(len(texts))
    if worded:
        embedded, asked = encoder.embed([texts[row] for row in worded]), encoder.embed([item.prompt for item in items])
        of_items = [row // samples for row in worded]
        relevance = quality.relevance(embedded, asked, of_items, [item.name for item in items])
        looping = np.array([quality.repetition(texts[row]) > MOST_REPETITION for row in worded])
        sense[worded] = (relevance >= LEAST_RELEVANCE) & ~looping
    return torch.from_numpy(sense).float().reshape(len(items), samples)
