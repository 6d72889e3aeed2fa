"""Replies of a model to the situations of a behaviour set, sampled under conditions and stored as they come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import product
from typing import TYPE_CHECKING, Any

from emotion_vectors.engine.draws import Sampling
from emotion_vectors.engine.edits import Addition, Edit
from emotion_vectors.engine.prompts import called, prompt_of
from emotion_vectors.engine.sampling import Reply, check_room, generate
from emotion_vectors.replies import transcripts
from emotion_vectors.replies.transcripts import NAMES, UNSTEERED, Sample
from emotion_vectors.stimuli.situations import Item, of_experiment

if TYPE_CHECKING:
    import pandas as pd

    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded
    from emotion_vectors.replies.steering import Steering
    from emotion_vectors.stimuli.experiments import Experiment
    from emotion_vectors.stimuli.files import PathLike


@dataclass(frozen=True)
class Sampler:
    """Everything that decides replies, apart from prompts and seeds; `code_sha256` is that of the code that makes them."""

    model: LanguageModel
    sampling: Sampling
    code_sha256: str
    steering: Steering | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The same as JSON values; a run that was begun with other settings is not continued."""
        return {
            "sampling": asdict(self.sampling),
            "model_sha256": self.model.sha256,
            "dtype": str(self.model.network.dtype),
            "layer": self.steering.layer if self.steering else None,
            "vectors_sha256": self.steering.sha256 if self.steering else None,
            "code_sha256": self.code_sha256,
        }

    def replies(
        self, prompts: Sequence[Encoded], samples: Sequence[Sample], done: Collection[int]
    ) -> Iterator[dict[int, Reply]]:
        """Replies to the prompts of samples, each with its seed and steered at every position as its condition says."""
        seeds = [sample.seed for sample in samples]
        return generate(self.model, prompts, seeds, self.sampling, self._edits(samples), done=done)

    def _edits(self, samples: Sequence[Sample]) -> list[Edit]:
        if not self.steering:
            return []
        rows = [self.steering.conditions.index(sample.condition) for sample in samples]
        return [Addition(self.steering.layer, self.steering.vectors[rows])]


def sampling_of(settings: Mapping[str, Any]) -> Sampling:
    """How replies are drawn, from `generation` of the configuration."""
    return Sampling(**{field.name: settings[field.name] for field in fields(Sampling) if field.name in settings})


def sampled_items(items: Sequence[Item], experiments: Iterable[Experiment], name: str) -> list[Item]:
    """The items of a set whose slopes some experiment takes: the situations and variants in which replies are sampled."""
    wanted = {
        item.name for experiment in experiments if experiment.items == name for item in of_experiment(items, experiment)
    }
    return [item for item in items if item.name in wanted]


def sample(
    sampler: Sampler, name: str, items: Sequence[Item], count: int, study: int, partial_file: PathLike
) -> list[str]:
    """Lines of a transcript: `count` replies to every item under every condition of the sampler; unsteered when it has none.

    Args:
        name: of the behaviour set. study: seed of the study.
        partial_file: where replies are kept until all are there; a killed run goes on from it.
    Raises:
        TokenError: a prompt leaves no room for a reply (file, set and item are named), before anything runs.
    """
    model = sampler.model
    conditions = sampler.steering.conditions if sampler.steering else [UNSTEERED]
    prompts = [prompt_of(model, item) for item in items]
    names = [f"{called(item, model, 'replies')}: the prompt" for item in items]
    check_room(model, dict(zip(names, prompts, strict=True)), sampler.sampling)
    plan = list(product(range(len(items)), conditions, range(count)))
    samples = [
        transcripts.sample_of(name, items[item], prompts[item], condition, number, study)
        for item, condition, number in plan
    ]
    with transcripts.Partial(partial_file, samples, sampler.settings) as partial:
        for replies in sampler.replies([prompts[item] for item, _, _ in plan], samples, partial.stored):
            partial.append(replies)
        return partial.lines()


def parts_of(table: pd.DataFrame) -> tuple[list[Sample], list[Reply]]:
    """The samples of a transcript and their replies, which have no log-probabilities there."""
    rows = table.to_dict("records")
    samples = [Sample(**{name: row[name] for name in NAMES}) for row in rows]
    return samples, [Reply(row["tokens"], [], row["text"], row["ended"]) for row in rows]
