"""Verdicts under permuted labels are counted as they were planted, with denominators and intervals of what could be judged."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from emotion_vectors.claims.judging import (
    DESCRIPTIVE,
    INCONCLUSIVE,
    NOT_MEASURED,
    NOT_REPLICATED,
    NOT_TESTABLE,
    PARTIAL,
    REPLICATED,
)
from emotion_vectors.placebos import counting

POOL = counting.Pool(bootstraps=400, seed=3)
REGISTERED = {
    "A01": {"parts": [{"name": "one"}, {"name": "two"}]},
    "A02": {"parts": [{"name": "only"}]},
    "A03": {"parts": [{"name": "never"}]},
    "O07": {"parts": [{"name": "told"}]},
}


def judged(*, one, only=NOT_REPLICATED, whole=PARTIAL, models=("a",)):
    """claims.json of a placebo: the first part of a claim as it is planted, its second always behind a gate, one claim described."""
    claims = {"A01": {"verdict": whole}, "A02": {"verdict": only}, "A03": {"verdict": NOT_MEASURED}}
    parts = {"A01": {"one": {"verdict": one}, "two": {"verdict": NOT_TESTABLE}}, "A02": {"only": {"verdict": only}}}
    described = {"O07": {"verdict": DESCRIPTIVE}}
    return {
        "claims": {model: claims | described for model in models},
        "parts": {model: parts | {"O07": {"told": {"verdict": DESCRIPTIVE}}} for model in models},
    }


def planted(replicated: int, seeds: int, **others):
    return {
        seed: judged(one=REPLICATED if number < replicated else INCONCLUSIVE, **others)
        for number, seed in enumerate(range(7, 7 + seeds))
    }


def counted(studies):
    table = counting.verdicts(studies, REGISTERED)
    return table, counting.counts(table).set_index(["model", "claim", "part"])


@pytest.mark.parametrize(("replicated", "seeds"), [(0, 20), (3, 20), (20, 20), (1, 2)])
def test_what_was_planted_is_counted_with_the_exact_interval_of_a_binomial(replicated, seeds):
    _, counts = counted(planted(replicated, seeds))
    row = counts.loc[("a", "A01", "one")]
    exact = binomtest(replicated, seeds).proportion_ci(method="exact")
    assert (row["replicated"], row["testable"], row["seeds"]) == (replicated, seeds, seeds)
    assert row["share_or_missing"] == replicated / seeds
    assert (row["low"], row["high"]) == pytest.approx((exact.low, exact.high))


def test_what_could_not_be_judged_leaves_the_denominator_and_is_counted_apart():
    studies = planted(2, 4) | {11: judged(one=NOT_TESTABLE, only=PARTIAL)}
    _, counts = counted(studies)
    row = counts.loc[("a", "A01", "one")]
    assert (row["replicated"], row["testable"], row["not_testable"], row["seeds"]) == (2, 4, 1, 5)
    gated, never, told = (counts.loc[("a", *key)] for key in (("A01", "two"), ("A03", "never"), ("O07", "told")))
    assert (gated["testable"], gated["not_testable"]) == (0, 5)
    assert (never["testable"], never["not_measured"]) == (0, 5), (
        "a part that no step measured is there, and counted apart"
    )
    assert (told["testable"], told["described"]) == (0, 5)
    assert (gated["low"], gated["high"]) == (0.0, 1.0)
    whole, other = (counts.loc[("a", claim, counting.WHOLE)] for claim in ("A01", "A02"))
    assert (whole["testable"], whole["not_testable"]) == (0, 5), "a claim that lacks a part cannot be replicated"
    assert (other["testable"], other["replicated"]) == (5, 0)


def test_models_are_counted_apart_and_pooled_together():
    table, counts = counted(planted(5, 10, models=("a", "b")))
    assert counts.loc[("a", "A01", "one"), "testable"] == counts.loc[("b", "A01", "one"), "testable"] == 10
    pooled = counting.pooled(table[table["part"] != counting.WHOLE], POOL)
    assert (pooled["replicated"], pooled["testable"], pooled["not_testable"]) == (10, 40, 20)
    assert pooled["share"] == 0.25


def test_the_interval_of_a_pooled_share_is_that_of_seeds_where_verdicts_hang_together():
    """Half of the seeds pass everything: as many verdicts as one likes say no more than ten seeds do."""
    models = tuple("abcdefgh")
    studies = {
        seed: judged(one=REPLICATED, only=REPLICATED, models=models) if seed % 2 else judged(one=PARTIAL, models=models)
        for seed in range(10)
    }
    table = counting.verdicts(studies, REGISTERED)
    pooled = counting.pooled(table[table["part"] != counting.WHOLE], POOL)
    independent = binomtest(80, 160).proportion_ci(method="exact")
    assert (pooled["replicated"], pooled["testable"]) == (80, 160)
    assert pooled["low"] < independent.low - 0.05
    assert pooled["high"] > independent.high + 0.05


def test_the_interval_of_nothing_is_not_nothing():
    pooled = counting.pooled(counting.verdicts(planted(0, 20), REGISTERED), POOL)
    assert pooled["share"] == pooled["low"] == 0
    assert pooled["high"] == pytest.approx(binomtest(0, pooled["testable"]).proportion_ci(method="exact").high)


def test_no_share_is_given_where_nothing_could_be_judged():
    studies = {7: judged(one=NOT_TESTABLE, only=NOT_TESTABLE, whole=NOT_TESTABLE)}
    table = counting.verdicts(studies, REGISTERED)
    summary = counting.summary(table, counting.counts(table), {"A02"}, POOL)
    assert summary["share_replicated"] is None
    assert summary["parts"] == summary["claims"] == summary["above_bar"] == []


@pytest.mark.parametrize(("replicated", "named"), [(3, []), (4, ["one"])])
def test_parts_above_the_bar_are_named_and_those_at_it_are_not(replicated, named):
    table = counting.verdicts(planted(replicated, 20), REGISTERED)
    summary = counting.summary(table, counting.counts(table), {"A02"}, POOL)
    assert [row["part"] for row in summary["above_bar"]] == named
    assert (summary["seeds"], summary["seed_list"][0], summary["seed_list"][-1]) == (20, 7, 26)
    assert summary["share_replicated"] == replicated / 40
    assert summary["pooled"]["parts_in_force"]["share"] == replicated / 20, "without those of a claim that is replaced"
    assert [row["superseded"] for row in summary["parts"]] == [False, True]
    assert [row["part"] for row in summary["parts"]] == ["one", "only"]
    assert (summary["pooled"]["claims"]["testable"], summary["pooled"]["claims"]["not_testable"]) == (20, 20)
