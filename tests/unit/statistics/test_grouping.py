"""Grouping of prompts by scenario."""

import pytest
import torch

from emotion_vectors.statistics import grouping

NAMES = ["b", "b", "a", "c", "c", "a"]


def test_sums_and_means_keep_the_order_in_which_scenarios_appear():
    values = torch.tensor([[1.0], [2.0], [3.0], [4.0], [5.0], [7.0]])
    assert grouping.places(NAMES).tolist() == [0, 0, 1, 2, 2, 1]
    assert grouping.sums(values, NAMES).tolist() == [[3.0], [10.0], [9.0]]
    assert grouping.means(values, NAMES).tolist() == [[1.5], [5.0], [4.5]]


def test_halves_share_no_scenario():
    assert grouping.halves(NAMES).tolist() == [0, 0, 1, 0, 0, 1]
    with pytest.raises(ValueError, match="cannot be halved"):
        grouping.halves(["a", "a"])


def test_resamples_draw_as_many_units_as_there_are():
    drawn = grouping.resamples(50, 7, seed=0)
    assert drawn.shape == (50, 7)
    assert torch.equal(drawn.sum(1), torch.full((50,), 7.0))
    assert not torch.equal(drawn[0], drawn[1])
    assert torch.equal(drawn, grouping.resamples(50, 7, seed=0))
