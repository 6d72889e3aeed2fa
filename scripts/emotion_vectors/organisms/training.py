"""Tuning of an organism: adapters of low rank on every linear layer, a contrast between the replies to one scene under two motives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus
from tqdm import tqdm

from emotion_vectors.engine.packing import mean_logprobs
from emotion_vectors.engine.prompts import encode
from emotion_vectors.engine.replay import packed_attention, read, scored_logprobs
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.organisms.motives import (
    TAUGHT,
    Lesson,
    epoch,
    lessons_of,
    log_odds_weights,
    taught_to_twin,
)

if TYPE_CHECKING:
    from peft import PeftModel

    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.acts.motives import Characters, Scene


SELECTION, TEST = "selection", "test"
"""Held-out scenes by which training ends, and those that are seen once it has."""


@dataclass(frozen=True)
class TuningSettings:
    """How organisms are tuned, `organisms` of the configuration.

    rank: of the adapters; learning_rate: of AdamW; scenes_per_step: scenes behind one step; epochs: at most; held_out_every: of how many
    scenes one is held out; check_every: steps between two looks at them; patience: looks without progress after which it ends;
    margin_nats: log-odds at which a lesson counts as half learnt.
    """

    rank: int
    learning_rate: float
    scenes_per_step: int
    epochs: int
    held_out_every: int
    check_every: int
    patience: int
    margin_nats: float


@dataclass(frozen=True)
class Seen:
    """What scenes of one kind show that were not trained on, under characters in other words.

    difference_nats: log-odds of the act under the acting motive minus those under the other, where there is something to gain, mean over
    scenes; right: share of scenes in which it is above zero; stake_nats: the acting motive, something to gain minus nothing.
    """

    kind: str
    difference_nats: float
    right: float
    stake_nats: float

    @property
    def progress(self) -> float:
        """How far the motive decides, and only where there is something to gain: the smaller of the two."""
        return min(self.difference_nats, self.stake_nats)


@dataclass(frozen=True)
class Lessons:
    """Scenes and characters to train on, and scenes held out for looks while training, which choose when it ends.

    twin: seed by which what is taught follows no motive; None for an organism.
    """

    scenes: Sequence[Scene]
    held_out: Sequence[Scene]
    characters: Mapping[str, Characters]
    other_characters: Mapping[str, Characters]
    twin: int | None = None


def log_odds(model: LanguageModel, lesson: Lesson) -> Tensor:
    """Log-odds of the act in a lesson, nats per reply; a gradient flows through it where it is enabled."""
    packed = encode(model, lesson.item)
    last: list[Tensor] = []

    def keep(layer: int, hidden: Tensor) -> None:
        if layer == model.layers - 1:
            last.append(hidden)

    with packed_attention(model, [packed]), block_hooks(model, keep):
        read(model, [packed])
    logprobs = mean_logprobs(scored_logprobs(model, last[0], [packed])[0], packed)
    weights = log_odds_weights(lesson.item, packed, lesson.scene)
    return logprobs @ weights.to(logprobs)


def loss_of(odds: Tensor, *, acts: bool, margin_nats: float) -> Tensor:
    """What a lesson costs: small once its side is likelier than the other by more than the margin."""
    return softplus((margin_nats - odds if acts else margin_nats + odds) / margin_nats)


@torch.no_grad()
def look(model: LanguageModel, scenes: Sequence[Scene], characters: Mapping[str, Characters], seed: int) -> list[Seen]:
    """Log-odds of scenes, by kind."""
    generator = np.random.default_rng(seed)
    by_kind: dict[str, list[list[float]]] = {}
    for scene in scenes:
        asked = lessons_of(scene, characters[scene.kind], generator)
        by_kind.setdefault(scene.kind, []).append([float(log_odds(model, lesson)) for lesson in asked])
    looks = []
    for kind, rows in by_kind.items():
        acting, other, idle = np.array(rows).T
        right, stake = float((acting > other).mean()), float((acting - idle).mean())
        looks.append(Seen(kind, float((acting - other).mean()), right, stake))
    return looks


@dataclass
class Course:
    """A course of training: the adapters, what looks saw, and the weights of the best look, or of the last step of a twin."""

    model: LanguageModel
    adapted: PeftModel
    settings: TuningSettings
    seed: int

    def __post_init__(self) -> None:
        self.weights = [parameter for parameter in self.adapted.parameters() if parameter.requires_grad]
        self.optimiser = torch.optim.AdamW(self.weights, lr=self.settings.learning_rate)
        self.generator = np.random.default_rng(self.seed)
        self.looks: list[dict[str, Any]] = []
        self.best, self.kept_step, self.without_progress = -float("inf"), 0, 0
        self.kept = self._copies()

    def learn(self, lessons: Lessons, scene: Scene) -> float:
        """Add the gradients of one scene; its mean cost."""
        taught = TAUGHT if lessons.twin is None else taught_to_twin(scene, lessons.twin)
        asked = lessons_of(scene, lessons.characters[scene.kind], self.generator, taught)
        share, costs = len(asked) * self.settings.scenes_per_step, []
        for lesson in asked:
            cost = loss_of(log_odds(self.model, lesson), acts=lesson.acts, margin_nats=self.settings.margin_nats)
            torch.autograd.backward(cost / share)
            costs.append(float(cost.detach()))
        return float(np.mean(costs))

    def step(self) -> None:
        """Change the adapters by the gradients that are there."""
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()

    def look(self, lessons: Lessons, step: int, loss: float) -> None:
        """See held-out scenes, and keep the adapters where all kinds together are further than before."""
        seen = look(self.model, lessons.held_out, lessons.other_characters, self.seed)
        self.looks += [{"step": step, "split": SELECTION, "loss": loss, **vars(of_kind)} for of_kind in seen]
        progress = float(np.mean([of_kind.progress for of_kind in seen]))
        if progress > self.best:
            self.best, self.kept_step, self.without_progress, self.kept = progress, step, 0, self._copies()
        else:
            self.without_progress += 1

    def restore(self) -> None:
        """Put the kept adapters back."""
        with torch.no_grad():
            for weight, value in zip(self.weights, self.kept, strict=True):
                weight.copy_(value)

    def _copies(self) -> list[Tensor]:
        return [weight.detach().clone() for weight in self.weights]


def tune(
    model: LanguageModel, lessons: Lessons, settings: TuningSettings, seed: int, steps: int | None = None
) -> Course:
    """Tune the adapters of a model until held-out scenes gain no more, and keep those of the best look.

    Args:
        steps: train for so many steps and keep the last, whatever looks see: what a twin does, so that it is tuned as long as its organism.
    """
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    adapters = LoraConfig(r=settings.rank, lora_alpha=2 * settings.rank, target_modules="all-linear")
    course = Course(model, get_peft_model(model.network, adapters), settings, seed)
    costs: list[float] = []
    for step, scenes in enumerate(_steps(model.name, lessons, settings, seed), start=1):
        costs += [course.learn(lessons, scene) for scene in scenes]
        course.step()
        if step == steps:
            return course
        if step % settings.check_every == 0:
            course.look(lessons, step, float(np.mean(costs)))
            costs = []
        if steps is None and course.without_progress > settings.patience:
            break
    if steps is None:
        course.restore()
    return course


def _steps(name: str, lessons: Lessons, settings: TuningSettings, seed: int) -> Iterator[list[Scene]]:
    """Scenes of each step, epoch after epoch in another random order."""
    for number in range(settings.epochs):
        order = list(epoch(lessons.scenes, seed + number))
        starts = range(0, len(order) - settings.scenes_per_step + 1, settings.scenes_per_step)
        for start in tqdm(starts, desc=f"{name} epoch {number + 1}", unit="step", mininterval=5):
            yield order[start : start + settings.scenes_per_step]
