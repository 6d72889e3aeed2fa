"""Readings of activities beside their Elo, Elo under additions, and whether the one tells the other, for many directions at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.preferences.measurements import Preferences
from emotion_vectors.preferences.steering import STRENGTH
from emotion_vectors.preferences.tournament import ELO_PER_NAT, Array, elo, mean_by_activity
from emotion_vectors.statistics.algebra import unit


def along_units(states: Tensor, directions: Tensor) -> Array:
    """Projections onto directions of any length: [..., direction] of states [..., d_model] and directions [direction, d_model]."""
    projected: Array = (states.double() @ unit(directions.double()).T).numpy()
    return projected


def correlations(values: Array, target: Array, weights: Array | None = None) -> Array:
    """Pearson correlations of columns with a target: [direction], or [resample, direction] with weights.

    Args:
        values: [item, direction]; target: [item]; weights: [resample, item], rows of sum one, every item alike unless given.
    Returns:
        0 where one of the two does not vary.
    """
    shares = np.full((1, len(target)), 1 / len(target)) if weights is None else weights
    values, target = values - values.mean(0), target - target.mean()
    means, of_target = shares @ values, shares @ target
    covariance = shares @ (values * target[:, None]) - means * of_target[:, None]
    variances = (shares @ values**2 - means**2).clip(0) * (shares @ target**2 - of_target**2).clip(0)[:, None]
    spread = np.sqrt(variances)
    result: Array = np.divide(covariance, spread, out=np.zeros_like(covariance), where=spread > 0)
    return result[0] if weights is None else result


@dataclass(frozen=True)
class AtMain:
    """Preferences at the main layer.

    states: [activity, d_model]; gradients: [activity, d_model], mean over the opponents of each; norm: mean residual norm; ratings: Elo,
    [activity].
    """

    preferences: Preferences
    states: Tensor
    gradients: Tensor
    norm: float
    ratings: Array

    @classmethod
    def of(cls, preferences: Preferences, layer: int, norm: float) -> AtMain:
        """At one layer, which must be that of the gradients."""
        ratings = elo(preferences.pairs, preferences.log_odds, len(preferences.activities))
        everything = np.ones(len(ratings), dtype=bool)
        gradients = mean_by_activity(preferences.pairs, preferences.gradients.double().numpy(), everything)
        return cls(preferences, preferences.states[:, layer], torch.from_numpy(gradients), norm, ratings)

    @property
    def everything(self) -> NDArray[np.bool_]:
        """All activities: [activity]."""
        return np.ones(len(self.ratings), dtype=bool)

    @property
    def categories(self) -> NDArray[np.str_]:
        """Category of each activity: [activity]."""
        return np.array([activity.category for activity in self.preferences.activities])

    def without(self, categories: Sequence[str]) -> NDArray[np.bool_]:
        """Activities outside some categories: [activity]."""
        return ~np.isin(self.categories, categories)

    def readings(self, directions: Tensor) -> Array:
        """Readings of directions on the activities: [activity, direction]."""
        return along_units(self.states, directions)

    def changes_of_pairs(self, directions: Tensor) -> Array:
        """Elo that additions at `STRENGTH` give the activity of each side, as extrapolated from nil: [pair, side, direction]."""
        changes: Array = ELO_PER_NAT * STRENGTH * self.norm * along_units(self.preferences.gradients, directions)
        return changes

    def changes(self, directions: Tensor) -> Array:
        """The same, mean over the opponents of each activity: [activity, direction].

        With one activity changed and all others as they were, this is what it gains in the least-squares fit of its rating.
        """
        changes: Array = ELO_PER_NAT * STRENGTH * self.norm * along_units(self.gradients, directions)
        return changes


@dataclass(frozen=True)
class OppositeHalves:
    """What either half of the activities says of every direction, the other half being left out.

    read: correlation of the reading with Elo on one half; changed: change of Elo on the other half; both [split x half, direction].
    """

    read: Array
    changed: Array

    def agreement(self) -> float:
        """Correlation over directions of the two, mean over splits and halves."""
        return float(self._standardised_product().trace())

    def permuted(self, orders: NDArray[np.int64]) -> Array:
        """The same where the directions of `changed` are exchanged: [order] of orders [order, direction]."""
        product = self._standardised_product()
        agreements: Array = product[np.arange(len(product)), orders].sum(1)
        return agreements

    def resampled(self, generator: np.random.Generator) -> Array:
        """The same of each split by itself, both halves together, with directions drawn anew: [split]."""
        rows, directions = self.read.shape
        drawn = generator.integers(0, directions, (rows // 2, directions)).repeat(2, axis=0)
        read, changed = (standardised(np.take_along_axis(of, drawn, 1)) for of in (self.read, self.changed))
        samples: Array = (read * changed).mean(1).reshape(-1, 2).mean(1)
        return samples

    def _standardised_product(self) -> Array:
        read, changed = standardised(self.read), standardised(self.changed)
        product: Array = read.T @ changed / read.size
        return product


def standardised(rows: Array) -> Array:
    """Rows with mean 0 and standard deviation 1 over the last axis; nil where they do not vary."""
    centred = rows - rows.mean(-1, keepdims=True)
    spread = rows.std(-1, keepdims=True)
    result: Array = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return result


def halves(known: AtMain, directions: Tensor, splits: int, generator: np.random.Generator) -> OppositeHalves:
    """Readings on one half of the activities and additions on the other one, for random halves of every category.

    Elo of a half is fitted to the pairs within it, and changes are means over pairs within theirs: no pair enters both.
    """
    readings, changes = known.readings(directions), known.changes_of_pairs(directions)
    rows = []
    for _ in range(splits):
        half = split_by_category(known.categories, generator)
        for reading, steering in ((half, ~half), (~half, half)):
            rows.append((_read(known, readings, reading), _changed(known, changes, steering)))
    read, changed = (np.stack(column) for column in zip(*rows, strict=True))
    return OppositeHalves(read, changed)


def split_by_category(categories: NDArray[np.str_], generator: np.random.Generator) -> NDArray[np.bool_]:
    """A random half of the items of every category: [item], bool."""
    half = np.zeros(len(categories), dtype=bool)
    for category in np.unique(categories):
        members = generator.permutation(np.flatnonzero(categories == category))
        half[members[: len(members) // 2]] = True
    return half


def _within(known: AtMain, half: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pairs of which both activities lie in a half: [pair]."""
    pairs = known.preferences.pairs
    return half[pairs[:, 0]] & half[pairs[:, 1]]


def _read(known: AtMain, readings: Array, half: NDArray[np.bool_]) -> Array:
    """Correlation over the activities of a half of readings with Elo: [direction]."""
    inside = _within(known, half)
    ratings = elo(known.preferences.pairs[inside], known.preferences.log_odds[inside], len(half))
    return correlations(readings[half], ratings[half])


def _changed(known: AtMain, changes: Array, half: NDArray[np.bool_]) -> Array:
    """Mean change of Elo of the activities of a half: [direction]."""
    inside = _within(known, half)
    of_half: Array = mean_by_activity(known.preferences.pairs[inside], changes[inside], half).mean(0)
    return of_half
