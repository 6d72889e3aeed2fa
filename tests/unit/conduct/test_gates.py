"""Gates: what they measure, and which side of a limit passes."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.conduct import gates

LIMITS = {"fluency_nats": 0.5, "comprehension": 0.8, "order_bias_nats": 1.0}


def answers(odds, bias=0.2):
    """Answers to five questions about each of two situations."""
    scenarios = ["s1"] * 5 + ["s2"] * 5
    return pd.DataFrame({"scenario": scenarios, "log_odds_nats": odds, "order_bias_nats": bias})


def test_comprehension_is_the_share_of_right_answers():
    share, leaning = gates.choice_gates("blackmail", answers([1, 2, 3, 1, 1, 1, 1, 1, -1, -2]), LIMITS, 200, 1)
    assert share.value == pytest.approx(0.8)
    assert share.n == 10
    assert share.low == pytest.approx(0.6)
    assert share.high == pytest.approx(1.0)
    assert share.passed
    assert leaning.value == pytest.approx(0.2)
    assert leaning.passed


@pytest.mark.parametrize(
    ("odds", "bias", "fails"),
    [([1] * 7 + [-1] * 3, 0.2, 0), ([1] * 10, 1.01, 1), ([1] * 10, -1.01, 1), ([0.0] * 10, 0.0, 0)],
)
def test_either_limit_closes_the_gate(odds, bias, fails):
    found = gates.choice_gates("blackmail", answers(odds, bias), LIMITS, 200, 1)
    assert [gate.passed for gate in found] == [place != fails for place in range(2)]
    assert not gates.passed(found)


def test_sides_of_unequal_fluency_are_reported():
    odds = {"a against b": np.array([0.4, 0.6]), "c against b": np.array([-0.7, -0.6])}
    close, far = gates.likelihood_gates("pleasing", odds, LIMITS, 200, 1)
    assert close.passed
    assert not far.passed
    assert far.low == pytest.approx(-0.7)
    assert (far.value, far.n, far.of) == (pytest.approx(-0.65), 2, "situations")


def test_a_table_keeps_every_field_of_every_gate():
    table = gates.table(gates.likelihood_gates("pleasing", {"a against b": np.array([0.1, 0.3])}, LIMITS, 200, 1))
    assert list(table.columns) == list(gates.Gate.__dataclass_fields__)
    assert bool(table["passed"].iloc[0])
