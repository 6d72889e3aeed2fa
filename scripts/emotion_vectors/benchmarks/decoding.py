"""Tokens that a model writes in a second of processor time, by how many replies are decoded side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

from emotion_vectors.benchmarks import timing
from emotion_vectors.engine.draws import Sampling
from emotion_vectors.engine.sampling import Reply, generate
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded

SIDE_BY_SIDE = (1, 8, 32, 96)


def measure(model: LanguageModel, prompts: Sequence[Encoded], sampling: Sampling) -> dict[str, Any]:
    """One batch of each size, its prompts read within the time that is taken.

    Args:
        prompts: repeated where there are fewer than a batch needs.
        sampling: as in the study; its limits of replies decoded at once are lifted.
    Returns:
        `tokens_per_cpu_second` by replies side by side, and `decoded`: tokens and processor seconds.
    """
    counted = {str(size): _decoded(model, list(islice(cycle(prompts), size)), sampling) for size in SIDE_BY_SIDE}
    rates = {size: count["tokens"] / count["processor_seconds"] for size, count in counted.items()}
    return {"tokens_per_cpu_second": rates, "decoded": counted}


def _decoded(model: LanguageModel, prompts: Sequence[Encoded], sampling: Sampling) -> dict[str, float]:
    """Tokens and processor seconds of one batch of all prompts."""
    replies: list[Mapping[int, Reply]] = []
    together = replace(sampling, side_by_side=len(prompts), memory_mib=float("inf"))
    drawn = generate(model, prompts, range(len(prompts)), together)
    seconds = timing.processor_seconds(lambda: replies.extend(drawn))
    written = sum(len(reply.ids) for batch in replies for reply in batch.values())
    return {"tokens": written, "processor_seconds": seconds}
