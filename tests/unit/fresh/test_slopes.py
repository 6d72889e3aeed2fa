"""Own replies to fresh events: planted slopes are found, those along other directions are not, and the replies of the project are read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from emotion_vectors.claims import judging, registry
from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.expression import likelihood
from emotion_vectors.expression.evidence import minus_mean
from emotion_vectors.expression.likelihood_slopes import INSTRUCTIONS, STORY_VECTORS, main_layer_directions
from emotion_vectors.fresh import guards
from emotion_vectors.fresh import slopes as fresh_slopes
from emotion_vectors.overlap.comparison import PLEASANT
from emotion_vectors.overlap.conduct import null_sets
from emotion_vectors.statistics.algebra import centred
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import events
from tests.random_tensors import random
from tests.unit.expression.replies import CLAIMS, NAMES

DRAWS = Draws(bootstraps=300, shuffles=200, seed=5)
WIDTH, EVENTS, NORM = 64, 16, torch.tensor(2.0)
REGISTERED = registry.load([CLAIMS / "contrasts.yaml"], CLAIMS.parent / "schemas/claim.schema.yaml")
PARTS = [(claim, part["name"]) for claim in ("W02b", "W03b", "O04b") for part in REGISTERED[claim]["parts"]]
MEASURED = [name for name in PARTS if name != ("W02b", "target rate, corrected")]


def orthonormal(seed):
    return torch.linalg.qr(random(WIDTH, WIDTH, seed=seed))[0][:6]


def planted(strengths, seed=0):
    """Readings whose own replies rise along six orthonormal directions, as strongly as is said, and these directions."""
    directions = orthonormal(3)
    gradients = torch.tensor(strengths)[:, None] * directions + 0.3 * random(EVENTS, 6, WIDTH, seed=seed) / WIDTH**0.5
    lengths = torch.linspace(20, 40, 6).expand(EVENTS, 6).clone()
    named = torch.eye(6).expand(EVENTS, 6, 6).clone()
    scenarios = [f"s{number}" for number in range(EVENTS)]
    return likelihood.Readings(torch.zeros(EVENTS, 6), named, gradients, lengths, scenarios), directions


def measured(readings, instructions, stories):
    nulls = null_sets(centred(random(20, 6, WIDTH, seed=8), axis=1), DRAWS.shuffles, 7)
    nulls[fresh_slopes.SHUFFLED_STORIES] = centred(random(50, 6, WIDTH, seed=9), axis=1)
    return fresh_slopes.measure(readings, main_layer_directions(instructions, stories), nulls, NORM)


def judged(slopes):
    rows = {(row["claim"], row["part"]): row for row in fresh_slopes.rows(slopes, DRAWS)}
    verdicts = {
        (claim, part["name"]): judging.judge_part(part, rows[claim, part["name"]], 2).verdict
        for claim, part in ((claim, part) for claim in ("W02b", "W03b", "O04b") for part in REGISTERED[claim]["parts"])
        if (claim, part["name"]) in rows
    }
    assert list(rows) == MEASURED
    return verdicts, rows


def test_slopes_are_in_nats_per_reply_for_a_tenth_of_the_norm():
    readings, directions = planted([0.2] * 6)
    slopes = measured(readings, directions, directions)
    unit = directions - directions.mean(0)
    unit = unit / unit.norm(dim=1, keepdim=True)
    expected = 0.1 * 2.0 * (readings.gradients[5, 2] @ unit[2]) * readings.lengths[5, 2]
    assert slopes.own(INSTRUCTIONS)[5, 2] == pytest.approx(float(expected), rel=1e-5)
    assert slopes.own(fresh_slopes.NAMED)[5, 2] == pytest.approx(float(readings.lengths[5, 2]))
    crossed = 0.1 * 2.0 * (readings.gradients[5, 4] @ unit[2]) * readings.lengths[5, 4]
    assert slopes.changes[INSTRUCTIONS][5, 2, 4] == pytest.approx(float(crossed), rel=1e-4)
    drawn = slopes.null[GAUSSIAN]
    assert drawn.shape == slopes.null[SHUFFLED].shape == (200, 6, 6)
    assert slopes.own_null(INSTRUCTIONS)[GAUSSIAN][9] == pytest.approx(np.trace(drawn[9]) / 6)


def test_planted_slopes_of_both_methods_are_found_and_surprise_is_the_hardest():
    strengths = [0.3] * 6
    strengths[NAMES.index("surprise")] = 0.1
    readings, directions = planted(strengths)
    verdicts, rows = judged(measured(readings, directions, 3 * directions))
    assert {name: verdict for name, verdict in verdicts.items() if verdict != "replicated"} == {}
    assert rows["O04b", "smaller as a share of larger slope"]["estimate"] == pytest.approx(1)
    assert all(row["n"] == EVENTS and row["guard"] == "" for row in rows.values())
    assert "own reply most in 6 of 6" in rows["W02b", "own reply"]["beside"]


@pytest.mark.parametrize(("events", "closed"), [(5, True), (6, False)])
def test_nothing_is_judged_on_fewer_than_six_events(events, closed):
    readings, directions = planted([0.3] * 6)
    slopes = measured(readings, directions, directions)
    few = {method: values[:events] for method, values in slopes.changes.items()}
    _, rows = judged(replace(slopes, changes=few))
    assert all(("circuits.fresh_events" in row["guard"]) == closed for row in rows.values())


def test_directions_that_raise_all_replies_alike_make_none_the_hardest():
    readings, directions = planted([0.3 * 30 / length for length in torch.linspace(20, 40, 6)])
    verdicts, rows = judged(measured(readings, directions, directions))
    assert verdicts["W02b", "own reply"] == "replicated"
    assert abs(rows["W03b", "surprise minus the mean of the others"]["estimate"]) < 0.25
    assert verdicts["W03b", "surprise minus the mean of the others"] not in ("replicated", "partial")


def test_surprise_that_falls_as_far_behind_under_the_order_is_not_confirmed():
    """A reply in surprise that is harder to move, by whatever it is moved."""
    strengths, named = [0.3] * 6, torch.eye(6)
    place = NAMES.index("surprise")
    strengths[place], named[place, place] = 0.1, 0.1
    readings, directions = planted(strengths)
    readings = replace(readings, named=named.expand(EVENTS, 6, 6).clone())
    verdicts, rows = judged(measured(readings, directions, directions))
    for part in fresh_slopes.SURPRISE_PARTS:
        assert verdicts["W03b", part] == "partial"
        assert rows["W03b", part]["unconfirmed"] == guards.AS_UNDER_THE_ORDER
    lowest = 0.1 * float(readings.lengths[0, place]) - 20
    assert rows["W03b", "surprise minus the lowest of the others"]["beside"].startswith(
        f"the same under the order {lowest:+.2f} nats"
    )


def test_random_directions_raise_nothing_and_are_not_compared():
    hits, closed = [], 0
    for seed in range(6):
        slopes = measured(planted([0.3] * 6, seed)[0], orthonormal(20 + seed), orthonormal(40 + seed))
        verdicts, rows = judged(slopes)
        hits += [name for name, verdict in verdicts.items() if verdict in ("replicated", "partial")]
        guard = rows["W03b", "surprise minus the lowest of the others"]["guard"]
        assert (guard == fresh_slopes.NO_STEERING) != fresh_slopes.raises(
            fresh_slopes.own_effect(slopes, INSTRUCTIONS, DRAWS)[0]
        )
        closed += bool(guard)
    assert closed >= 4
    assert len(hits) <= 3  # Of 36 parts, each with a chance of about 5 %.


def test_an_axis_of_pleasantness_alone_raises_own_replies_and_is_not_confirmed():
    """Directions and replies that know the valence and nothing else: every own slope is positive, no emotion is told from its like."""
    axis = orthonormal(3)[0]
    signs = torch.tensor([1.0 if name in PLEASANT else -1.0 for name in NAMES])[:, None]
    confirmed = 0
    for seed in range(12):
        readings, _ = planted([0.0] * 6, seed)
        texts = 0.02 * random(6, WIDTH, seed=200 + seed)
        readings = replace(readings, gradients=readings.gradients + 0.3 * signs * axis + texts)
        both = [signs * axis + 0.02 * random(6, WIDTH, seed=first + seed) for first in (300, 400)]
        verdicts, rows = judged(measured(readings, *both))
        for part in (
            ("W02b", "own reply"),
            ("O04b", "story vectors, own reply"),
            ("O04b", "instruction vectors, own reply"),
        ):
            assert rows[part]["low"] > 0.25
            assert verdicts[part] == ("partial" if rows[part]["unconfirmed"] else "replicated")
            confirmed += verdicts[part] == "replicated"
    assert confirmed <= 5  # Of 36, each with a chance of about 4 %.


def test_emotions_permuted_within_events_are_no_signal():
    """Own slopes that belong to events, not to emotions, never make surprise the hardest by more than one time in ten."""
    found = 0
    for seed in range(20):
        by_event = np.random.default_rng(seed).normal(1.0, 1.0, (EVENTS, 6))
        effect = fresh_slopes.surprise_effect(by_event, minus_mean, DRAWS)
        found += effect.null_percentile > 95 and effect.high < 0
    assert found <= 2


def test_a_method_with_half_the_slope_is_not_called_equal():
    readings, directions = planted([0.3] * 6)
    weaker = 0.5 * directions + 0.5 * 3**0.5 * orthonormal(3)[[1, 2, 3, 4, 5, 0]]
    verdicts, rows = judged(measured(readings, directions, weaker))
    share = rows["O04b", "smaller as a share of larger slope"]
    assert share["estimate"] < 0.6
    assert verdicts["O04b", "smaller as a share of larger slope"] == "not replicated"


def shares_of(larger, smaller, spread):
    """Evidence on equality, and its verdict, where one method's slopes vary over events by `spread` around a smaller mean."""
    readings, directions = planted([0.3] * 6)
    slopes = measured(readings, directions, directions)
    changes = {method: values.copy() for method, values in slopes.changes.items()}
    wave = np.tile([1.0, -1.0], EVENTS // 2)
    for method, values in ((INSTRUCTIONS, np.full(EVENTS, larger)), (STORY_VECTORS, smaller + spread * wave)):
        changes[method][:] = values[:, None, None] * np.eye(6)
    verdicts, rows = judged(replace(slopes, changes=changes))
    part = "O04b", "smaller as a share of larger slope"
    return verdicts[part], rows[part]


@pytest.mark.parametrize(
    ("smaller", "spread", "verdict", "unconfirmed"),
    [
        (1.8, 0.1, "replicated", ""),
        (1.7, 2.0, "partial", fresh_slopes.UNEQUAL),
        (1.5, 0.5, "partial", ""),
        (1.3, 0.1, "not replicated", ""),
    ],
)
def test_equality_needs_an_interval_near_one(smaller, spread, verdict, unconfirmed):
    found, row = shares_of(2.0, smaller, spread)
    assert (found, row["unconfirmed"]) == (verdict, unconfirmed)
    assert row["reference"] == (0.8 if verdict == "not replicated" else 0)


def test_story_vectors_no_better_than_those_of_shuffled_stories_raise_nothing():
    """A direction that all stories share stands in their shuffled labels too, and in no null that is made of prompts."""
    readings, directions = planted([0.3] * 6)
    slopes = measured(readings, directions, directions)
    shared = slopes.changes[STORY_VECTORS].mean(0) + np.random.default_rng(1).normal(0, 0.5, (50, 1, 1)) * np.eye(6)
    _, rows = judged(replace(slopes, null={**slopes.null, fresh_slopes.SHUFFLED_STORIES: shared}))
    assert 20 < rows["O04b", "story vectors, own reply"]["null_percentile"] < 80
    assert rows["O04b", "instruction vectors, own reply"]["null_percentile"] == 100
    assert "label-shuffled story null" in rows["O04b", "story vectors, own reply"]["beside"]
    assert "label-shuffled story null" not in rows["W02b", "own reply"]["beside"]


def test_where_neither_method_raises_own_replies_they_are_not_compared():
    readings, directions = planted([0.3] * 6)
    _, rows = judged(measured(readings, -directions, -directions))
    assert rows["O04b", "smaller as a share of larger slope"]["guard"] == fresh_slopes.NEITHER


def test_the_table_has_both_nulls_beside_every_slope():
    readings, directions = planted([0.3] * 6)
    table = fresh_slopes.table(measured(readings, directions, directions), DRAWS).set_index(["method", "emotion"])
    assert len(table) == 3 * 7
    steered = table.loc[STORY_VECTORS]
    assert (steered["change_nats"] > steered[["null_95_or_missing", "shuffled_95_or_missing"]].max(axis=1)).all()
    assert not (steered["null_95_or_missing"] == steered["shuffled_95_or_missing"]).any()


def test_the_fresh_events_of_the_project_are_read_with_their_replies():
    asked, replies = likelihood.load_fresh(CLAIMS.parent / "stimuli/events/fresh.jsonl", 8)
    assert len({event.theme for event in asked}) == len(asked) == 8
    for event in asked:
        item = likelihood.item_of(event, replies[event.scenario])
        assert item.sides == NAMES
        assert events.messages(event)[1]["content"].count("\n") == 1
    every, _ = likelihood.load_fresh(CLAIMS.parent / "stimuli/events/fresh.jsonl", 24)
    assert len(every) == len(replies) == 24
