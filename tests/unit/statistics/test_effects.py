"""Estimates with interval and null: exact on small cases, right on average on random ones."""

import itertools

import numpy as np
import pytest
from scipy.stats import pearsonr

from emotion_vectors.statistics import effects, resampling


def effect(estimate, null, **scale):
    scale = effects.Scale("topics", "r", **scale)
    return effects.effect(estimate, (estimate - 1, estimate + 1), null, n=3, scale=scale)


NULL = np.arange(100) / 100


def test_percentile_is_the_share_of_the_null_below_the_estimate():
    assert effect(0.495, NULL).null_percentile == 50
    assert effect(0.49, NULL).null_percentile == 49
    assert effect(5, NULL).null_percentile == 100
    assert effect(-5, NULL).null_percentile == 0


def test_null_95_is_the_quantile_that_an_estimate_must_exceed():
    found = effect(0.96, NULL)
    assert found.null_95 == pytest.approx(np.quantile(NULL, 0.95))
    assert found.null_percentile > 95
    assert (found.low, found.high) == pytest.approx((-0.04, 1.96))
    assert (found.n, found.of, found.unit) == (3, "topics", "r")


def test_two_sided_effects_compare_distances_from_the_reference():
    null = np.linspace(-1, 1, 201)
    assert effect(-0.955, null, two_sided=True).null_percentile == pytest.approx(100 * 191 / 201)
    assert effect(0.955, null, two_sided=True).null_percentile == pytest.approx(100 * 191 / 201)
    assert effect(-0.955, null).null_percentile < 5
    shifted = effect(0.5 - 0.955, null + 0.5, two_sided=True, reference=0.5)
    assert shifted.null_percentile == pytest.approx(100 * 191 / 201)
    assert shifted.reference == 0.5
    assert shifted.null_95 == pytest.approx(0.5 + 0.95, abs=0.01)


@pytest.mark.parametrize(
    ("estimate", "interval", "null"),
    [
        (float("nan"), (0, 1), NULL),
        (0.5, (0, float("inf")), NULL),
        (0.5, (0, 1), NULL[:19]),
        (0.5, (0, 1), [*NULL, float("nan")]),
    ],
)
def test_estimates_that_cannot_be_judged_are_refused(estimate, interval, null):
    with pytest.raises(ValueError, match=r"must be finite, null >= 20"):
        effects.effect(estimate, interval, null, n=1, scale=effects.Scale(of="topics", unit="r"))


def test_percentile_interval_leaves_equal_tails():
    assert resampling.percentile_interval(np.arange(1001)) == pytest.approx((25, 975))
    assert resampling.percentile_interval(np.arange(1001), level=0.5) == pytest.approx((250, 750))


def test_bootstrap_resamples_items_and_repeats_with_its_seed():
    items = np.random.default_rng(0).normal(size=50)
    low, high = resampling.bootstrap(items, lambda chosen: items[chosen].mean(), 2000, seed=1)
    error = items.std() / np.sqrt(50)
    assert low == pytest.approx(items.mean() - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(items.mean() + 1.96 * error, abs=0.15 * error)
    assert (low, high) == resampling.bootstrap(items, lambda chosen: items[chosen].mean(), 2000, seed=1)
    assert (low, high) != resampling.bootstrap(items, lambda chosen: items[chosen].mean(), 2000, seed=2)


def test_bootstrap_draws_as_many_items_as_there_are_with_replacement():
    draws = []
    resampling.bootstrap(range(30), lambda chosen: draws.append(chosen) or 0.0, 50, seed=0)
    assert all(len(chosen) == 30 and chosen.min() >= 0 and chosen.max() <= 29 for chosen in draws)
    assert all(len(set(chosen.tolist())) < 30 for chosen in draws)


def test_hierarchical_intervals_cover_the_truth_where_items_of_a_group_are_alike():
    """Groups differ by more than their items: an interval over items alone would be far too narrow."""
    generator = np.random.default_rng(0)
    hierarchical, flat, rounds = 0, 0, 120
    for _ in range(rounds):
        table = generator.normal(size=(14, 1)) + 0.3 * generator.normal(size=(14, 10))
        low, high = resampling.hierarchical_bootstrap(table, 300, seed=1)
        hierarchical += low <= 0 <= high
        items = table.ravel()
        low, high = resampling.bootstrap(items, lambda chosen, items=items: items[chosen].mean(), 200, seed=1)
        flat += low <= 0 <= high
    assert hierarchical / rounds > 0.86
    assert flat / rounds < 0.7


def test_hierarchical_interval_of_equal_groups_is_that_of_the_items():
    row = np.random.default_rng(1).normal(size=200)
    low, high = resampling.hierarchical_bootstrap(row[None], 2000, seed=0)
    assert high - low == pytest.approx(2 * 1.96 * row.std() / np.sqrt(200), rel=0.1)
    assert low < row.mean() < high


def test_hierarchical_interval_without_variation_is_a_point():
    assert resampling.hierarchical_bootstrap(np.full((3, 4), 0.25), 50, seed=0) == (0.25, 0.25)


WIDE = (-9.0, 9.0)
"""An interval that plays no part in the null."""


def test_paired_effect_finds_a_difference_and_only_a_real_one():
    noise = np.random.default_rng(0).normal(size=(20, 6))
    settings = {"interval": WIDE, "flips": 500, "seed": 1, "scale": effects.Scale("topics", "share")}
    real, none = effects.paired_effect(noise + 1, **settings), effects.paired_effect(noise - noise.mean(), **settings)
    assert real.estimate == pytest.approx(noise.mean() + 1)
    assert real.null_percentile == 100
    assert 25 < none.null_percentile < 75


def test_paired_null_exchanges_whole_groups():
    """Items of a group are no independent evidence: four groups allow sixteen exchanges, however many the items."""
    table = np.ones((4, 1000))
    found = effects.paired_effect(table, WIDE, 4000, 0, scale=effects.Scale(of="topics", unit="share"))
    assert found.null_95 == pytest.approx(1), "one exchange in sixteen gives the measured difference"


def test_paired_null_is_that_of_all_exchanges():
    """With few groups all of them can be listed: the null of many random exchanges has their distribution.

    One of them is the measurement itself, which rounding may put on either side.
    """
    table = np.random.default_rng(5).normal(0.3, 1, size=(6, 9))
    every = np.array(list(itertools.product([-1, 1], repeat=6))) @ table.mean(1) / 6
    found = effects.paired_effect(table, WIDE, 20_000, 2, scale=effects.Scale(of="topics", unit="share"))
    below, at_or_below = (100 * np.mean(every <= table.mean() + margin) for margin in (-1e-12, 1e-12))
    assert below - 1.5 < found.null_percentile < at_or_below + 1.5
    assert np.quantile(every, 0.93) <= found.null_95 <= np.quantile(every, 0.97)


def test_paired_effect_of_exchanged_methods_is_the_opposite():
    table = np.random.default_rng(6).normal(0.4, 1, size=(10, 5))
    one, other = (
        effects.paired_effect(sign * table, WIDE, 500, 3, scale=effects.Scale(of="topics", unit="share"))
        for sign in (1, -1)
    )
    assert other.estimate == -one.estimate
    assert one.null_percentile > 80
    assert other.null_percentile < 20
    assert (one.n, one.of, one.unit, one.reference, one.low, one.high) == (50, "topics", "share", 0, *WIDE)


def test_crossed_interval_counts_what_a_column_shares():
    """Fifty rows that repeat four columns hold four pieces of evidence, not two hundred."""
    table = np.tile([0.0, 1.0, 0.0, 1.0], (50, 1))
    low, high = resampling.crossed_bootstrap(table, 2000, 0)
    assert low <= 0.25
    assert high >= 0.75
    nested_low, nested_high = resampling.hierarchical_bootstrap(table, 2000, 0)
    assert nested_high - nested_low < 0.5 * (high - low)


def test_crossed_interval_is_that_of_explicit_resampling():
    table = np.random.default_rng(1).normal(size=(9, 7))
    generator = np.random.default_rng(2)
    means = [table[generator.integers(0, 9, 9)][:, generator.integers(0, 7, 7)].mean() for _ in range(20_000)]
    assert resampling.crossed_bootstrap(table, 20_000, 3) == pytest.approx(np.quantile(means, [0.025, 0.975]), abs=0.02)


def test_of_several_nulls_the_lowest_percentile_and_the_furthest_reach_count():
    scale = effects.Scale(of="x", unit="y", two_sided=True)
    narrow, wide = (effects.effect(1.0, WIDE, np.linspace(-end, end, 50), n=1, scale=scale) for end in (0.5, 2))
    assert effects.hardest([narrow, wide]) == effects.hardest([wide, narrow]) == wide
    # Many draws just above the estimate, against few that lie far out.
    often = effects.effect(1.0, WIDE, np.r_[np.zeros(50), np.full(50, 1.1)], n=1, scale=scale)
    far = effects.effect(1.0, WIDE, np.r_[np.zeros(90), np.full(10, 9.0)], n=1, scale=scale)
    strictest = effects.hardest([far, often])
    assert (strictest.null_percentile, strictest.null_95) == (often.null_percentile, far.null_95)


@pytest.mark.parametrize("units", [2, 3, 5])
def test_the_most_extreme_of_few_exchanges_is_not_beyond_them(units: int):
    """Where all units lean one way, no exchange of signs goes further, however few there are: it ties."""
    table = np.linspace(1, 2, units)[:, None]
    found = effects.paired_effect(table, WIDE, 4000, 1, scale=effects.Scale(of="x", unit="y"))
    assert found.null_percentile == pytest.approx(100 * (1 - 0.5**units), abs=3)


def test_a_tie_is_one_up_to_rounding():
    assert effects.percentile_in([0.1 + 0.2, 0.1, 0.2], 0.3) == pytest.approx(200 / 3)
    assert effects.percentile_in([0.0, 0.0], 0.0) == 0


def test_upper_triangle_lists_each_pair_once():
    matrix = np.arange(16).reshape(4, 4)
    assert effects.upper_triangle(matrix).tolist() == [1, 2, 3, 6, 7, 11]


def test_pearson_is_that_of_scipy():
    x, y = np.random.default_rng(0).normal(size=(2, 25))
    assert effects.pearson(x, y) == pytest.approx(pearsonr(x, y).statistic)
    assert effects.pearson(x, 3 - 2 * x) == pytest.approx(-1)
    assert effects.pearson(1e8 + x, y) == pytest.approx(pearsonr(x, y).statistic, abs=1e-6)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1 / 3, 7.3])
def test_pearson_of_a_side_that_does_not_vary_is_zero(constant):
    flat, varied = np.full(11, constant), np.arange(11.0)
    assert effects.pearson(flat, varied) == pytest.approx(0, abs=1e-12)
    assert effects.pearson(varied, flat) == pytest.approx(0, abs=1e-12)
    assert effects.pearson(flat, np.full(11, 0.7)) == pytest.approx(0, abs=1e-12)


def test_pairs_are_weighed_by_how_often_their_items_were_drawn():
    values, pairs = np.array([1.0, 1.0, 1.0]), [(0, 1), (1, 2), (2, 3)]
    assert resampling.pair_bootstrap(values, pairs, 4, 200, 0) == (1.0, 1.0)
    shared = [(0, item) for item in range(1, 9)]
    apart = [(2 * item, 2 * item + 1) for item in range(8)]
    spread = np.random.default_rng(0).normal(size=8)
    low, high = resampling.pair_bootstrap(spread, shared, 16, 2000, 0)
    assert low < spread.mean() < high
    assert resampling.pair_bootstrap(spread, apart, 16, 2000, 0)[0] < spread.mean()


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(1).normal(size=40)
    low, high = resampling.jackknife(40, lambda rows: float(values[rows].mean()))
    error = values.std(ddof=1) / np.sqrt(40)
    assert (low + high) / 2 == pytest.approx(values.mean())
    assert (high - low) / 2 == pytest.approx(1.959964 * error)


def test_limits_of_a_difference_are_those_of_independent_estimates():
    first = {"estimate": 2.0, "low": 1.6, "high": 2.4}
    assert effects.difference_of(first, {"estimate": 1.0, "low": 0.7, "high": 1.3}) == pytest.approx((1.0, 0.5, 1.5))
    lopsided = effects.difference_of(first | {"high": 5.0}, {"estimate": 1.0, "low": 1.0, "high": 1.0})
    assert lopsided == pytest.approx((1.0, 0.6, 4.0))
