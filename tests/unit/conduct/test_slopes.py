"""Slopes of behaviour along directions, on numbers whose answer is known."""

import numpy as np
import pytest
import torch

from emotion_vectors.conduct import slopes
from emotion_vectors.statistics.algebra import unit
from tests.unit.conduct.conftest import LAYERS, WIDTH, random


def test_slopes_are_products_with_a_tenth_of_the_norm(directions):
    gradient = random(LAYERS, WIDTH, seed=5)
    found = slopes.slopes_along(gradient, directions.emotions, directions.norms)
    expected = 0.1 * 4.0 * (gradient[1] @ unit(directions.emotions[2, 1]))
    assert found[2, 1] == pytest.approx(expected.item(), rel=1e-5)


def test_slopes_do_not_depend_on_the_length_of_a_direction(directions):
    gradient = random(LAYERS, WIDTH, seed=5)
    longer = directions.emotions * torch.tensor([0.1, 1.0, 9.0])[:, None, None]
    found = slopes.slopes_along(gradient, longer, directions.norms)
    np.testing.assert_allclose(found, slopes.slopes_along(gradient, directions.emotions, directions.norms), rtol=1e-5)


def test_an_effect_faces_the_null_that_is_harder_to_exceed():
    by_item = np.full((6, 2), 0.5) + 0.01 * np.arange(12).reshape(6, 2)
    null = {"Gaussian": np.linspace(-0.1, 0.1, 100), "label-shuffled": np.linspace(-1, 1, 100)}
    effect = slopes.slope_effect(by_item, null, 200, 0)
    assert effect.null_percentile == pytest.approx(56, abs=2)
    assert effect.low < effect.estimate < effect.high


def test_p_counts_the_estimate_and_takes_the_larger_kind():
    null = {"a": np.linspace(0.0, 0.9, 99), "b": np.full(99, 2.0)}
    assert slopes.p_value(1.0, {"a": null["a"]}) == pytest.approx(1 / 100)
    assert slopes.p_value(-1.0, null) == 1.0


def test_holm_multiplies_the_smallest_p_by_the_number_of_tests():
    np.testing.assert_allclose(slopes.holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])


def test_tone_is_taken_out_of_a_behaviour_that_is_nothing_else(directions):
    tones = random(2, WIDTH, seed=7)
    own = random(WIDTH, seed=8)
    behaviour = (0.7 * tones[0] - 1.5 * tones[1]).expand(5, 2, WIDTH)
    left = slopes.without_tone(behaviour, tones, directions)
    assert left.abs().max() < 1e-4
    with_act = slopes.without_tone(behaviour + own, tones, directions)
    assert with_act.norm() > 1


def test_a_span_holds_what_lies_in_it():
    basis = random(4, WIDTH, seed=1)
    inside = basis.T @ random(4, seed=2)
    assert slopes.share_in_span(inside, basis) == pytest.approx(1.0, abs=1e-6)
    axes = torch.linalg.qr(basis.T).Q
    other = random(WIDTH, seed=3)
    outside = other - axes @ (axes.T @ other)
    assert slopes.share_in_span(outside, basis) == pytest.approx(0.0, abs=1e-6)
