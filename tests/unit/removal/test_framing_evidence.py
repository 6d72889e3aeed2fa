"""Framing and mediation on made-up answers whose effects are known."""

import numpy as np
import pytest

from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.removal import framing_evidence
from emotion_vectors.removal.framing_evidence import Framed, framing_rows
from emotion_vectors.removal.kinds import MATCHED, PERMUTED, RUN_CLAMPS
from emotion_vectors.statistics.resampling import Draws
from tests.removal_tables import framed
from tests.unit.removal.verdicts import verdicts_on

DRAWS = Draws(300, 400, 3)


def verdicts(made: Framed) -> dict[str, str]:
    rows = framing_rows(made, "", DRAWS)
    return verdicts_on("S02", rows) | verdicts_on("S03", rows)


def test_a_planted_effect_is_found_and_so_is_its_mediation():
    rows = framing_rows(framed(0.5, share=0.6), "", DRAWS)
    assert {*verdicts(framed(0.5, share=0.6)).values()} == {"replicated"}
    odds, share = rows[1], rows[3]
    assert odds["estimate"] == pytest.approx(0.5, abs=0.05)
    assert share["estimate"] == pytest.approx(0.6, abs=0.05)
    assert (odds["n"], odds["of"]) == (15, "framings")
    assert "whole stream 1.0" in share["beside"]


@pytest.mark.parametrize("seed", range(5))
def test_no_effect_is_none_and_has_nothing_to_mediate(seed):
    told = verdicts(framed(0.0, share=0.6, seed=seed))
    assert told["log-odds of the right answer"] != "replicated"
    assert told["share mediated"] == "not testable"


def test_an_effect_downwards_is_no_improvement_and_can_be_mediated():
    told = verdicts(framed(-0.5, share=0.6))
    assert told["log-odds of the right answer"] == "not replicated"
    assert told["share mediated"] == "replicated"


def test_an_effect_outside_the_subspace_is_not_mediated():
    assert verdicts(framed(0.5, share=0.0))["share mediated"] in ("not replicated", "inconclusive")


def test_framings_that_raise_no_emotion_mediate_nothing():
    told = verdicts(framed(0.5, share=0.6, shift=0.0))
    assert told["readings shift"] != "replicated"
    assert told["share mediated"] == "not testable"


def test_a_share_that_the_clamp_itself_does_not_take_is_at_most_partial():
    assert verdicts(framed(0.5, share=0.6, finite=-0.2))["share mediated"] == "partial"


@pytest.mark.parametrize("kind", [MATCHED, SHUFFLED])
def test_random_subspaces_that_take_as_much_stand_against_a_share(kind):
    made = framed(0.5, share=0.3)
    answers = made.answers.assign(**{f"removed, {kind}": made.answers["removed"]})
    rows = framing_rows(Framed(answers, made.nulls), "", DRAWS)
    assert verdicts_on("S03", rows)["share mediated"] != "replicated"


def test_one_item_that_everything_hangs_on_is_not_enough():
    """Effects of a single item: signs by framing alone would call them certain."""
    made = framed(0.0)
    first = made.answers["item"] == "i00"
    answers = made.answers.assign(framed=made.answers["neutral"] + np.where(first, 3.0, 0.0))
    row = framing_rows(Framed(answers, made.nulls), "", DRAWS)[1]
    assert row["null_percentile"] < 95 or row["low"] <= 0


def test_a_closed_gate_leaves_nothing_to_test():
    rows = framing_rows(framed(0.5), "capability: closed", DRAWS)
    assert {row["guard"] for row in rows} == {"capability: closed"}
    assert len(rows) == 4
    assert framing_evidence.LOG_ODDS in {row["part"] for row in rows}


def changed(made: Framed, measure: str, kind: str, by: float) -> Framed:
    """The same with values of one null moved."""
    nulls = made.nulls.copy()
    nulls.loc[(nulls["measure"] == measure) & (nulls["kind"] == kind), "value"] += by
    return Framed(made.answers, nulls)


def test_vivid_words_without_a_mood_that_do_as_much_leave_nothing_specific():
    made = framed(0.5, share=0.6)
    as_much = Framed(made.answers.assign(vivid=made.answers["framed"] + 0.01), made.nulls)
    told = verdicts(as_much)
    assert (told["accuracy"], told["log-odds of the right answer"], told["share mediated"]) == ("partial",) * 3
    rows = framing_rows(as_much, "", DRAWS)
    assert all("not specific" in row["unconfirmed"] for row in (*rows[:2], rows[3]))


def test_readings_that_rise_whichever_emotion_is_meant_are_no_shift():
    told = verdicts(changed(framed(0.5, share=0.6), "reading", PERMUTED, 1.0))
    assert told["readings shift"] != "replicated"
    assert told["share mediated"] == "not testable"


def test_an_effect_that_later_blocks_read_from_the_words_is_out_of_reach():
    made = framed(0.5, share=0.6)
    left = made.answers["framed"] - 0.2 * (made.answers["framed"] - made.answers["neutral"])
    rows = framing_rows(Framed(made.answers.assign(whole=left), made.nulls), "", DRAWS)
    assert verdicts_on("S03", rows)["share mediated"] == "not testable"
    assert "whole stream at this layer takes away 0.20" in rows[3]["guard"]


def test_random_clamps_that_take_as_much_leave_a_share_unconfirmed():
    made = changed(framed(0.5, share=0.6), RUN_CLAMPS, MATCHED, 0.35)
    rows = framing_rows(made, "", DRAWS)
    assert verdicts_on("S03", rows)["share mediated"] == "partial"
    assert "questions with random clamps" in rows[3]["unconfirmed"]


@pytest.mark.parametrize("seed", range(3))
def test_questions_of_which_none_flips_do_not_show_that_framing_does_nothing(seed):
    made = framed(0.0, seed=seed)
    sure = made.answers.assign(**{name: made.answers[name] + 9.0 for name in ("framed", "neutral", "vivid")})
    assert verdicts(Framed(sure, made.nulls))["accuracy"] == "inconclusive"
