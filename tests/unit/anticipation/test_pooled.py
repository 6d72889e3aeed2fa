"""Pooled correlations against plain loops, and corrections for reliability against planted ones."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_vectors.anticipation import pooled
from emotion_vectors.anticipation.pooled import Groups

ITEMS, EMOTIONS = 12, 5
NAMES = ["a"] * 5 + ["b"] * 7
GROUPS = Groups.of(NAMES)


def values(seed: int, items: int = ITEMS) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(items, EMOTIONS))


def by_hand(left, right, times, names):
    """Items written out as often as they are drawn, centred per emotion within their group, correlated as one list."""
    x, y = [], []
    for name in dict.fromkeys(names):
        rows = [row for row, other in enumerate(names) if other == name for _ in range(int(times[row]))]
        x.append(left[rows] - left[rows].mean(0))
        y.append(right[rows] - right[rows].mean(0))
    return np.corrcoef(np.concatenate(x).ravel(), np.concatenate(y).ravel())[0, 1]


def test_a_correlation_is_that_of_values_centred_per_emotion_within_groups():
    left, right = values(0) + 7, values(1) + values(0)
    left[:5] += 40
    times = np.concatenate([GROUPS.everything, GROUPS.drawn(6, np.random.default_rng(3))])
    expected = [by_hand(left, right, row, NAMES) for row in times]
    np.testing.assert_allclose(pooled.correlation(left, right, times, GROUPS), expected, atol=1e-10)


def test_what_all_items_of_a_group_share_correlates_with_nothing():
    shared = np.repeat([[1.0] * EMOTIONS, [9.0] * EMOTIONS], [5, 7], axis=0)
    assert pooled.correlation(shared, values(1), GROUPS.everything, GROUPS)[0] == 0


def test_draws_and_exchanges_stay_within_groups():
    generator = np.random.default_rng(2)
    drawn = GROUPS.drawn(20, generator)
    assert (drawn[:, :5].sum(1) == 5).all()
    assert (drawn[:, 5:].sum(1) == 7).all()
    order = GROUPS.exchanged(20, generator)
    assert (np.sort(order[:, :5], 1) == np.arange(5)).all()
    assert (np.sort(order[:, 5:], 1) == np.arange(5, 12)).all()
    assert len({tuple(row) for row in order}) > 10


def test_groups_are_drawn_anew_with_items_inside():
    generator = np.random.default_rng(6)
    drawn = GROUPS.drawn_anew(4000, generator)
    of_groups = np.stack([drawn[:, :5].sum(1) / 5, drawn[:, 5:].sum(1) / 7])
    assert (of_groups == of_groups.round()).all()
    assert (of_groups.sum(0) == 2).all()
    assert (of_groups[0] == 0).mean() == pytest.approx(0.25, abs=0.03)
    assert drawn.mean(0) == pytest.approx(1, abs=0.08)
    twice = drawn[of_groups[0] == 2][:, :5]
    assert twice.var() == pytest.approx(10 * 0.2 * 0.8, rel=0.1)


def test_exchanged_items_are_those_of_the_order():
    left, right, order = values(0), values(0), GROUPS.exchanged(5, np.random.default_rng(4))
    expected = [by_hand(left, right[row], np.ones(ITEMS), NAMES) for row in order]
    np.testing.assert_allclose(pooled.exchanged_correlations(left, right, order, GROUPS), expected, atol=1e-10)


MANY = 400
ONE = Groups.of(["all"] * MANY)


def made_halves(content: np.ndarray, noise: float, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return np.stack([content + noise * generator.normal(size=content.shape) for _ in range(2)])


@pytest.mark.parametrize("shared", [0.0, 0.5, 1.0])
def test_a_planted_correlation_is_seen_through_noise(shared: float):
    first, second = values(0, MANY), values(1, MANY)
    left, right = first, shared * first + np.sqrt(1 - shared**2) * second
    halves = made_halves(left, 0.8, 2), made_halves(right, 1.2, 3)
    uncorrected = pooled.across_halves(*halves, ONE.everything, ONE)[0]
    assert pooled.corrected(*halves, ONE.everything, ONE)[0] == pytest.approx(shared, abs=0.06)
    assert shared == 0 or uncorrected < shared - 0.1


def test_what_one_wording_has_of_its_own_does_not_join_the_two_sides():
    own = made_halves(np.zeros((MANY, EMOTIONS)), 1.0, 5)
    left, right = (made_halves(values(seed, MANY), 0.1, seed) + own for seed in (6, 7))
    assert abs(pooled.corrected(left, right, ONE.everything, ONE)[0]) < 0.1
    assert pooled.correlation(left[0], right[0], ONE.everything, ONE)[0] > 0.4


def test_the_same_reading_twice_lies_around_one_and_varies():
    side = made_halves(values(0, MANY), 1.0, 2)
    above, below = (ONE.drawn(200, np.random.default_rng(seed)) for seed in (0, 1))
    null = pooled.same_reading(side, above, below, ONE)
    assert np.median(null) == pytest.approx(1, abs=0.03)
    assert 0.01 < null.std() < 0.2
    assert (pooled.same_reading(side, above, above, ONE) == 1).all()
