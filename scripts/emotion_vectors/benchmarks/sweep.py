"""The engine for interventions beside the ways it replaces, on the same items and conditions, in turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from emotion_vectors.benchmarks import timing
from emotion_vectors.conduct import slopes
from emotion_vectors.engine import plain_readouts
from emotion_vectors.engine.edits import Addition, intervening
from emotion_vectors.engine.gradients import respond
from emotion_vectors.engine.packing import Packed, mean_logprobs
from emotion_vectors.engine.prompts import contrast
from emotion_vectors.engine.replay import record, replay
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded, pad
from emotion_vectors.statistics import random_directions
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.situations import Item

SWEPT, PLAIN = 24, 2
"""Conditions of the replay, and of each of the ways it replaces, which are too slow for more."""
NULLS = 2000
SWEEP_RATIOS = {
    "sweep_vs_plain_loop": "conditions/s of replay.replay over those of one hooked forward of all continuations with full logits",
    "sweep_vs_kv_loop": "conditions/s of replay.replay over those of a loop that reads the prompt once into a key-value cache for "
    "each condition",
    "sweep_vs_matmul_rate": "floating-point operations/s of the replayed blocks and unembedding over those of a float32 matrix "
    "product of the shape of an MLP projection",
    "slopes_vs_plain_conditions": "seconds of the gradient of one log-odds and of its product with 48 emotion and 2,000 null "
    "directions at all layers, over seconds of one condition of the plain loop; lower is better",
}


def split(packed: Packed) -> tuple[Encoded, list[list[int]]]:
    """Prompt and continuations of a packed text."""
    prompt = Encoded(packed.ids[: packed.prompt_length].tolist(), 0)
    return prompt, [packed.targets[packed.owners == number].tolist() for number in range(packed.continuations)]


@torch.inference_mode()
def cached_logprobs(
    model: LanguageModel, prompt: Encoded, continuations: list[list[int]], edits: list[Addition]
) -> Tensor:
    """Mean log-probability of each continuation after a prompt that is read once into a cache: [continuation], nats."""
    rows = [Encoded(ids, 0) for ids in continuations]
    batch = pad(rows, list(range(len(rows))), 0)
    with intervening(model, edits):
        read = model.network(input_ids=torch.tensor([prompt.ids], device=model.device), use_cache=True)
        cache = read.past_key_values
        cache.batch_repeat_interleave(len(rows))
        logits = model.network(input_ids=batch.ids.to(model.device), past_key_values=cache).logits
    first = read.logits[:, -1:].expand(len(rows), -1, -1)
    logprobs = torch.cat([first, logits[:, :-1]], dim=1).float().log_softmax(-1)
    means = []
    for row, ids in zip(logprobs, continuations, strict=True):
        means.append(row[torch.arange(len(ids)), torch.tensor(ids)].mean())
    return torch.stack(means).cpu()


def replay_operations(model: LanguageModel, packed: Packed, layer: int) -> float:
    """Floating-point operations of one replayed condition: products with weights of the blocks above, and the unembedding."""
    above = list(model.blocks)[layer + 1 :]
    weights = sum(parameter.numel() for block in above for parameter in block.parameters() if parameter.ndim == 2)
    predictors = len(set(packed.predictors.tolist()))
    return 2.0 * (weights * len(packed.ids) + model.unembedding.weight.numel() * predictors)


def matmul_rate(model: LanguageModel, packed: Packed, repetitions: int) -> float:
    """Best float32 operations/s of a product of a text with an MLP projection."""
    weight = next(model.mlp_output(0).parameters()).float()
    text = torch.randn(4 * len(packed.ids), weight.shape[1])
    seconds = min(timing.seconds(lambda: text @ weight.T) for _ in range(10 * repetitions))
    return 2.0 * text.shape[0] * weight.numel() / seconds


def measure(
    model: LanguageModel, item: Item, packed: Packed, layer: int, budget: int, repetitions: int
) -> dict[str, Any]:
    """Ratios of the engine for interventions on one item, what they were computed from, and how far the results agree."""
    generator = torch.Generator().manual_seed(0)
    recording = record(model, packed, [layer])
    length = 0.1 * recording.streams[layer][0, 1:].norm(dim=-1).mean()
    vectors = length * unit(random_directions.gaussian((SWEPT, model.width), generator))
    sides = list(item.continuations)
    contrasts = contrast(item, sides[0], sides[1])[None]
    prompt, continuations = split(packed)
    conditions = [[Addition(layer, vectors[row : row + 1])] for row in range(PLAIN)]
    directions = random_directions.gaussian((48 + NULLS, model.layers, model.width), generator)
    norms = torch.ones(model.layers)

    def swept() -> Tensor:
        return mean_logprobs(replay(model, record(model, packed, [layer]), [Addition(layer, vectors)], budget), packed)

    methods: dict[str, Callable[[], Any]] = {
        "sweep": swept,
        "plain_loop": lambda: torch.stack(
            [plain_readouts.continuation_logprobs(model, prompt, continuations, edits) for edits in conditions]
        ),
        "kv_loop": lambda: torch.stack([cached_logprobs(model, prompt, continuations, edits) for edits in conditions]),
        "slopes": lambda: slopes.slopes_along(respond(model, packed, contrasts).gradients[0], directions, norms),
    }
    results = {name: methods[name]() for name in ("sweep", "plain_loop", "kv_loop")}
    times = timing.in_turns(methods, repetitions)
    best = {name: min(seconds) for name, seconds in times.items()}
    per_condition = {"sweep": best["sweep"] / SWEPT, **{name: best[name] / PLAIN for name in ("plain_loop", "kv_loop")}}
    operations = replay_operations(model, packed, layer) * SWEPT / best["sweep"]
    return {
        "ratios": {
            "sweep_vs_plain_loop": per_condition["plain_loop"] / per_condition["sweep"],
            "sweep_vs_kv_loop": per_condition["kv_loop"] / per_condition["sweep"],
            "sweep_vs_matmul_rate": operations / matmul_rate(model, packed, repetitions),
            "slopes_vs_plain_conditions": best["slopes"] / per_condition["plain_loop"],
        },
        "seconds": times,
        "largest_difference_nats": {
            name: float((results["sweep"][:PLAIN] - results[name]).abs().max()) for name in ("plain_loop", "kv_loop")
        },
        "sizes": {"tokens": len(packed.ids), "conditions": SWEPT, "conditions_of_loops": PLAIN, "layer": layer},
    }
