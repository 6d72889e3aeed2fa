"""Rates corrected for a judge's confusions: planted rates come back, and a closed gate or a blind judge is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.expression import arm_names, corrected
from emotion_vectors.expression.corrected import ConfusionError
from emotion_vectors.statistics.resampling import Draws
from tests.unit.expression.replies import NAMES, judged

DRAWS = Draws(bootstraps=300, shuffles=200, seed=5)


def confusing(share):
    """A judge that calls so many replies of each emotion by the name of the next."""
    return (1 - share) * np.eye(6) + share * np.roll(np.eye(6), 1, axis=1)


def validation(matrix, situations=36, seed=1):
    generator = np.random.default_rng(seed)
    return pd.DataFrame(
        [
            {
                "situation": f"t{situation}",
                "label": label,
                "predicted": NAMES[generator.choice(6, p=matrix[row])] if row < 6 else "none",
            }
            for situation in range(situations)
            for row, label in enumerate([*NAMES, "none"])
        ]
    )


def confuse(table, matrix, seed=2):
    """Replies as that judge would have judged them."""
    generator = np.random.default_rng(seed)
    said = [NAMES[generator.choice(6, p=matrix[NAMES.index(name)])] for name in table["predicted"]]
    return table.assign(predicted=said)


def test_true_shares_come_back_exactly_from_a_known_matrix():
    true = np.array([[0.5, 0.1, 0.1, 0.1, 0.1, 0.1], [0, 0, 1, 0, 0, 0]])
    matrix = confusing(0.3)
    np.testing.assert_allclose(corrected.corrected(true @ matrix, matrix), true, atol=1e-12)
    np.testing.assert_allclose(corrected.corrected(true @ matrix, 40 * matrix), true, atol=1e-12)


def test_planted_rates_are_recovered_where_the_judge_is_often_wrong():
    matrix = confusing(0.35)
    truth = judged(scenarios=40)
    steered = truth[truth["arm"] == arm_names.STEERING]
    true_rate = (steered["predicted"] == steered["emotion"]).mean()
    row = corrected.row(confuse(truth, matrix), validation(matrix), "", DRAWS)
    assert (row["claim"], row["part"]) == ("W02b", "target rate, corrected")
    assert row["low"] < true_rate < row["high"]
    assert row["estimate"] == pytest.approx(true_rate, abs=0.08)
    assert row["null_percentile"] == 100
    assert row["reference"] == pytest.approx(1 / 6)
    assert row["n"] == 40
    uncorrected = float(row["beside"].split()[1].rstrip(";"))
    assert uncorrected < row["low"]


def test_errors_of_the_matrix_widen_the_interval():
    replies = confuse(judged(scenarios=40), confusing(0.35))
    wide, narrow = (corrected.row(replies, validation(confusing(0.35), count), "", DRAWS) for count in (12, 400))
    assert wide["high"] - wide["low"] > 1.5 * (narrow["high"] - narrow["low"])


def test_replies_that_voice_emotions_at_random_are_at_chance():
    chances = dict.fromkeys((arm_names.PROMPTING, arm_names.STEERING, arm_names.STORIES, arm_names.CIRCUIT), 0.0)
    row = corrected.row(judged(chances, scenarios=40), validation(confusing(0.1)), "", DRAWS)
    assert row["low"] < 1 / 6 < row["high"]


def test_a_closed_gate_is_named_and_nothing_is_read():
    row = corrected.row(pd.DataFrame(), pd.DataFrame(), "prompted replies 0.40", DRAWS)
    assert row["guard"] == "prompted replies 0.40"
    assert np.isnan(row["estimate"])


def test_a_judge_that_cannot_tell_two_emotions_apart_corrects_nothing():
    blind = np.eye(6)[[0, 0, 2, 3, 4, 5]]
    with pytest.raises(ConfusionError, match="cannot tell all six emotions"):
        corrected.confusion_counts(validation(blind))
    table = validation(np.eye(6))
    with pytest.raises(ConfusionError, match="label more of them"):
        corrected.confusion_counts(table[table["label"] != "fear"])


def test_steered_replies_alone_are_counted_by_what_was_meant():
    table = judged(scenarios=3)
    shares = corrected.voiced(table, corrected.hits_of(table))
    own = table[(table["arm"] == arm_names.STEERING) & (table["scenario"] == "s2") & (table["emotion"] == "fear")]
    for place, name in enumerate(NAMES):
        assert shares[2, NAMES.index("fear"), place] == pytest.approx((own["predicted"] == name).mean())
    np.testing.assert_allclose(shares.sum(-1), 1)
