"""Labels and scenarios as everything that follows from them is made: the true ones, permuted labels, and scenarios drawn anew.

A *labelling* says which prompt of an event counts as that of each emotion, and how often the event counts. All of them go through the
same computation at once, so that a null and an interval are of the whole of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from emotion_vectors.statistics import grouping, permutation

TRUE = 0
"""Number of the labelling with the true labels, in which every event counts once."""


@dataclass(frozen=True)
class Labellings:
    """First the true labelling, then the permuted ones, then those with scenarios drawn anew within each half.

    order: [set, event, emotion], whose prompt counts as that of an emotion; times: [set, event], how often the event counts.
    half: [event], 0 or 1; all events of a scenario lie in one.
    """

    order: Tensor
    times: Tensor
    half: Tensor
    permutations: int

    @property
    def permuted(self) -> slice:
        """Numbers of the labellings of the null."""
        return slice(TRUE + 1, TRUE + 1 + self.permutations)

    @property
    def resampled(self) -> slice:
        """Numbers of the labellings of the interval."""
        return slice(TRUE + 1 + self.permutations, len(self.order))

    def weights(self, half: int) -> Tensor:
        """Weights of the means over the events of a half: [set, emotion, event, emotion], over the events of that half alone."""
        rows = self.half == half
        times = self.times[:, rows]
        taken = torch.nn.functional.one_hot(self.order[:, rows], self.order.shape[-1]).to(times)
        weighted = taken * (times / times.sum(1, keepdim=True))[:, :, None, None]
        return weighted.transpose(1, 2)


def labellings(scenarios: Sequence[str], emotions: int, permutations: int, resamples: int, seed: int) -> Labellings:
    """Labellings of events of these scenarios.

    Args:
        permutations: sets of labels permuted within every event; resamples: draws of scenarios, with replacement within each half.
    Raises:
        ValueError: there is only one scenario.
    """
    events, sets = len(scenarios), 1 + permutations + resamples
    half, order = grouping.halves(scenarios), torch.arange(emotions).expand(sets, events, emotions).clone()
    labels = permutation.label_sets(permutations, events, emotions, seed)[1:]
    order[1 : 1 + permutations] = labels.reshape(permutations, events, emotions)
    times = torch.ones(sets, events)
    for side in (0, 1):
        rows = (half == side).nonzero()[:, 0]
        numbers = grouping.places([scenarios[row] for row in rows.tolist()])
        drawn = grouping.resamples(resamples, int(numbers.max()) + 1, seed + 1 + side)
        times[1 + permutations :, rows] = drawn[:, numbers]
    return Labellings(order, times, half, permutations)


def means(values: Tensor, weights: Tensor) -> Tensor:
    """Means over events under each labelling: [set, emotion, number] of values [event, emotion, number].

    Args:
        weights: [set, emotion, event, emotion], see `Labellings.weights`.
    """
    sets, emotions = weights.shape[:2]
    flat = weights.reshape(sets * emotions, -1) @ values.reshape(-1, values.shape[-1])
    return flat.reshape(sets, emotions, -1)
