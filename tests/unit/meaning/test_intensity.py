"""Quantities in a message and the readings that should follow them."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from emotion_vectors.meaning.intensity import projections, rank_correlations
from emotion_vectors.stimuli.templates import Template


def template(magnitudes):
    return Template("dose", "I took {x} mg; is {x} mg too much?", "mg", magnitudes, {"afraid": 1}, ["afraid"])


def test_messages_hold_each_magnitude_in_order_and_everywhere():
    messages = template([250, 1000, 2.5]).messages()
    assert messages[0] == "I took 250 mg; is 250 mg too much?"
    assert [message.split()[2] for message in messages] == ["250", "1000", "2.5"]


def test_large_magnitudes_are_written_as_a_person_would():
    (message,) = template([2_500_000]).messages()
    assert "2500000 mg" in message


def test_projections_are_lengths_along_unit_directions():
    states = torch.tensor([[3.0, 4.0], [-1.0, 2.0]])
    directions = torch.tensor([[10.0, 0.0], [0.3, 0.4]])
    np.testing.assert_allclose(projections(states, directions), [[3.0, 5.0], [-1.0, 1.0]], rtol=1e-6)


def test_rank_correlations_are_spearmans_with_and_without_ties():
    generator = np.random.default_rng(0)
    magnitudes = [1, 2, 2, 5, 9, 30, 30, 100]
    readings = generator.normal(size=(8, 5))
    readings[:, 3] = generator.integers(0, 3, 8)
    readings[:, 4] = np.exp(magnitudes)
    found = rank_correlations(magnitudes, readings)
    expected = [spearmanr(magnitudes, readings[:, column]).statistic for column in range(5)]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found[4] == pytest.approx(1)
    assert rank_correlations(magnitudes, -readings)[4] == pytest.approx(-1)


def test_readings_that_do_not_move_have_no_correlation():
    assert rank_correlations([1, 2, 3], np.full((3, 2), 0.1)).tolist() == [0, 0]
