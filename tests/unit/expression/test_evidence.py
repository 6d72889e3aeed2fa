"""What arms express: rates and evidence on judged replies made by hand, and the likelihood of written replies on tiny models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.claims import evidence as evidence_rows
from emotion_vectors.claims import judging
from emotion_vectors.expression import arm_names, evidence
from emotion_vectors.expression import rates as expression_rates
from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.expression.rates import ExpressionError
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.reply_classes import NONE
from tests.unit.expression.replies import CHANCES, NAMES, REGISTERED, judged

DRAWS = Draws(bootstraps=300, shuffles=400, seed=5)


def verdicts(table, likelihood="written"):
    rates = expression_rates.rate_table(table, 100, 1)
    rows = evidence.rows(expression_rates.hits_of(table), rates, likelihood, DRAWS)
    frame = evidence_rows.unmark(evidence_rows.mark_missing(pd.DataFrame(rows)))
    parts = {(row["claim"], row["part"]): row for row in rows}
    found = {}
    for claim in evidence.PARTS:
        for part in REGISTERED[claim]["parts"]:
            found[claim, part["name"]] = judging.judge_part(part, parts[claim, part["name"]]).verdict
    assert len(frame) == len(found) == len(parts)
    return found, parts


def test_hits_are_those_of_the_replies_and_the_ladder_is_no_arm():
    table = judged().sample(frac=1, random_state=1)
    hits = expression_rates.hits_of(table)
    events_in_order = list(table.loc[table["arm"] == "unsteered", "event"])
    for arm in CHANCES:
        own = table[(table["arm"] == arm) & (table["dose"] == 1.0)].set_index(["event", "emotion"])["predicted"]
        for row, column in ((0, 0), (17, 4), (35, 5)):
            expected = own[events_in_order[row], NAMES[column]] == NAMES[column]
            assert hits.aimed[arm][row, column] == expected
    drawn = table[table["arm"] == arm_names.RANDOM].set_index(["event", "direction"])["predicted"]
    order = list(table.loc[table["arm"] == arm_names.RANDOM, "direction"].drop_duplicates())
    assert hits.random.shape == (36, 8, 6)
    assert NAMES[hits.random[3, 2].argmax()] == drawn[events_in_order[3], order[2]]
    assert (hits.random.sum(-1) == 1).all()
    assert hits.unsteered.mean() == pytest.approx(1 / 6)


def test_an_arm_that_lacks_replies_is_named():
    table = judged(scenarios=2)
    lacking = table[~((table["arm"] == arm_names.STORIES) & (table["event"] == "s1-neutral"))]
    with pytest.raises(ExpressionError, match="arm 'stories' lacks replies to s1-neutral"):
        expression_rates.hits_of(lacking)
    with pytest.raises(ExpressionError, match="no replies under random directions"):
        expression_rates.hits_of(table[table["arm"] != arm_names.RANDOM])


def test_the_table_has_every_arm_emotion_and_valence_with_its_own_replies():
    replies = judged(scenarios=4)
    table = expression_rates.rate_table(replies, 200, 1)
    groups = replies.groupby(["arm", "dose"]).ngroups
    assert len(table) == groups * 7 * 4
    at = table.set_index(["arm", "dose", "emotion", "valence"])
    own = replies[(replies["arm"] == arm_names.STEERING) & (replies["emotion"] == "fear")]
    row = at.loc[arm_names.STEERING, 1.0, "fear", ALL]
    assert row["target_rate"] == pytest.approx((own["predicted"] == "fear").mean())
    assert row["n"] == 12
    assert row["none_share"] == pytest.approx((own["verdict"] == NONE).mean())
    assert row["low"] <= row["target_rate"] <= row["high"]
    plain = replies[(replies["arm"] == "unsteered") & (replies["valence"] == "neutral")]
    row = at.loc["unsteered", 0.0, "anger", "neutral"]
    assert row["target_rate"] == pytest.approx((plain["predicted"] == "anger").mean())
    assert (row["n"], at.loc["unsteered", 0.0, ALL, ALL]["n"]) == (4, 12)
    assert at.loc["unsteered", 0.0, ALL, ALL]["target_rate"] == pytest.approx(1 / 6)
    assert expression_rates.of_arm(table, arm_names.CIRCUIT)["relevance"] == pytest.approx(0.8)
    assert expression_rates.of_arm(table, arm_names.CIRCUIT, 0.5)["dose"] == 0.5
    assert not table.isna().any(axis=None)


def test_planted_effects_are_found():
    found, parts = verdicts(judged(hard=0.7))
    assert set(found) == {
        (claim, part["name"]) for claim in ("W02", "W03", "W08", "O04") for part in REGISTERED[claim]["parts"]
    }
    assert {name: verdict for name, verdict in found.items() if verdict != "replicated"} == {}
    assert parts["W02", "target rate"]["reference"] == pytest.approx(1 / 6)
    assert parts["W03", "surprise minus the lowest of the others"]["estimate"] < -0.3
    assert parts["W08", "circuit minus prompting"]["n"] == 12 * 3 * 6
    assert parts["W02", "target rate"]["beside"].endswith("; written")
    assert "relevance 0.80" in parts["W08", "circuit minus steering"]["beside"]


def test_nothing_is_found_where_nothing_is():
    tables = [judged(dict.fromkeys(CHANCES, 0.0), seed=seed, scenarios=8) for seed in range(4)]
    replicated = []
    for table in tables:
        found, _ = verdicts(table)
        replicated += [name for name, verdict in found.items() if verdict in ("replicated", "partial")]
        assert found["O04", "smaller as a share of larger rise"] != "replicated"
    assert len(replicated) <= 4  # Of 36 parts, each with a chance of about 5 %.


def test_equal_arms_do_not_differ_and_surprise_is_as_hard_as_the_rest():
    same = dict.fromkeys(CHANCES, 0.7)
    for seed in (1, 2):
        found, parts = verdicts(judged(same, seed=seed))
        assert found["W08", "circuit minus steering"] not in ("replicated", "partial")
        assert found["W03", "surprise minus the mean of the others"] not in ("replicated", "partial")
        assert parts["O04", "smaller as a share of larger rise"]["null_percentile"] == 100


def test_a_method_that_does_less_is_not_called_equal():
    found, parts = verdicts(judged(CHANCES | {arm_names.STORIES: 0.35}))
    assert found["O04", "smaller as a share of larger rise"] in ("partial", "inconclusive", "not replicated")
    assert parts["O04", "smaller as a share of larger rise"]["estimate"] < 0.7
    assert "exchanged at random at least 0.8" in parts["O04", "smaller as a share of larger rise"]["beside"]


def test_where_neither_method_raises_the_rate_equality_is_not_testable():
    found, parts = verdicts(judged(CHANCES | {arm_names.STORIES: 0.0, arm_names.STEERING: 0.0}, seed=3))
    assert found["O04", "smaller as a share of larger rise"] == "not testable"
    assert parts["O04", "smaller as a share of larger rise"]["guard"] == evidence.NEITHER


def test_random_directions_stand_for_six_emotions_each_at_most_once():
    drawn = evidence.assignments(8, DRAWS)
    assert drawn.shape == (400, 6)
    assert all(len(set(row)) == 6 for row in drawn.tolist())
    assert set(drawn.flatten().tolist()) == set(range(8))
    hits = expression_rates.hits_of(judged())
    means = hits.random.mean(0)
    expected = [[means[place, emotion] for emotion, place in enumerate(row)] for row in drawn[:5]]
    np.testing.assert_allclose(evidence.random_rates(hits, DRAWS)[:5], expected)
    with pytest.raises(ValueError, match=r"raise circuits\.random_directions"):
        evidence.assignments(5, DRAWS)


def test_a_random_direction_that_voices_one_emotion_alone_reaches_chance_and_no_more():
    table = judged()
    table.loc[table["arm"] == arm_names.RANDOM, "predicted"] = "anger"
    null = evidence.random_rates(expression_rates.hits_of(table), DRAWS).mean(-1)
    np.testing.assert_allclose(null, 1 / 6)


def test_the_smaller_rise_as_a_share_of_the_larger():
    rises = np.array([[0.2, 0.4], [0.4, 0.3], [-0.1, 0.2], [-0.5, 0.1], [-0.2, -0.1], [0.0, 0.0]])
    np.testing.assert_allclose(evidence.smaller_over_larger(rises), [0.5, 0.75, -0.5, -1.0, 0.0, 0.0])
