"""Labels permuted within groups: the nulls under which a story or prompt may bear any of the emotions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from emotion_vectors.statistics.placebo import generator_of


def label_order(events: Sequence[str], emotions: int, seed: int | None) -> Tensor:
    """Which emotion's prompt counts as that of each emotion: [event, emotion].

    Without a seed its own; with one, for the placebo, a permutation within each event that does not depend on what other events there are.
    """
    if seed is None:
        return torch.arange(emotions).expand(len(events), emotions).clone()
    return torch.from_numpy(np.stack([generator_of(seed, name).permutation(emotions) for name in events]))


def shuffle_labels(cells: Tensor, generator: np.random.Generator) -> Tensor:
    """Cells with the emotion labels permuted within each topic, independently: same stories, topics and counts."""
    topics, emotions = cells.shape[:2]
    order = torch.from_numpy(np.stack([generator.permutation(emotions) for _ in range(topics)]))
    return cells[torch.arange(topics)[:, None], order]


def permuted_sets(values: ArrayLike, sets: int, source: int | np.random.Generator) -> NDArray[Any]:
    """Values [group, emotion, ...] with the emotions permuted within every group, independently in each set: [set, group, emotion, ...]."""
    table = np.asarray(values)
    return np.random.default_rng(source).permuted(np.broadcast_to(table, (sets, *table.shape)), axis=2)


def moved_within(groups: ArrayLike, sets: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Items permuted within groups so that none keeps its place, unless it is alone in its group: [set, item].

    Every group is one cycle, in which each item is as likely to stand in the place of one other as of any.
    """
    names = np.asarray(groups)
    moved = np.empty((sets, len(names)), dtype=np.int64)
    for name in np.unique(names):
        members = np.flatnonzero(names == name)
        cycles = generator.permuted(np.broadcast_to(members, (sets, len(members))), axis=1)
        np.put_along_axis(moved, cycles, np.roll(cycles, 1, axis=1), axis=1)
    return moved


def label_sets(sets: int, events: int, emotions: int, seed: int) -> Tensor:
    """Labels of all items, first the true ones, then permuted within every event: [1 + set, item]."""
    labels = np.broadcast_to(np.arange(emotions), (events, emotions))
    permuted = permuted_sets(labels, sets, seed)
    return torch.from_numpy(np.concatenate([labels[None], permuted]).reshape(1 + sets, -1))


def shuffle_weights(sets: int, groups: int, emotions: int, seed: int) -> Tensor:
    """Labels permuted within every group, as weights of a mean over groups: [set, emotion, group, emotion].

    The same weights serve every layer, so that a mean over layers has a null of its own.
    """
    labels = np.broadcast_to(np.arange(emotions), (groups, emotions))
    order = torch.from_numpy(permuted_sets(labels, sets, seed))
    one_hot = torch.nn.functional.one_hot(order, emotions).to(torch.float32)
    return one_hot.transpose(1, 2) / groups
