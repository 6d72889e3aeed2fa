"""The engine for interventions beside the loops that it replaces, on the same item and conditions, in turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from emotion_vectors.benchmarks import ceilings, loops, timing
from emotion_vectors.benchmarks.loops import Conditions
from emotion_vectors.conduct import slopes
from emotion_vectors.engine import prompts
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.gradients import respond
from emotion_vectors.engine.packing import mean_logprobs
from emotion_vectors.engine.replay import record, replay
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.statistics import random_directions
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.situations import Item

SWEPT, LOOPED = 24, 2
"""Conditions of the sweep, and of each of the loops, which are too slow for more."""
DIRECTIONS = {"emotions": 48, "null": 2000, "semantic": 200}
"""Directions along which slopes are taken at every layer."""
SWEEP_RATIOS = {
    "sweep_vs_plain_loop": "conditions/s of replay.replay over those of one hooked forward of all continuations with full logits, in the "
    "same precision",
    "sweep_vs_user_loop": "conditions/s of replay.replay over those of a loop as users write it: float32, a hook, one continuation at a "
    "time, full logits",
    "sweep_vs_kv_loop": "conditions/s of replay.replay over those of a loop that reads the prompt once into a key-value cache for "
    "each condition, in the same precision",
    "sweep_share_of_kv_ceiling": "sweep_vs_kv_loop as a share of what the operations of both allow at this layer",
    "slopes_vs_plain_conditions": "seconds of the gradient of one log-odds and of its product with 48 emotion, 2,000 null and 200 semantic "
    "directions at all layers, over seconds of one condition of the plain loop; lower is better",
}


def conditions_of(model: LanguageModel, item: Item, layer: int) -> Conditions:
    """An item under random vectors of a tenth of its mean residual norm."""
    packed = prompts.encode(model, item)
    length = 0.1 * record(model, packed, [layer]).streams[layer][0, 1:].float().norm(dim=-1).mean().cpu()
    return Conditions(packed, layer, length * unit(random_directions.gaussian((SWEPT, model.width), 0)))


def swept(model: LanguageModel, given: Conditions, budget: int) -> Tensor:
    """Every condition by the engine, the recording included: [condition, continuation], nats per token."""
    recording = record(model, given.packed, [given.layer])
    return mean_logprobs(replay(model, recording, [Addition(given.layer, given.vectors)], budget), given.packed)


def measure(
    model: LanguageModel, exact: LanguageModel, item: Item, layer: int, budget: int, repetitions: int
) -> dict[str, Any]:
    """Ratios of the engine for interventions on one item, how far they could go, what they were computed from, and how far results agree.

    Args:
        exact: the model in float32, in which users run their loops; the model itself where it runs in float32.
    """
    given, layers = conditions_of(model, item, layer), model.layers
    few, sides = given.first(LOOPED), list(item.continuations)
    contrasts = prompts.contrast(item, sides[0], sides[1])[None]
    directions = random_directions.gaussian((sum(DIRECTIONS.values()), layers, model.width), 1)
    methods: dict[str, Callable[[], Any]] = {
        "sweep": lambda: swept(model, given, budget),
        "plain_loop": lambda: loops.plain_loop(model, few),
        "user_loop": lambda: loops.user_loop(exact, few),
        "kv_loop": lambda: loops.kv_loop(model, few),
        "slopes": lambda: slopes.slopes_along(
            respond(model, given.packed, contrasts).gradients[0], directions, torch.ones(layers)
        ),
    }
    scores = {name: methods[name]() for name in ("sweep", "plain_loop", "user_loop", "kv_loop")}
    times = timing.in_turns(methods, repetitions)
    best = {name: min(seconds) for name, seconds in times.items()}
    return {
        **_ratios(best, ceilings_of(model, exact, given, repetitions)),
        "seconds": times,
        "largest_difference_nats": {
            name: float((scores["sweep"][:LOOPED] - values).abs().max())
            for name, values in scores.items()
            if name != "sweep"
        },
        "sizes": {
            "tokens": len(given.packed.ids),
            "conditions": SWEPT,
            "conditions_of_loops": LOOPED,
            "layer": layer,
            "directions": DIRECTIONS,
        },
    }


def ceilings_of(model: LanguageModel, exact: LanguageModel, given: Conditions, repetitions: int) -> dict[str, float]:
    """What the operations of both sides allow, by ratio; where precisions differ, times the ratio of their products/s."""
    tokens = len(given.packed.ids)
    by_sweep, by_plain = ceilings.of_sweep(model, given), ceilings.of_plain_loop(model, given)
    faster = 1.0
    if exact is not model:
        rates = [ceilings.product_rate(timed, tokens, repetitions) for timed in (model, exact)]
        faster = rates[0] / rates[1]
    return {
        "sweep_vs_plain_loop": by_plain / by_sweep,
        "sweep_vs_user_loop": faster * ceilings.of_user_loop(model, given) / by_sweep,
        "sweep_vs_kv_loop": ceilings.of_kv_loop(model, given) / by_sweep,
        "sweep_share_of_kv_ceiling": 1.0,
        "slopes_vs_plain_conditions": ceilings.of_slopes(model, given) / by_plain,
    }


def _ratios(best: dict[str, float], allowed: dict[str, float]) -> dict[str, Any]:
    sweep = best["sweep"] / SWEPT
    plain, user, kv = (best[f"{name}_loop"] / LOOPED for name in ("plain", "user", "kv"))
    ratios = {
        "sweep_vs_plain_loop": plain / sweep,
        "sweep_vs_user_loop": user / sweep,
        "sweep_vs_kv_loop": kv / sweep,
        "sweep_share_of_kv_ceiling": kv / sweep / allowed["sweep_vs_kv_loop"],
        "slopes_vs_plain_conditions": best["slopes"] / plain,
    }
    return {"ratios": ratios, "ceilings": allowed}
