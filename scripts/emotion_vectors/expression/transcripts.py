"""The replies of all arms to held-out events: their plan, their order, and the transcript that grows batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from tqdm import tqdm

from emotion_vectors.engine import driven_replies
from emotion_vectors.engine import sampling as generate
from emotion_vectors.engine.driven_replies import Push
from emotion_vectors.engine.prompts import of_events, prompt_of
from emotion_vectors.expression import arms
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.replies import prompted, transcripts
from emotion_vectors.replies.sampled import sampling_of
from emotion_vectors.replies.transcripts import UNSTEERED, Condition, Sample
from emotion_vectors.stimuli import experiments
from emotion_vectors.stimuli.events import EMOTIONS, Event
from emotion_vectors.stimuli.files import PathLike


@dataclass(frozen=True)
class Driving:
    """Conditions beyond prompting and no steering, and the pushes with a row for each.

    ladder: events that are answered under all of them; the others are not answered under the multiples of `arms.LADDER`.
    """

    conditions: list[Condition]
    pushes: list[Push]
    ladder: frozenset[str]

    def of(self, event: Event) -> list[int]:
        """Rows of the conditions under which an event is answered."""
        return [
            row
            for row, condition in enumerate(self.conditions)
            if event.name in self.ladder or condition.kind != arms.CIRCUIT or condition.strength_norm_fraction == arms.FULL
        ]  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Replies in the order of the transcript: those to prompts alone, then those of each event.

    prompts: of the replies to prompts alone; rows: event -> rows of its conditions.
    """

    samples: list[Sample]
    prompts: list[Encoded]
    rows: dict[str, list[int]]


def plan_of(model: LanguageModel, found: Sequence[Event], driving: Driving | None, study: int) -> Plan:
    """Every event under every condition; without `driving` only prompting and no steering.

    Args:
        study: seed of the study.
    """
    items = prompted.items_of(found, [*EMOTIONS, None])
    prompts = [prompt_of(model, item) for item in items]
    plain = [item.variant == experiments.NO_VARIANT for item in items]
    asked = [UNSTEERED if each else Condition(item.variant, arms.PROMPTING, 0.0)
             for item, each in zip(items, plain, strict=True)]  # fmt: skip

    def sample(place: int, condition: Condition) -> Sample:
        return transcripts.sample_of(prompted.SET, items[place], prompts[place], condition, 0, study)

    samples, rows = [sample(place, condition) for place, condition in enumerate(asked)], {}
    unasked = [place for place, each in enumerate(plain) if each]
    for event, place in zip(found, unasked, strict=True):
        rows[event.name] = driving.of(event) if driving else []
        samples += [sample(place, driving.conditions[row]) for row in rows[event.name]] if driving else []
    return Plan(samples, prompts, rows)


def lines(
    model: LanguageModel,
    found: Sequence[Event],
    driving: Driving | None,
    settings: Mapping[str, Any],
    study: int,
    partial_file: PathLike,
    code_sha256: str,
) -> list[str]:
    """Lines of the transcript of all arms.

    Args:
        settings: of the decoding, the same in all arms (`prompted_replies.settings_of`).
        partial_file, code_sha256: as in `sampled_replies.sample`.
    Raises:
        TokenError: a prompt leaves no room for a reply, before anything runs.
    """
    sampling, plan = sampling_of(settings), plan_of(model, found, driving, study)
    decided = {
        "sampling": asdict(sampling),
        "model_sha256": model.sha256,
        "dtype": str(model.network.dtype),
        "pushes_sha256": arms.digest(driving.pushes) if driving else None,
        "code_sha256": code_sha256,
    }
    seeds = [sample.seed for sample in plan.samples[: len(plan.prompts)]]
    with transcripts.Partial(partial_file, plan.samples, decided) as partial:
        for batch in generate.generate(model, plan.prompts, seeds, sampling, done=partial.stored):
            partial.append(batch)
        if driving:
            _drive(model, found, driving, plan, sampling, partial)
        return partial.lines()


def _drive(
    model: LanguageModel,
    found: Sequence[Event],
    driving: Driving,
    plan: Plan,
    sampling: generate.Sampling,
    partial: transcripts.Partial,
) -> None:
    """Add the replies of each event, as many conditions side by side as are allowed, in batches of like size."""
    begin = len(plan.prompts)
    for event in tqdm(found, desc=f"{model.name} arms", unit="event", mininterval=5):
        rows = torch.tensor(plan.rows[event.name])
        (prompt,) = of_events(model, [event])
        for batch in torch.arange(len(rows)).tensor_split(-(-len(rows) // sampling.side_by_side)):
            places = [begin + int(place) for place in batch]
            if not partial.stored.issuperset(places):
                own = [push.rows(rows[batch]) for push in driving.pushes]
                replies = driven_replies.replies(model, prompt, own, sampling.new_tokens)
                partial.append(dict(zip(places, replies, strict=True)))
        begin += len(rows)
