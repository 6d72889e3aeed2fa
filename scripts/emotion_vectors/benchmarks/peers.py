"""Other libraries for interventions on the same item and conditions, where they are installed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import metadata, util
from typing import Any

import torch
from torch import Tensor

from emotion_vectors.benchmarks import sweep, timing
from emotion_vectors.benchmarks.loops import Conditions
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded, pad

REQUIREMENTS = "workflow/envs/requirements-benchmark.txt"

log = logging.getLogger(__name__)


@torch.inference_mode()
def nnsight_loop(model: LanguageModel, given: Conditions) -> Tensor:
    """One trace of all continuations a condition, with full logits: [condition, continuation], nats per token."""
    from nnsight import NNsight

    traced = NNsight(model.network)
    block = traced
    for name in f"{model.family.base}.{model.family.blocks}".split("."):
        block = getattr(block, name)
    block = block[given.layer]
    rows = [Encoded([*given.prompt.ids, *continuation], 0) for continuation in given.continuations]
    ids = pad(rows, list(range(len(rows))), 0).ids.to(model.device)
    begin, means = len(given.prompt.ids), []
    for vector in given.vectors.to(model.device, model.network.dtype):
        with traced.trace(input_ids=ids, use_cache=False):
            written = block.output
            block.output = (written[0] + vector, *written[1:]) if isinstance(written, tuple) else written + vector
            logits = traced.output.logits.save()
        read = logits[:, begin - 1 : -1].float().log_softmax(-1).cpu()
        of_condition = [
            row[torch.arange(len(target)), torch.tensor(target)].mean()
            for row, target in zip(read, given.continuations, strict=True)
        ]
        means.append(torch.stack(of_condition))
    return torch.stack(means)


PEERS: dict[str, Callable[[LanguageModel, Conditions], Tensor]] = {"nnsight": nnsight_loop}


def measure(model: LanguageModel, given: Conditions, budget: int, repetitions: int) -> dict[str, Any]:
    """The sweep over each peer, conditions/s, in the same precision; why, where one is not measured.

    Returns:
        Name of the peer -> `version`, `sweep_vs_peer`, `largest_difference_nats` and `seconds`, or `skipped`.
    """
    return {name: _beside(name, model, given, budget, repetitions) for name in PEERS}


def _beside(name: str, model: LanguageModel, given: Conditions, budget: int, repetitions: int) -> dict[str, Any]:
    if util.find_spec(name) is None:
        skipped = f"{name} is not installed; pip install -r {REQUIREMENTS} adds it to the environment"
        log.info("%s", skipped)
        return {"skipped": skipped}
    few = given.first(sweep.LOOPED)
    methods: dict[str, Callable[[], Tensor]] = {
        "sweep": lambda: sweep.swept(model, given, budget),
        "peer": lambda: PEERS[name](model, few),
    }
    ours, theirs = (method() for method in methods.values())
    times = timing.in_turns(methods, repetitions)
    per_condition = min(times["sweep"]) / len(given.vectors), min(times["peer"]) / len(few.vectors)
    return {
        "version": metadata.version(name),
        "sweep_vs_peer": per_condition[1] / per_condition[0],
        "largest_difference_nats": float((ours[: len(theirs)] - theirs).abs().max()),
        "seconds": times,
    }
