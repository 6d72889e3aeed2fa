"""Grouping of prompts by scenario."""

import pytest
import torch

from emotion_vectors.statistics import resampling

NAMES = ["b", "b", "a", "c", "c", "a"]


def test_sums_and_means_keep_the_order_in_which_scenarios_appear():
    values = torch.tensor([[1.0], [2.0], [3.0], [4.0], [5.0], [7.0]])
    assert resampling.places(NAMES).tolist() == [0, 0, 1, 2, 2, 1]
    assert resampling.sums(values, NAMES).tolist() == [[3.0], [10.0], [9.0]]
    assert resampling.means(values, NAMES).tolist() == [[1.5], [5.0], [4.5]]


def test_halves_share_no_scenario():
    assert resampling.halves(NAMES).tolist() == [0, 0, 1, 0, 0, 1]
    with pytest.raises(ValueError, match="cannot be halved"):
        resampling.halves(["a", "a"])


def test_resamples_draw_as_many_units_as_there_are():
    drawn = resampling.resamples(50, 7, seed=0)
    assert drawn.shape == (50, 7)
    assert torch.equal(drawn.sum(1), torch.full((50,), 7.0))
    assert not torch.equal(drawn[0], drawn[1])
    assert torch.equal(drawn, resampling.resamples(50, 7, seed=0))


def test_permuted_labels_do_not_depend_on_the_order_of_the_events():
    order = resampling.label_order(["x", "y", "z"], 6, seed=3)
    assert torch.equal(order.sort(-1).values, torch.arange(6).expand(3, 6))
    assert torch.equal(order, resampling.label_order(["z", "y", "x"], 6, seed=3).flip(0))
    assert torch.equal(resampling.label_order(["x", "y"], 6, seed=None), torch.arange(6).expand(2, 6))
