"""Slopes of acts along emotion vectors, with intervals over scenarios, replies and topics, and three nulls (second registration)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.conduct.slopes import PER_STRENGTH
from emotion_vectors.statistics import effects as stats
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.vectors.story_cells import semantic

if TYPE_CHECKING:
    from emotion_vectors.conduct.directions import Directions

Array = NDArray[np.float64]
SEMANTIC = "semantic"
"""Directions of topics and of contrasts between topics, from the stories that made the emotion vectors."""
UNIT = "nats per reply at strength 0.1"


@dataclass(frozen=True)
class StoryDirections:
    """What stories give at the main layer.

    cells: [topic, emotion, d_model]; shuffled: [set, emotion, d_model]; gaussian: [direction, d_model]; norm: mean residual norm.
    """

    names: Sequence[str]
    cells: Tensor
    shuffled: Tensor
    gaussian: Tensor
    norm: float

    @classmethod
    def at_main(cls, known: Directions, cells: Tensor, gaussian: Tensor) -> StoryDirections:
        """Those of one model.

        Args:
            cells: [topic, emotion, layer, d_model], of the stories that made its vectors. gaussian: [direction, d_model].
        """
        return cls(known.names, cells[:, :, known.main], known.shuffled, gaussian, float(known.main_norm))

    def direction(self, emotions: Sequence[str]) -> Tensor:
        """Sum of the vectors of some emotions: [d_model]."""
        return centred(self.cells.mean(0))[self._places(emotions)].sum(0)

    def by_topic(self, emotions: Sequence[str]) -> Tensor:
        """What each topic alone gives for the same sum: [topic, d_model]."""
        return centred(self.cells, axis=1)[:, self._places(emotions)].sum(1)

    def nulls(self, emotions: Sequence[str]) -> dict[str, Tensor]:
        """Null directions of each kind, label-shuffled sums being made as the sum of these emotions is: [direction, d_model]."""
        return self.single_nulls() | {SHUFFLED: self.shuffled[:, self._places(emotions)].sum(1)}

    def single_nulls(self) -> dict[str, Tensor]:
        """Null directions of each kind, whatever emotion they stand beside: [direction, d_model]."""
        return {
            GAUSSIAN: self.gaussian,
            SHUFFLED: self.shuffled.flatten(0, 1),
            SEMANTIC: semantic(self.cells),
        }

    def slopes_of_nulls(self, gradient: Tensor, emotions: Sequence[str]) -> dict[str, Array]:
        """Slopes of a mean gradient [d_model] along the null directions of each kind: [direction]."""
        return {kind: along(gradient, null, self.norm) for kind, null in self.nulls(emotions).items()}

    def _places(self, emotions: Sequence[str]) -> list[int]:
        return [list(self.names).index(emotion) for emotion in emotions]


def along(gradients: Tensor, directions: Tensor, norm: float) -> Array:
    """Slopes at strength 0.1: [..., direction] of gradients [..., d_model] and directions [direction, d_model] of any length."""
    slopes: Array = (PER_STRENGTH * norm * gradients.double() @ unit(directions.double()).T).numpy()
    return slopes


def reply_weights(scenarios: int, wordings: int, bootstraps: int, generator: np.random.Generator) -> Array:
    """Weights of replies where scenarios are drawn with replacement, then as many wordings within each: [resample, scenario, wording]."""
    of_scenarios = resampling.weights(scenarios, bootstraps, generator)
    within = generator.multinomial(wordings, np.full(wordings, 1 / wordings), (bootstraps, scenarios)) / wordings
    weights: Array = of_scenarios[:, :, None] * within
    return weights


@dataclass(frozen=True)
class Resamples:
    """Draws that all effects of one act share: scenarios and, within each, wordings; and the topics that made the vectors.

    replies: [resample, scenario x wording]; topics: [resample, topic]; rows sum to one.
    """

    replies: Tensor
    topics: Tensor

    @classmethod
    def draw(cls, scenarios: int, wordings: int, topics: int, bootstraps: int, seed: int) -> Resamples:
        """Draw scenarios with replacement, then as many wordings within each, and topics."""
        generator = np.random.default_rng(seed)
        replies = reply_weights(scenarios, wordings, bootstraps, generator).reshape(bootstraps, -1)
        of_topics = resampling.weights(topics, bootstraps, generator)
        return cls(torch.from_numpy(replies).float(), torch.from_numpy(of_topics).float())


@dataclass(frozen=True)
class ActEffect:
    """Effect of one direction on one act, against the null that is hardest to exceed; percentiles: in each null."""

    effect: Effect
    percentiles: Mapping[str, float]


def act_effect(
    gradients: Tensor,
    directions: StoryDirections,
    emotions: Sequence[str],
    resamples: Resamples,
    beside: StoryDirections | None = None,
) -> ActEffect:
    """Slope of an act along one emotion vector, or along the sum of several.

    Args:
        gradients: [scenario, wording, d_model] at the main layer, of the difference between two contexts or of one of them.
        beside: whose nulls are to be exceeded, those of the directions themselves unless named.
    """
    mean = gradients.mean((0, 1))
    estimate = float(along(mean, directions.direction(emotions)[None], directions.norm)[0])
    drawn = resamples.replies @ gradients.flatten(0, 1)
    vectors = unit(resamples.topics @ directions.by_topic(emotions))
    samples = PER_STRENGTH * directions.norm * (drawn * vectors).sum(1).double().numpy()
    interval = resampling.percentile_interval(samples)
    scale = Scale(of="scenarios", unit=UNIT, two_sided=True)
    nulls = (beside or directions).slopes_of_nulls(mean, emotions)
    of_null = {
        kind: stats.effect(estimate, interval, null, n=len(gradients), scale=scale) for kind, null in nulls.items()
    }
    return ActEffect(
        stats.hardest(of_null.values()), {kind: effect.null_percentile for kind, effect in of_null.items()}
    )


def thresholds(mean: Tensor, directions: StoryDirections) -> dict[str, float]:
    """95th percentile of the absolute slopes of a mean gradient [d_model] along null directions of each kind."""
    return {
        kind: float(np.quantile(np.abs(along(mean, null, directions.norm)), 0.95))
        for kind, null in directions.single_nulls().items()
    }


def spread(gradients: Tensor, directions: StoryDirections, resamples: Resamples) -> Effect:
    """Spread of the slopes of all emotions, over the larger spread of label-shuffled and of semantic directions (S08).

    Scenarios and replies are resampled, the vectors being what they are; the null is the same ratio for each label-shuffled set.

    Args:
        gradients: [scenario, wording, d_model] at the main layer.
    """
    emotions = centred(directions.cells.mean(0))
    means = torch.cat([gradients.mean((0, 1))[None], resamples.replies @ gradients.flatten(0, 1)])
    norm = directions.norm
    of_emotions = along(means, emotions, norm).std(axis=1)
    sets = along(means, directions.shuffled.flatten(0, 1), norm)
    # A contrast of two topics may be taken either way round, so that its slopes spread about 0, not about their mean.
    of_topics = np.sqrt(np.square(along(means, semantic(directions.cells), norm)).mean(axis=1))
    others = np.maximum(sets.std(axis=1), of_topics)
    ratios = of_emotions / others
    null = sets[0].reshape(directions.shuffled.shape[:2]).std(axis=1) / others[0]
    scale = Scale(of="scenarios", unit="ratio of standard deviations", reference=1.0)
    interval = resampling.percentile_interval(ratios[1:])
    return stats.effect(float(ratios[0]), interval, null, n=len(gradients), scale=scale)
