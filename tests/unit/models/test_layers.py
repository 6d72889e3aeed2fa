"""Layers by depth, on models whose layers can be counted by hand."""

import pytest

from emotion_vectors.models import layers


@pytest.mark.parametrize(("count", "depth", "layer"), [(30, 2 / 3, 19), (24, 2 / 3, 15), (4, 2 / 3, 2), (1, 0.2, 0)])
def test_the_main_layer_is_nearest_to_its_depth(count, depth, layer):
    assert layers.main_layer(count, depth) == layer


def test_layers_from_a_depth_on_include_it():
    assert layers.from_depth(30, 0.4) == list(range(11, 30))
    assert layers.from_depth(4, 0.5) == [1, 2, 3]


def test_the_middle_third_ends_at_the_main_depth():
    assert layers.middle_third(30) == list(range(10, 20))
    assert layers.middle_third(24) == list(range(8, 16))


def test_bands_leave_out_their_upper_neighbour_and_no_layer():
    bands = [layers.between(30, band / 5, (band + 1) / 5) for band in range(5)]
    assert [layer for band in bands for layer in band] == list(range(30))


def test_depths_of_another_models_blocks():
    assert layers.like_blocks(28, 12, 21, 28) == list(range(11, 21))
    assert layers.like_blocks(4, 12, 21, 28) == [1, 2]
