"""Quantities in a message and the readings that should follow them."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import spearmanr

from emotion_vectors.meaning import intensity
from emotion_vectors.meaning.intensity import projections, rank_correlations
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.templates import Template
from tests.random_tensors import random


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


NAMES = ["afraid", "calm", "sad"]
SIGNS = {"afraid": 1, "calm": -1, "sad": 0}
MAGNITUDES = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
LAYERS, WIDTH, TEMPLATES, SETS = 3, 12, 8, 60


DIRECTIONS = random(3, LAYERS, WIDTH, seed=9)


def measured(effect, seed=0):
    """Correlations and their null on templates whose states move along fear and against calm by `effect` a rank."""
    tables, null = [], []
    for number in range(TEMPLATES):
        each = Template(f"t{number}", "{x}", "mg", MAGNITUDES, SIGNS, ["afraid"])
        ranks = torch.arange(len(MAGNITUDES)).float()[:, None, None]
        moved = effect * ranks * (unit(DIRECTIONS[0]) - unit(DIRECTIONS[1]))
        states = moved + random(len(MAGNITUDES), LAYERS, WIDTH, seed=seed * 100 + number)
        tables.append(intensity.correlation_table(each, NAMES, states, DIRECTIONS))
        shuffled = random(SETS, 3, WIDTH, seed=number + 500)
        null.append(intensity.permuted_correlations(each, NAMES, states[:, 1], shuffled))
    return pd.concat(tables, ignore_index=True), np.stack(null, axis=1)


def judged(effect, seed=0):
    table, null = measured(effect, seed)
    rows = intensity.evidence_on_signs(table[table["layer"] == 1], null, bootstraps=200, seed=0)
    return table, rows.set_index("part")


@pytest.mark.parametrize("effect", [1.0, -1.0])
def test_signs_that_are_planted_are_found_with_their_size_and_side(effect):
    table, found = judged(effect)
    row = found.loc["all registered signs"]
    expected = table[(table["layer"] == 1) & table["registered"]]["signed_rho"].mean()
    assert (row["claim"], row["n"]) == ("A04", 2 * TEMPLATES)
    assert row["estimate"] == pytest.approx(expected)
    assert row["estimate"] * effect > 0.5
    assert row["low"] > 0 if effect > 0 else row["high"] < 0
    assert row["null_percentile"] > 95
    assert found.loc["signs of the paper", "n"] == TEMPLATES


def test_states_that_do_not_follow_the_quantity_stay_inside_the_null():
    percentiles = [judged(0.0, seed)[1]["null_percentile"] for seed in range(8)]
    assert np.mean(percentiles) == pytest.approx(50, abs=30)


def test_signs_are_counted_where_they_are_registered():
    table = measured(2.0)[0].query("layer == 1")
    found = intensity.sign_test(table)
    right = (table.loc[table["registered"], "signed_rho"] > 0).sum()
    assert (found["right"], found["of"]) == (right, 2 * TEMPLATES)
    assert found["p"] < 0.001
    assert intensity.sign_test(table.assign(signed_rho=-table["signed_rho"]))["p"] > 0.9


def test_readings_are_in_units_of_their_own_spread():
    each = Template("t", "{x}", "mg", MAGNITUDES, SIGNS, [])
    table = intensity.reading_table(each, NAMES, random(len(MAGNITUDES), WIDTH), 1000 * DIRECTIONS[:, 0])
    assert table.columns.tolist() == ["template", "unit", "magnitude", "emotion", "projection_sd"]
    for _, values in table.groupby("emotion")["projection_sd"]:
        assert (values.mean(), values.std(ddof=0)) == pytest.approx((0, 1), abs=1e-9)
