"""Weights of resamples in which whole groups are drawn, then items within each."""

import numpy as np
import pytest

from emotion_vectors.statistics import resampling


def test_nested_weights_spread_a_mean_as_groups_and_items_do():
    """Against draws of groups, then of items, made one by one."""
    groups, draws = np.array(["b", "a", "c", "a", "b", "c"] * 3), np.random.default_rng(0)
    values = draws.normal(size=len(groups)) + 2 * (groups == "a")
    shares = resampling.nested_weights(groups, 4000, 1)
    assert shares.shape == (4000, len(groups))
    np.testing.assert_allclose(shares.sum(1), 1)
    expected = [
        np.concatenate([draws.choice(values[groups == name], 6) for name in draws.choice(["a", "b", "c"], 3)]).mean()
        for _ in range(4000)
    ]
    assert (shares @ values).std() == pytest.approx(np.std(expected), rel=0.05)
    assert (shares @ values).mean() == pytest.approx(values.mean(), abs=0.05)
    assert (resampling.weights(len(groups), 4000, 1) @ values).std() < 0.8 * np.std(expected)


def test_a_group_that_is_not_drawn_has_no_items():
    shares = resampling.nested_weights(["a"] * 20 + ["b"] * 20, 200, 2)
    of_groups = shares.reshape(200, 2, 20).sum(2)
    assert {*of_groups[:, 0].round(6)} == {0.0, 0.5, 1.0}


def test_every_way_to_flip_few_units_comes_equally_often_and_many_are_drawn():
    few = resampling.sign_flips(3, 20, 0)
    ways, times = np.unique(few, axis=0, return_counts=True)
    assert len(ways) == 8
    assert {*times} == {2}
    assert {*ways.flatten()} == {-1.0, 1.0}
    many = resampling.sign_flips(30, 500, 0)
    assert many.shape == (500, 30)
    assert (many == resampling.sign_flips(30, 500, 0)).all()
    assert (many != resampling.sign_flips(30, 500, 1)).any()
    assert many.mean() == pytest.approx(0, abs=0.05)
