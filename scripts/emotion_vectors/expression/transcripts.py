"""The replies of all arms to held-out events: their plan, their order, and the transcript that grows batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from tqdm import tqdm

from emotion_vectors.engine import driven_replies
from emotion_vectors.engine.prompts import of_events, prompt_of
from emotion_vectors.engine.sampling import fitting, generate
from emotion_vectors.expression import arm_names, arms
from emotion_vectors.replies import prompted, transcripts
from emotion_vectors.replies.transcripts import UNSTEERED, Condition, Sample
from emotion_vectors.stimuli import experiments
from emotion_vectors.stimuli.events import EMOTIONS, Event, some_scenarios

if TYPE_CHECKING:
    from emotion_vectors.engine.driven_replies import Push
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded
    from emotion_vectors.replies.sampled import Sampler
    from emotion_vectors.stimuli.files import PathLike


@dataclass(frozen=True)
class Driving:
    """Conditions beyond prompting and no steering, and the pushes with a row for each.

    ladder: events that are answered under all of them; the others are not answered under the multiples of `arm_names.LADDER`.
    """

    conditions: list[Condition]
    pushes: list[Push]
    ladder: frozenset[str]

    def of(self, event: Event) -> list[int]:
        """Rows of the conditions under which an event is answered."""
        return [
            row
            for row, condition in enumerate(self.conditions)
            if event.name in self.ladder
            or condition.kind != arm_names.CIRCUIT
            or condition.strength_norm_fraction == arm_names.FULL
        ]


def driving_of(
    model: LanguageModel, answered: Sequence[Event], added: arms.Added, settings: arms.ArmSettings
) -> Driving:
    """All conditions of the arms; the first scenarios are answered under every multiple of the circuits' differences."""
    conditions = arms.conditions(settings.random_directions)
    ladder = some_scenarios(answered, settings.ladder_scenarios)
    return Driving(conditions, arms.pushes(model, conditions, added), frozenset(event.name for event in ladder))


@dataclass(frozen=True)
class Plan:
    """Replies in the order of the transcript: those to prompts alone, then those of each event.

    prompts: of the replies to prompts alone; rows: event -> rows of its conditions.
    """

    samples: list[Sample]
    prompts: list[Encoded]
    rows: dict[str, list[int]]


def plan_of(model: LanguageModel, answered: Sequence[Event], driving: Driving | None, study: int) -> Plan:
    """Every event under every condition; without `driving` only prompting and no steering.

    Args:
        study: seed of the study.
    """
    items = prompted.prompted_items(answered, [*EMOTIONS, None])
    prompts = [prompt_of(model, item) for item in items]
    plain = [item.variant == experiments.NO_VARIANT for item in items]
    asked = [
        UNSTEERED if unasked else Condition(item.variant, arm_names.PROMPTING, 0.0)
        for item, unasked in zip(items, plain, strict=True)
    ]

    def sample(item: int, condition: Condition) -> Sample:
        return transcripts.sample_of(prompted.SET, items[item], prompts[item], condition, 0, study)

    samples, rows = [sample(item, condition) for item, condition in enumerate(asked)], {}
    unasked_items = [item for item, unasked in enumerate(plain) if unasked]
    for event, item in zip(answered, unasked_items, strict=True):
        rows[event.name] = driving.of(event) if driving else []
        samples += [sample(item, driving.conditions[row]) for row in rows[event.name]] if driving else []
    return Plan(samples, prompts, rows)


def lines(
    sampler: Sampler, answered: Sequence[Event], driving: Driving | None, study: int, partial_file: PathLike
) -> list[str]:
    """Lines of the transcript of all arms.

    Args:
        sampler: of the decoding, the same in all arms (`prompted.settings_of`).
        partial_file: as in `sampled.sample`.
    Raises:
        TokenError: a prompt leaves no room for a reply, before anything runs.
    """
    model, plan = sampler.model, plan_of(sampler.model, answered, driving, study)
    decided = {**sampler.settings, "pushes_sha256": arms.digest(driving.pushes) if driving else None}
    seeds = [sample.seed for sample in plan.samples[: len(plan.prompts)]]
    with transcripts.Partial(partial_file, plan.samples, decided) as partial:
        for batch in generate(model, plan.prompts, seeds, sampler.sampling, done=partial.stored):
            partial.append(batch)
        if driving:
            _drive(sampler, answered, driving, plan, partial)
        return partial.lines()


def _drive(
    sampler: Sampler, answered: Sequence[Event], driving: Driving, plan: Plan, partial: transcripts.Partial
) -> None:
    """Add the replies of each event, as many conditions side by side as are allowed, in batches of like size."""
    model, sampling, begin = sampler.model, sampler.sampling, len(plan.prompts)
    for event in tqdm(answered, desc=f"{model.name} arms", unit="event", mininterval=5):
        rows = torch.tensor(plan.rows[event.name])
        (prompt,) = of_events(model, [event])
        together = fitting(model, prompt, sampling)
        for batch in torch.arange(len(rows)).tensor_split(-(-len(rows) // together)):
            lines_of_batch = [begin + int(row) for row in batch]
            if not partial.stored.issuperset(lines_of_batch):
                pushes = [push.rows(rows[batch]) for push in driving.pushes]
                replies = driven_replies.replies(model, prompt, pushes, sampling.new_tokens)
                partial.append(dict(zip(lines_of_batch, replies, strict=True)))
        begin += len(rows)
