"""Costs beside random subspaces: a planted one is found, and one of the random ones is not."""

import numpy as np
import pytest

from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.removal import cost_evidence, gate
from emotion_vectors.removal.against_random import widened
from emotion_vectors.removal.cost_evidence import cost_rows
from emotion_vectors.removal.kinds import ALL_LAYERS, EMOTION, TOPICS
from emotion_vectors.statistics.effects import Effect
from emotion_vectors.statistics.resampling import Draws
from tests.removal_tables import ITEMS, PASSAGES, costs
from tests.unit.removal.verdicts import verdicts_on

DRAWS, LIMITS = Draws(300, 100, 3), (0.6, 0.95)


def test_what_an_emotion_subspace_costs_beyond_random_ones_is_found():
    rows = cost_rows(costs(0.3, 0.4), LIMITS, DRAWS)
    assert {*verdicts_on("S01", rows).values()} == {"replicated"}
    by_part = {row["part"]: row for row in rows}
    text, answers = by_part["perplexity, equal dimension"], by_part["accuracy lost, equal variance"]
    assert text["estimate"] == pytest.approx(0.3, abs=0.03)
    assert (text["n"], text["of"], answers["n"], answers["of"]) == (PASSAGES, "passages", ITEMS, "questions")
    assert "emotion capped at percentile 75" in text["beside"]
    assert "accuracy 0.80" in answers["beside"]


@pytest.mark.parametrize("seed", range(5))
def test_one_of_the_random_ones_is_not(seed):
    assert "replicated" not in verdicts_on("S01", cost_rows(costs(0.0, 0.0, seed=seed), LIMITS, DRAWS)).values()


def test_topics_that_cost_as_much_stand_against_equal_dimension_alone():
    both = costs(0.3, 0.4)
    falls = both.falls
    falls.loc[falls["kind"] == TOPICS, cost_evidence.FALL] += 0.5
    verdicts = verdicts_on("S01", cost_rows(both, LIMITS, DRAWS))
    assert verdicts["perplexity, equal dimension"] != "replicated"
    assert verdicts["perplexity, equal variance"] == "replicated"


@pytest.mark.parametrize("accuracy", [0.5, 1.0])
def test_answers_by_chance_or_without_fault_close_the_gate_for_accuracy_alone(accuracy):
    made = costs(0.3, 0.4, accuracy=accuracy)
    verdicts = verdicts_on("S01", cost_rows(made, LIMITS, DRAWS))
    assert {verdicts[f"accuracy lost, {name}"] for name in cost_evidence.PARTS.values()} == {"not testable"}
    assert {verdicts[f"perplexity, {name}"] for name in cost_evidence.PARTS.values()} == {"replicated"}
    assert "answered rightly as they stand" in gate.closed(made.answers, LIMITS, DRAWS)
    assert not gate.passed(made.answers, LIMITS)


def test_shuffled_labels_that_cost_as_much_stand_against_everything():
    """A subspace chosen for what varies most between texts costs more than random ones, whichever labels it is chosen by."""
    made = costs(0.3, 0.4)
    falls, answers = made.falls, made.answers
    falls.loc[falls["kind"] == SHUFFLED, cost_evidence.FALL] += 0.3
    of_emotion = answers[answers["kind"] == EMOTION].set_index(["where", "item"])[cost_evidence.ODDS]
    of_emotion = of_emotion[~of_emotion.index.duplicated()]
    shuffled = answers["kind"] == SHUFFLED
    rows = answers.loc[shuffled, ["where", "item"]].itertuples(index=False, name=None)
    answers.loc[shuffled, cost_evidence.ODDS] = [of_emotion[key] for key in rows]
    assert "replicated" not in verdicts_on("S01", cost_rows(made, LIMITS, DRAWS)).values()


def test_few_questions_of_which_none_flips_do_not_show_that_nothing_is_lost():
    made = costs(0.3, 0.0)
    answers = made.answers[made.answers["item"] < "i24"].copy()
    plain = answers[answers["kind"] == "none"].set_index("item")[cost_evidence.ODDS]
    at_all = (answers["kind"] == EMOTION) & (answers["where"] == ALL_LAYERS)
    answers.loc[at_all, cost_evidence.ODDS] = plain.loc[answers.loc[at_all, "item"]].to_numpy()
    rows = cost_rows(cost_evidence.Costs(made.falls, answers, made.first_order), (0.5, 1.0), DRAWS)
    verdicts = verdicts_on("S01", rows)
    assert {verdicts[f"accuracy lost, {name}"] for name in cost_evidence.PARTS.values()} == {"inconclusive"}


def effect(estimate: float) -> Effect:
    return Effect(estimate, estimate - 0.01, estimate + 0.01, 50.0, 0.1, n=24, of="questions", unit="accuracy")


def test_few_flips_have_exact_bounds_and_many_have_their_own():
    none = widened(effect(-0.02), np.zeros((24, 1)))
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 24) - 0.02)
    assert none.low == pytest.approx(-(1 - 0.025 ** (1 / 24)) - 0.02)
    four, five = (np.eye(24)[:, :count].sum(1, keepdims=True) for count in (4, 5))
    assert widened(effect(0.16), four).low < 0
    assert widened(effect(0.2), five) == effect(0.2)
    # Four answers of one question are one that flips.
    assert widened(effect(0.2), np.eye(24)[:, [0] * 8]).high > 0.2
