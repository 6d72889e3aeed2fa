"""Replies of a model to the situations of a behaviour set, sampled under conditions and stored as they come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from torch import Tensor

from emotion_vectors import generate, transcripts
from emotion_vectors.behaviours import Experiment, Item, of_experiment, prompt_of
from emotion_vectors.intervene import Addition, Edit
from emotion_vectors.models import LanguageModel
from emotion_vectors.stimulus_files import PathLike
from emotion_vectors.transcripts import UNSTEERED, Condition


@dataclass(frozen=True)
class Steering:
    """Vectors [condition, d_model] that are added after one block, and the condition that each of them makes."""

    conditions: list[Condition]
    layer: int
    vectors: Tensor

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.vectors.numpy().tobytes()).hexdigest()


def items_of(items: Sequence[Item], experiments: Iterable[Experiment], name: str) -> list[Item]:
    """The items of a set whose slopes some experiment takes: the situations and variants in which replies are sampled."""
    wanted = {item.name for each in experiments if each.items == name for item in of_experiment(items, each)}
    return [item for item in items if item.name in wanted]


def sample(
    model: LanguageModel,
    name: str,
    items: Sequence[Item],
    settings: Mapping[str, Any],
    study: int,
    partial_file: PathLike,
    code_sha256: str,
    steering: Steering | None = None,
) -> list[str]:
    """Lines of a transcript: every item under every condition, so many samples of each; unsteered when no steering is given.

    Args:
        name: of the behaviour set. settings: `generation` of the configuration. study: seed of the study.
        partial_file: where replies are kept until all are there; a killed run goes on from it.
        code_sha256: of the code that makes the replies; those made by other code are not kept.
    Raises:
        TokenError: a prompt leaves no room for a reply (its set, scenario and variant are named), before anything runs.
    """
    sampling = generate.Sampling(**{field: settings[field] for field in generate.Sampling.__annotations__})
    conditions = steering.conditions if steering else [UNSTEERED]
    prompts = [prompt_of(model, item) for item in items]
    called = [f"set {name}, scenario {item.scenario}, variant {item.variant}: the prompt" for item in items]
    generate.check_room(model, dict(zip(called, prompts, strict=True)), sampling)
    plan = list(product(range(len(items)), range(len(conditions)), range(settings["samples"])))
    samples = [
        transcripts.sample_of(name, items[item], prompts[item], conditions[condition], number, study)
        for item, condition, number in plan
    ]
    edits: list[Edit] = []
    if steering:
        edits = [Addition(steering.layer, steering.vectors[[condition for _, condition, _ in plan]])]
    decisive = {
        "sampling": asdict(sampling), "model_sha256": model.sha256, "dtype": str(model.network.dtype),
        "layer": steering.layer if steering else None, "vectors_sha256": steering.sha256 if steering else None,
        "code_sha256": code_sha256,
    }  # fmt: skip
    with transcripts.Partial(partial_file, samples, decisive) as partial:
        read, seeds = [prompts[item] for item, _, _ in plan], [planned.seed for planned in samples]
        for replies in generate.generate(model, read, seeds, sampling, edits, done=partial.stored):
            partial.append(replies)
        return partial.lines()
