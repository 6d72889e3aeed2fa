"""Vectors of several labels that the same states bear at once, each freed of the others.

An additive model by weighted least squares: a state is the mean, plus what each of its labels adds, and what the levels of a label add
sums to zero. On a balanced grid these are differences of means; where the grid lacks its diagonal (nobody hides the emotion that is
shown), or dialogues are drawn anew, they stay free of the other labels, as differences of means would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Labelled:
    """States with the labels that they bear at once.

    states: [state, d_model]; labels: [label, state], the level of each, from 0; half: [state], 0 or 1; unit: [state], number of the
    dialogue that a state is of.
    """

    states: Array
    labels: Numbers
    half: Numbers
    unit: Numbers

    def relabelled(self, labels: Numbers) -> Labelled:
        """The same states under other labels."""
        return Labelled(self.states, labels, self.half, self.unit)

    def levels(self, label: int) -> int:
        """How many levels a label has."""
        return int(self.labels[label].max()) + 1

    def drawn(self, generator: np.random.Generator) -> Array:
        """How often each state counts when dialogues are drawn anew within each half, with replacement: [state]."""
        times = np.zeros(int(self.unit.max()) + 1)
        for side in (0, 1):
            units = np.unique(self.unit[self.half == side])
            times[units] = generator.multinomial(len(units), np.full(len(units), 1 / len(units)))
        return times[self.unit]

    def of_halves(self, times: Array | None = None) -> list[list[Array]]:
        """What each label adds by the states of each half: for each half, for each label, [level, d_model].

        Args:
            times: how often each state counts, once each by default.
        """
        return [self.added(side, times)[1] for side in (0, 1)]

    def added(self, side: int, times: Array | None = None) -> tuple[Array, list[Array]]:
        """Mean [d_model] and what each label adds [level, d_model] in one half."""
        rows = self.half == side
        weights = np.ones(rows.sum()) if times is None else times[rows]
        design, ends = design_of(self.labels[:, rows], [self.levels(label) for label in range(len(self.labels))])
        scaled = design * weights[:, None]
        fitted = np.linalg.pinv(design.T @ scaled, hermitian=True) @ (scaled.T @ self.states[rows])
        added = [np.concatenate([part, -part.sum(0, keepdims=True)]) for part in np.split(fitted[1:], ends[:-1])]
        return fitted[0], added

    def hits(self, label: int) -> Array:
        """Whether the level of a label has the largest cosine with a state of one half, by vectors of the other: 0/1 in [state].

        From a state are taken the mean of the other half and what its other labels add there.
        """
        hits = np.zeros(len(self.half))
        for side in (0, 1):
            rows = self.half == side
            mean, added = self.added(1 - side)
            left = self.states[rows] - mean
            for other, vectors in enumerate(added):
                if other != label:
                    left = left - vectors[self.labels[other, rows]]
            scores = left @ unit_rows(added[label]).T
            hits[rows] = scores.argmax(1) == self.labels[label, rows]
        return hits


def design_of(labels: Numbers, levels: Sequence[int]) -> tuple[Array, list[int]]:
    """Columns of the additive model [state, column], the mean first, and behind which column each label ends, the mean not counted.

    The last level of a label is minus the sum of the others.
    """
    columns = [np.ones((labels.shape[1], 1))]
    for numbers, count in zip(labels, levels, strict=True):
        coded = np.vstack([np.eye(count - 1), -np.ones((1, count - 1))])
        columns.append(coded[numbers])
    return np.hstack(columns), [int(end) for end in np.cumsum([count - 1 for count in levels])]


def unit_rows(vectors: Array) -> Array:
    """Rows [row, d_model] scaled to unit length; a row of zeros, which a label without any state leaves, stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Array = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled


def cosines(left: Array, right: Array) -> Array:
    """Cosine of every row with every other: [row, other]."""
    table: Array = unit_rows(left) @ unit_rows(right).T
    return table


def permuted_within(groups: Numbers, generator: np.random.Generator) -> Numbers:
    """Items permuted within groups: which item's label each bears, [item]."""
    order = np.arange(len(groups))
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        order[members] = generator.permutation(members)
    return order
