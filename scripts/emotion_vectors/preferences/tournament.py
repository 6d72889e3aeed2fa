"""Who meets whom, and how strongly each activity is preferred: rounds of a tournament, and Elo ratings from log-odds.

Ratings are those of Bradley and Terry, fitted to log-odds rather than to wins: a model's preference between two activities is known as a
number, so least squares on it loses nothing to counting.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.artefacts.errors import MendableError

Array = NDArray[np.float64]
Pairs = NDArray[np.int64]

ELO_PER_NAT = 400 / math.log(10)
"""Elo points of a nat of log-odds."""
MEAN_ELO = 1500.0
PRIOR = 0.1
"""Weight, in comparisons, of a draw against an activity of mean strength: it settles the level of activities that nothing links."""


class PreferenceError(MendableError, ValueError):
    """Activities cannot be compared as asked."""


def schedule(activities: int, rounds: int, seed: int) -> Pairs:
    """Pairs of activities in some rounds of a tournament in which each meets each other one once: [round, pair, 2].

    Each activity stands once in every round; who is drawn to which number, and which rounds are taken, is drawn with the seed.

    Raises:
        PreferenceError: the number of activities is odd, or there are not so many rounds.
    """
    others = activities - 1
    if activities % 2 or not 0 < rounds <= others:
        raise PreferenceError(
            f"preferences.rounds = {rounds}: {activities} activities make rounds only if even in number, {others} at most; lower the key "
            "or correct workflow/stimuli/activities/activities.jsonl"
        )
    generator = np.random.default_rng(seed)
    players, chosen = generator.permutation(activities), generator.permutation(others)[:rounds]
    steps = np.arange(1, activities // 2)
    against = np.stack([(chosen[:, None] + steps) % others, (chosen[:, None] - steps) % others], axis=-1)
    last = np.stack([np.full(rounds, others), chosen], axis=-1)[:, None]
    paired: Pairs = players[np.concatenate([last, against], axis=1)]
    return paired


def strengths(pairs: Pairs, log_odds: Array, activities: int) -> Array:
    """Strengths whose differences come nearest to the log-odds, mean over activities nil: [activity], nats.

    Args:
        pairs: [pair, 2]; log_odds: [pair], of the first over the second, nats.
    """
    weights, wins = PRIOR * np.eye(activities), np.zeros(activities)
    for side, sign in ((0, 1.0), (1, -1.0)):
        np.add.at(weights, (pairs[:, side], pairs[:, side]), 1.0)
        np.add.at(weights, (pairs[:, side], pairs[:, 1 - side]), -1.0)
        np.add.at(wins, pairs[:, side], sign * log_odds)
    return np.asarray(np.linalg.solve(weights, wins), dtype=np.float64)


def elo(pairs: Pairs, log_odds: Array, activities: int) -> Array:
    """The same as Elo ratings: [activity]."""
    ratings: Array = MEAN_ELO + ELO_PER_NAT * strengths(pairs, log_odds, activities)
    return ratings


def triples(pairs: Pairs, log_odds: Array, activities: int) -> tuple[Pairs, NDArray[np.bool_]]:
    """Triples of activities that have all met, and whether their preferences make no circle: [triple, 3] and [triple]."""
    signs = np.zeros((activities, activities))
    signs[pairs[:, 0], pairs[:, 1]], signs[pairs[:, 1], pairs[:, 0]] = np.sign(log_odds), -np.sign(log_odds)
    met = np.zeros((activities, activities), dtype=bool)
    met[pairs[:, 0], pairs[:, 1]] = met[pairs[:, 1], pairs[:, 0]] = True
    first, second = np.nonzero(np.triu(met))
    both = met[first] & met[second] & (np.arange(activities) > second[:, None])
    rows, third = np.nonzero(both)
    corners = np.stack([first[rows], second[rows], third], axis=1)
    around = (
        signs[corners[:, 0], corners[:, 1]] + signs[corners[:, 1], corners[:, 2]] + signs[corners[:, 2], corners[:, 0]]
    )
    return corners, np.abs(around) < 3


def mean_by_activity(pairs: Pairs, values: Array, chosen: Sequence[bool] | NDArray[np.bool_]) -> Array:
    """Mean over the pairs of each chosen activity of what is known of it there: [activity, ...]; 0 for one without a pair.

    Args:
        pairs: [pair, 2]; values: [pair, side, ...]; chosen: [activity], whose means are given.
    """
    sums, counts = np.zeros((len(chosen), *values.shape[2:])), np.zeros(len(chosen))
    for side in (0, 1):
        np.add.at(sums, pairs[:, side], values[:, side])
        np.add.at(counts, pairs[:, side], 1.0)
    means: Array = sums / np.maximum(counts, 1.0).reshape(-1, *[1] * (sums.ndim - 1))
    of_chosen: Array = means[np.asarray(chosen)]
    return of_chosen
