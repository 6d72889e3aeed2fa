"""Speed and memory of reading texts: the engine and the bare blocks over the same batches, in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from emotion_vectors.benchmarks import timing
from emotion_vectors.engine import capture
from emotion_vectors.models import tokens
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded

READING_RATIOS = {
    "extraction_vs_bare_forward": "tokens/s of story_means over those of the blocks alone in the same precision, best of the "
    "repetitions",
    "peak_memory_vs_weights": "peak resident memory during extraction, less that before the model was loaded, over the "
    "bytes of the parameters and of one batch's hidden states at all layers",
}


READING_CEILINGS = dict.fromkeys(READING_RATIOS, 1.0)
"""Means cost more than none, and a model that is read is in memory."""


@dataclass(frozen=True)
class Settings:
    """As in the configuration: first token of the means, depth of the main layer, tokens of a batch, repetitions."""

    first_token: int
    depth: float
    batch_tokens: int
    repetitions: int


@torch.inference_mode()
def bare_forward(model: LanguageModel, texts: Sequence[Encoded], budget: int) -> None:
    """The blocks over the same batches, keeping nothing."""
    for batch in tokens.batches(texts, budget, tokens.pad_id(model.tokenizer)):
        model.base(input_ids=batch.ids.to(model.device), use_cache=False)


def measure(model: LanguageModel, texts: Sequence[Encoded], settings: Settings, before: int) -> dict[str, Any]:
    """Ratios, and what they were computed from. `before`: resident bytes before the model was loaded."""
    windows, budget = capture.Windows(late=settings.first_token), settings.batch_tokens
    methods: dict[str, Callable[[], Any]] = {
        "extraction": lambda: capture.story_means(model, texts, windows, budget),
        "bare_forward": lambda: bare_forward(model, texts, budget),
    }
    peak = timing.peak_memory(methods["extraction"])
    methods["bare_forward"]()
    times = timing.in_turns(methods, settings.repetitions)
    best = {name: min(seconds) for name, seconds in times.items()}
    counted = sum(len(text.ids) for text in texts)
    parameters = sum(tensor.numel() * tensor.element_size() for tensor in model.network.parameters())
    batch = model.layers * model.width * budget * torch.finfo(torch.float32).bits // 8
    return {
        "ratios": {
            "extraction_vs_bare_forward": best["bare_forward"] / best["extraction"],
            "peak_memory_vs_weights": (peak - before) / (parameters + batch),
        },
        "ceilings": dict(READING_CEILINGS),
        "tokens_per_second": {name: counted / seconds for name, seconds in best.items()},
        "seconds": times,
        "memory_bytes": {"peak": peak, "before_loading": before, "parameters": parameters, "batch": batch},
        "sizes": {"model": model.name, "texts": len(texts), "tokens": counted, **asdict(settings)},
        "machine": timing.machine_in_use(),
    }
