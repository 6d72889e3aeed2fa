"""Events grouped by scenario: sums, means, halves and resamples of whole scenarios.

The three events of a scenario share most of their words, so scenarios, not events, are what intervals resample and halves divide.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from emotion_vectors.statistics import resampling


def places(scenarios: Sequence[str]) -> Tensor:
    """Number of the scenario of each event, in order of first appearance: [event]."""
    order = {name: row for row, name in enumerate(dict.fromkeys(scenarios))}
    return torch.tensor([order[name] for name in scenarios])


def sums(values: Tensor, scenarios: Sequence[str]) -> Tensor:
    """Sums over the events of each scenario: [scenario, ...] of [event, ...]."""
    rows = places(scenarios)
    empty = torch.zeros(int(rows.max()) + 1, *values.shape[1:], dtype=values.dtype, device=values.device)
    return empty.index_add_(0, rows.to(values.device), values)


def means(values: Tensor, scenarios: Sequence[str]) -> Tensor:
    """Means over the events of each scenario: [scenario, ...] of [event, ...]."""
    counts = torch.bincount(places(scenarios)).to(values)
    return sums(values, scenarios) / counts.reshape(-1, *[1] * (values.ndim - 1))


def halves(scenarios: Sequence[str]) -> Tensor:
    """Half of each event: 0 for every second scenario, from the first on, and 1 for the others: [event].

    Raises:
        ValueError: there is only one scenario.
    """
    rows = places(scenarios)
    if int(rows.max()) < 1:
        raise ValueError("one scenario cannot be halved; raise circuits.scenarios.fit")
    return rows % 2


def resamples(count: int, units: int, seed: int) -> Tensor:
    """How often each unit is drawn in each of `count` bootstrap resamples: [resample, unit]."""
    return torch.from_numpy(resampling.counts(units, count, seed)).to(torch.float32)
