"""Gates of a readout of acts: open where it follows what should move it, closed where it does not, and by a mere mention."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.acts import ceiling, sensitivity
from emotion_vectors.acts import odds as log_odds
from emotion_vectors.acts.sensitivity import GateDraws, SensitivityLimits
from emotion_vectors.stimuli.acts.table import ORDER
from tests.random_tensors import random
from tests.unit.acts.planted import LENDING

LIMITS = SensitivityLimits(
    order_nats=1.0, order_scenarios=0.75, mention_share=0.5, ceiling_share=1 / 3, ceiling_nats=0.1
)
DRAWS = GateDraws(bootstraps=200, seed=1)
SCENARIOS = [f"s{number}" for number in range(12)]


def odds(order: float = 0.0, stake: float = 0.0, mention: float = 0.0) -> pd.DataFrame:
    """Log-odds of twelve scenes with a little noise: what orders, something at stake and a mere mention add."""
    generator = np.random.default_rng(0)
    nothing = {"name": "-", "direction": "-", "turn": "-", "wording": 0}
    rows = []
    for scenario in SCENARIOS:
        base = generator.normal()
        contexts = {"spare": 0.0, "alone": stake, "told": mention}
        rows += [{"kind": "context", "context": name, **nothing, "added": added} for name, added in contexts.items()]
        rows += [
            {
                "kind": "order",
                "context": "alone",
                "name": "lending",
                "direction": direction,
                "turn": turn,
                "wording": 0,
                "added": stake + sign * order / 2,
            }
            for direction, sign in (("for", 1), ("against", -1))
            for turn in ("system", "user")
        ]
        for row in rows[-7:]:
            row |= {"scenario": scenario, "logodds_nats": base + row["added"] + 0.05 * generator.normal()}
    return pd.DataFrame(rows).assign(reply=0, hand="first")


@pytest.mark.parametrize(("order", "opened"), [(2.0, [True, True]), (0.5, [False, True]), (-2.0, [False, False])])
def test_an_order_must_move_the_readout_far_enough_and_its_own_way(order, opened):
    gates = sensitivity.order_gates(LENDING, odds(order=order), LIMITS, DRAWS)
    assert [gate.passed for gate in gates] == opened
    assert gates[0].value == pytest.approx(order, abs=0.1)
    assert gates[0].n == len(SCENARIOS)


@pytest.mark.parametrize(("stake", "opened"), [(1.0, True), (0.0, False), (-1.0, False)])
def test_what_makes_the_act_one_must_raise_it(stake, opened):
    assert sensitivity.known_groups_gate(LENDING, odds(stake=stake), DRAWS).passed == opened


@pytest.mark.parametrize(
    ("stake", "mention", "opened"),
    [(2.0, 0.5, True), (2.0, 1.5, False), (2.0, -1.5, False), (-2.0, 0.0, False)],
)
def test_a_mere_mention_must_do_less_than_half_of_it_either_way(stake, mention, opened):
    assert sensitivity.mention_gate(LENDING, odds(stake=stake, mention=mention), LIMITS, DRAWS).passed == opened


def test_a_mention_is_counted_from_a_context_that_differs_from_it_by_the_mention_alone():
    """A history of attempts that stands in the plain context and not in the mention is none of the mention."""
    later = replace(LENDING, plain="tried", control="tried")
    table = odds(stake=2.0, mention=0.9)
    tried = table[table["context"] == "spare"].assign(
        context="tried", logodds_nats=lambda rows: rows["logodds_nats"] + 1.5
    )
    whole = pd.concat([table, tried], ignore_index=True)
    gate = sensitivity.mention_gate(later, whole, LIMITS, DRAWS)
    assert gate.value == pytest.approx(0.9 - 0.5 * 0.5, abs=0.1)
    assert not gate.passed
    assert sensitivity.mention_gate(replace(later, mention_from="tried"), whole, LIMITS, DRAWS).value == pytest.approx(
        0.6 - 0.25, abs=0.1
    )


def test_of_a_manner_the_context_is_shown_and_mentions_are_held_against_orders():
    manner = replace(LENDING, moved_by=ORDER)
    table = odds(order=2.4, stake=-1.0, mention=0.5)
    assert sensitivity.known_groups_gate(manner, table, DRAWS).passed
    assert sensitivity.mention_gate(manner, table, LIMITS, DRAWS).passed
    assert not sensitivity.mention_gate(manner, odds(order=0.5, mention=0.5), LIMITS, DRAWS).passed


def test_the_ceiling_is_high_where_scenes_share_a_direction_and_about_nothing_where_they_do_not():
    shared = random(24, seed=1) + 0.1 * random(12, 24, seed=2)
    for difference, opened in ((shared, True), (random(12, 24, seed=3), False)):
        gate = ceiling.ceiling_gate(LENDING, difference, 2.0, {"Gaussian": 0.2, "semantic": 0.1}, LIMITS, DRAWS)
        assert gate.passed == opened
        assert gate.limit == "at least 1"


def test_a_ceiling_below_twice_the_smallest_effect_is_closed_however_small_the_nulls():
    shared = 0.01 * random(24, seed=1) + 0.001 * random(12, 24, seed=2)
    thresholds, least = {"Gaussian": 1e-6}, replace(LIMITS, ceiling_nats=0.5)
    assert not ceiling.ceiling_gate(LENDING, shared, 2.0, thresholds, least, DRAWS).passed


def test_scenarios_stand_in_the_order_of_the_table_under_orders_too():
    table = odds(order=2.0)
    table = table.assign(
        logodds_nats=table["added"] + 9.0 * (table["scenario"] == "s11") * (table["direction"] == "for")
    )
    backwards = table.iloc[::-1]
    assert log_odds.ordered(table, LENDING, "alone").argmax() == 11
    assert log_odds.ordered(backwards, LENDING, "alone").argmax() == 0
    assert list(log_odds.in_context(backwards, "alone").index) == SCENARIOS[::-1]


def test_a_scene_does_not_help_to_point_at_itself():
    apart = torch.eye(6)
    assert np.abs(ceiling.ceiling(apart, 2.0)).max() < 1e-6
