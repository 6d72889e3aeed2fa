"""Prompts grouped by scenario: sums, means, halves and resamples of whole scenarios, and labels permuted within events.

The three events of a scenario share most of their words, so scenarios, not events, are what intervals resample and halves divide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def places(scenarios: Sequence[str]) -> Tensor:
    """Number of the scenario of each event, in order of first appearance: [event]."""
    order = {name: place for place, name in enumerate(dict.fromkeys(scenarios))}
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
    """How often each of so many units is drawn in each bootstrap resample: [resample, unit]."""
    drawn = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), count)
    return torch.from_numpy(drawn).to(torch.float32)


def label_order(events: Sequence[str], emotions: int, seed: int | None) -> Tensor:
    """Which emotion's prompt counts as that of each emotion: [event, emotion].

    Without a seed its own; with one, for the placebo, a permutation within each event that does not depend on their order.
    """
    if seed is None:
        return torch.arange(emotions).expand(len(events), emotions).clone()
    generator = np.random.default_rng(seed)
    drawn = {name: generator.permutation(emotions) for name in sorted(events)}
    return torch.from_numpy(np.stack([drawn[name] for name in events]))
