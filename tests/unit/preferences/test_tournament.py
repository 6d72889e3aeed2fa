"""Rounds in which everybody plays once, ratings that give planted strengths back, and circles that are counted."""

import itertools

import numpy as np
import pytest

from emotion_vectors.preferences import tournament
from emotion_vectors.preferences.tournament import PreferenceError


@pytest.mark.parametrize("players", [4, 8, 64])
def test_all_rounds_together_hold_every_pair_once_and_each_round_every_activity_once(players):
    rounds = tournament.schedule(players, players - 1, seed=3)
    assert all(sorted(one.ravel()) == [*range(players)] for one in rounds)
    assert {tuple(sorted(pair)) for one in rounds for pair in one} == {*itertools.combinations(range(players), 2)}
    assert rounds.shape == (players - 1, players // 2, 2)


def test_some_rounds_are_drawn_with_the_seed():
    first, again, other = (tournament.schedule(64, 5, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("players", "rounds"), [(7, 3), (8, 8), (8, 0)])
def test_rounds_that_cannot_be_made_are_refused(players, rounds):
    with pytest.raises(PreferenceError, match=f"preferences.rounds = {rounds}: {players} activities"):
        tournament.schedule(players, rounds, seed=1)


def test_planted_strengths_are_given_back_in_elo_points():
    planted = np.random.default_rng(0).normal(size=32)
    pairs = tournament.schedule(32, 20, seed=0).reshape(-1, 2)
    ratings = tournament.elo(pairs, planted[pairs[:, 0]] - planted[pairs[:, 1]], 32)
    assert ratings.mean() == pytest.approx(1500)
    expected = 1500 + 400 / np.log(10) * (planted - planted.mean())
    np.testing.assert_allclose(ratings, expected, atol=0.02 * expected.std())
    ten_to_one = tournament.ELO_PER_NAT * np.log(10)
    assert ten_to_one == pytest.approx(400)


def test_a_change_of_one_activity_is_the_mean_of_its_changes():
    pairs = tournament.schedule(16, 15, seed=0).reshape(-1, 2)
    odds = np.random.default_rng(1).normal(size=len(pairs))
    change = np.where(pairs[:, 0] == 3, 1.0, np.where(pairs[:, 1] == 3, -1.0, 0.0))
    before, after = (tournament.elo(pairs, values, 16) for values in (odds, odds + change))
    gained = (after - before)[3] - np.delete(after - before, 3).mean()
    assert gained == pytest.approx(tournament.ELO_PER_NAT, rel=0.02)


def test_circles_among_triples_that_met_are_counted():
    pairs = np.array([[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [3, 4]])
    corners, ordered = tournament.triples(pairs, np.array([1.0, 1, 1, 1, 1, 1]), 5)
    assert dict(zip(map(tuple, corners.tolist()), ordered.tolist(), strict=True)) == {(0, 1, 2): False, (0, 1, 3): True}
    _, strict = tournament.triples(pairs, np.array([1.0, 1, -1, 1, 1, 1]), 5)
    assert strict.all()


def test_preferences_drawn_at_random_make_circles_of_a_quarter():
    pairs = tournament.schedule(64, 63, seed=0).reshape(-1, 2)
    _, ordered = tournament.triples(pairs, np.random.default_rng(0).normal(size=len(pairs)), 64)
    assert len(ordered) == 64 * 63 * 62 // 6
    assert ordered.mean() == pytest.approx(0.75, abs=0.01)


def test_means_are_over_the_pairs_of_an_activity_at_its_side():
    pairs = np.array([[0, 1], [2, 0]])
    values = np.array([[[1.0], [5.0]], [[7.0], [3.0]]])
    assert tournament.mean_by_activity(pairs, values, [True, True, True]).tolist() == [[2.0], [5.0], [7.0]]
    assert tournament.mean_by_activity(pairs, values, [False, False, True]).tolist() == [[7.0]]
