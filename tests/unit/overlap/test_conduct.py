"""Slopes of behaviour along the directions of two methods, on gradients whose answer is known."""

import numpy as np
import pytest
import torch

from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.overlap import conduct
from emotion_vectors.overlap.conduct import Sets, Slopes
from emotion_vectors.statistics import random_directions
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Effect
from emotion_vectors.statistics.resampling import Draws
from tests.random_tensors import random

WIDTH, SETS = 32, 120


def centred(vectors):
    return vectors - vectors.mean(-2, keepdim=True)


@pytest.fixture
def sets():
    shuffled = centred(random(SETS, 6, WIDTH, seed=3))
    gaussian = random_directions.gaussian_sets(SETS, 6, WIDTH, seed=4)
    instructions, stories = centred(random(6, WIDTH, seed=1)), centred(random(6, WIDTH, seed=2))
    return Sets(instructions, stories, {GAUSSIAN: gaussian, SHUFFLED: shuffled})


def test_slopes_are_means_over_variants_of_products_with_a_tenth_of_the_norm(sets):
    gradients = random(5, 3, WIDTH, seed=6)
    found = conduct.measure(gradients, sets, torch.tensor(7.0))
    directions = unit(sets.instructions).double()
    expected = [[0.7 * float(row.double().mean(0) @ each) for each in directions] for row in gradients]
    np.testing.assert_allclose(found.instructions, expected, rtol=1e-4, atol=1e-6)
    assert found.null[GAUSSIAN].shape == found.null[SHUFFLED].shape == (5, SETS, 6)
    assert found.null[SHUFFLED][2, 9, 4] == pytest.approx(
        0.7 * float(gradients[2].mean(0) @ unit(sets.null[SHUFFLED][9, 4])), rel=1e-4
    )
    assert found.items == 15


def test_gaussian_sets_sum_to_zero_as_directions_of_emotions_do(sets):
    assert sets.null[GAUSSIAN].sum(1).abs().max() < 1e-4


def test_a_gradient_along_the_directions_exceeds_both_nulls(sets):
    gradients = (3 * unit(sets.instructions)[0] - 2 * unit(sets.instructions)[3]) + 0.2 * random(8, 2, WIDTH, seed=6)
    slopes = conduct.measure(gradients, sets, torch.tensor(10.0))
    effect, percentiles = conduct.harder(conduct.size_effects(slopes, 200, seed=0))
    assert percentiles == "percentile 100 in the Gaussian null, percentile 100 in the label-shuffled null"
    assert effect.null_percentile > 95
    assert 0 < effect.low < effect.estimate < effect.high
    means = [np.sqrt((null.mean(0) ** 2).mean(-1)).mean() for null in slopes.null.values()]
    size = np.sqrt((slopes.instructions.mean(0) ** 2).mean())
    assert effect.estimate == pytest.approx(size - max(means), abs=1e-9)


def test_items_that_only_differ_by_noise_do_not_look_like_an_effect(sets):
    """Few noisy items raise the size of all slopes alike: the null meets the same items and takes it away."""
    slopes = conduct.measure(random(6, 1, WIDTH, seed=8), sets, torch.tensor(10.0))
    effect, _ = conduct.harder(conduct.size_effects(slopes, 300, seed=0))
    assert 2 < effect.null_percentile < 98
    assert effect.low < effect.estimate + 0.05


def slopes_of(instructions, stories, seed):
    generator = np.random.default_rng(seed)
    null = {kind: generator.normal(size=(4, SETS, 6)) for kind in (GAUSSIAN, SHUFFLED)}
    return Slopes(np.tile(instructions, (4, 1)), np.tile(stories, (4, 1)), null, items=4)


def test_agreement_compares_signs_and_sizes_over_emotions_and_behaviours():
    values = np.random.default_rng(0).normal(size=(3, 6))
    same = [slopes_of(row, 2 * row, seed) for seed, row in enumerate(values)]
    effect, _ = conduct.harder(conduct.agreement_effects(same, 100, seed=0))
    assert effect.estimate == pytest.approx(1.0)
    assert effect.null_percentile == 100
    assert effect.n == 18
    turned = [slopes_of(row, -row, seed) for seed, row in enumerate(values)]
    assert all(each.high < 0 for each in conduct.agreement_effects(turned, 100, seed=0).values())


def test_agreement_by_hand_and_its_null(sets):
    measured = [conduct.measure(random(5, 2, WIDTH, seed=seed), sets, torch.tensor(3.0)) for seed in (11, 12, 13)]
    effect, _ = conduct.harder(conduct.agreement_effects(measured, 100, seed=0))
    left = np.concatenate([each.instructions.mean(0) for each in measured])
    right = np.concatenate([each.stories.mean(0) for each in measured])
    assert effect.estimate == pytest.approx(np.corrcoef(left, right)[0, 1])
    assert 0 < effect.null_percentile < 100
    assert effect.low < effect.estimate < effect.high


def test_null_sets_sum_to_zero_and_know_nothing_of_the_emotions():
    """What all events share under an emotion is taken out before labels are permuted."""
    groups = centred(10 * random(1, 6, WIDTH, seed=1) + 0.01 * random(9, 6, WIDTH, seed=2))
    sets = conduct.null_sets(groups, 30, seed=3)
    assert set(sets) == {GAUSSIAN, SHUFFLED}
    for null in sets.values():
        assert null.shape == (30, 6, WIDTH)
        assert null.sum(1).abs().max() < 1e-4
    assert sets[SHUFFLED].norm(dim=-1).max() < 0.1


def test_evidence_names_every_part_and_what_is_said_beside_it(sets):
    slopes = {
        name: conduct.measure(random(5, 2, WIDTH, seed=seed), sets, torch.tensor(3.0))
        for seed, name in enumerate(conduct.PARTS)
    }
    draws = Draws(bootstraps=60, shuffles=60, seed=0)
    rows = conduct.conduct_evidence("O05", conduct.PARTS, slopes, draws, {"hacking": "closed"}, {})
    assert [row["part"] for row in rows] == [*conduct.PARTS.values(), conduct.AGREEMENT]
    assert [row["guard"] for row in rows] == ["", "closed", "", "closed"]
    assert all(row["beside"].endswith(conduct.AT_ZERO) for row in rows)
    assert "single behaviours blackmail" in rows[-1]["beside"]
    table = conduct.slope_table(slopes["blackmail"], [str(number) for number in range(6)], draws)
    assert len(table) == 12
    assert (table["null_95_label_shuffled"] > 0).all()
    assert table["slope_nats"][7] == pytest.approx(slopes["blackmail"].stories[:, 1].mean())


def test_of_two_effects_at_one_percentile_the_smaller_stands():
    larger, smaller = (Effect(value, 0.0, 1.0, 50.0, 0.5, 4, "items", "nats") for value in (0.4, 0.2))
    assert conduct.harder({GAUSSIAN: larger, SHUFFLED: smaller})[0] is smaller


def test_an_effect_that_the_same_words_have_where_nobody_acts_is_at_most_partial(sets):
    norm, draws = torch.tensor(3.0), Draws(bootstraps=60, shuffles=60, seed=0)
    leaning = 3 * sets.instructions[0] + 0.1 * random(8, 4, WIDTH, seed=4)
    slopes = dict.fromkeys(conduct.ACT_PARTS, conduct.measure_act(leaning, sets, norm))
    same = {"act_blackmail": conduct.measure_act(leaning.mean(1, keepdim=True), sets, norm)}
    other = {"act_blackmail": conduct.measure_act(0.01 * random(8, 1, WIDTH, seed=5), sets, norm)}
    for controls, said in ((same, True), (other, False), ({}, False)):
        row = conduct.conduct_evidence("O05b", conduct.ACT_PARTS, slopes, draws, {}, controls)[0]
        assert bool(row["unconfirmed"]) == said
        assert ("lexical control" in row["beside"]) == bool(controls)


def test_wordings_of_replies_and_emotions_are_resampled_in_acts(sets):
    """Replies that lean to either side within a scenario widen the interval; six emotions that agree in one alone do as well."""
    norm = torch.tensor(3.0)
    sides = torch.tensor([1.0, -1.0]).repeat(2)[None, :, None]
    mixed = sets.instructions[0] + 4 * sides * sets.instructions[1] + 0.01 * random(8, 4, WIDTH, seed=6)
    of_act, of_items = conduct.measure_act(mixed, sets, norm), conduct.measure(mixed, sets, norm)
    assert of_act.wordings == 4
    np.testing.assert_allclose(of_act.instructions.mean(0), of_items.instructions.mean(0), rtol=1e-4, atol=1e-5)
    widths = []
    for slopes in (of_act, of_items):
        found = next(iter(conduct.agreement_effects([slopes], 200, seed=0).values()))
        widths.append(found.high - found.low)
    assert widths[0] > 2 * widths[1]
