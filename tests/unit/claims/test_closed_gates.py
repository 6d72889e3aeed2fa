"""A guard is believed only where its gates, as they are written down, break their limits."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.claims.closed_gates import kept_limits
from emotion_vectors.conduct import gates


def guard(*values: float, limit: str) -> str:
    """What the study writes of gates that did not pass, whatever their numbers."""
    rows = [
        gates.Gate("b", "generation", "share", value, value - 0.1, value + 0.1, 72, "replies", limit, False)
        for value in values
    ]
    return gates.closed(gates.table(rows).to_dict("records"))


@pytest.mark.parametrize(
    ("limit", "kept", "broken"),
    [
        ("at least 0.75", 0.76, 0.74),
        ("at most 0.5", 0.3, 0.9),
        ("at most 0.5 either way", -0.3, -0.9),
        ("at most 0.5 either way", 0.49, 0.51),
        ("0.05 to 0.95", 0.5, 0.97),
        ("0.05 to 0.95", 0.9, 0.02),
        ("1", 1.0, 0.9),
        ("below 0", -0.2, 0.2),
        ("interval above 0", 0.2, 0.05),
        ("at least 1, interval above 0", 1.2, 0.9),
        ("at least 1.3: Gaussian directions reach 0.433", 1.4, 1.2),
    ],
)
def test_a_gate_that_keeps_its_limit_is_named_and_one_that_breaks_it_is_not(limit, kept, broken):
    assert not list(kept_limits(guard(broken, limit=limit)))
    (named,) = kept_limits(guard(broken, kept, limit=limit))
    assert named.endswith(f"must be {limit}")


def test_an_interval_that_reaches_its_bound_has_closed_a_gate_whatever_the_estimate():
    assert not list(kept_limits("0.000 [−0.060, 0.060] of n = 2, must be interval above 0"))
    assert not list(kept_limits("1.4 [−0.1, 2.9] of n = 2, must be at least 1, interval above 0"))
    assert list(kept_limits("1.4 [0.1, 2.9] of n = 2, must be at least 1, interval above 0"))


def test_a_number_that_rounding_brings_to_its_limit_is_believed():
    assert not list(kept_limits(guard(0.7499, limit="at least 0.75")))


@pytest.mark.parametrize("reason", ["", "no emotion label enters this claim", "projections of 3 of 6 emotions lie off"])
def test_guards_without_a_limit_have_none_to_keep(reason):
    assert not list(kept_limits(reason))


def test_gates_that_close_are_believed_whatever_was_measured():
    """Answers of many strengths: whatever the study closes, the words of the gate say so."""
    limits = gates.GateLimits(2, 0.5, 0.8, 0.5, (0.05, 0.95), 0.8, 0.6, 0.75)
    for seed in range(20):
        draws = np.random.default_rng(seed)
        answers = pd.DataFrame(
            {
                "scenario": np.repeat(["a", "b", "c"], 4),
                "log_odds_nats": draws.normal(0.5, 1, 12),
                "order_bias_nats": draws.normal(0, 1, 12),
            }
        )
        of_answers = gates.choice_gates("b", answers, limits, bootstraps=20, seed=seed)
        assert not list(kept_limits(gates.closed(gates.table(of_answers).to_dict("records"))))
