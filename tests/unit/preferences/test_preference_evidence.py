"""Planted preferences are seen in readings, additions and their agreement; preferences without emotion are not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from emotion_vectors.claims import judging
from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.preferences import association, evidence, gates, steering, tables
from emotion_vectors.preferences.tournament import ELO_PER_NAT, PreferenceError, schedule
from emotion_vectors.statistics.wording import bare
from tests.unit.preferences.made import ACTIVITIES, EMOTIONS, NORM, judged, preferences

CLAIMS = {
    claim["id"]: claim
    for claim in yaml.safe_load(Path("workflow/claims/anthropic-2026.yaml").read_text())
    if claim["id"] in ("A16", "A17", "A18")
}

LEAST = {part["name"]: part["smallest_effect"] for part in CLAIMS["A17"]["parts"]}


def finite(blissful=140.0, hostile=-160.0, spread=10.0):
    """Real additions at both signs of the judged strength, and null directions there."""
    sizes = {"blissful": blissful, "hostile": hostile}
    rows = [
        (name, EMOTION, sign * 0.5, activity, sign * size)
        for name, size in sizes.items()
        for sign in (-1, 1)
        for activity in ("a0", "a1")
    ]
    rows += [(f"n{at}", "Gaussian", 0.5, "a0", spread * (at - 10) / 10) for at in range(21)]
    return pd.DataFrame(rows, columns=["direction", "kind", "strength_norm_fraction", "activity", "delta_elo"])


def verdicts(planted=True, seed=0, **changes):
    study, shares = judged(planted, seed)
    table = pd.DataFrame(evidence.rows(study, finite(**changes), shares + 5, LEAST)).set_index(["claim", "part"])
    rules = {(name, part["name"]): part for name, claim in CLAIMS.items() for part in claim["parts"]}
    assert {*table.index} == {*rules}
    given = {key: judging.verdict_on(CLAIMS[key[0]], rule, table.loc[key].to_dict()) for key, rule in rules.items()}
    return {key: verdict.verdict for key, verdict in given.items()}, table, given


def test_planted_preferences_are_read_and_moved():
    given, table, _ = verdicts()
    # The shares of the emotions are their valence here, so that among neighbours nothing is left to tell them apart by.
    assert {verdict for (claim, _), verdict in given.items() if claim != "A18"} == {judging.REPLICATED}
    assert table.loc[("A16", "blissful, all"), "estimate"] > 0.8
    assert table.loc[("A16", "hostile, without unsafe"), "n"] == 16
    assert table.loc[("A18", "reading and steering"), "estimate"] > 0.9
    assert "label-shuffled sets" in table.loc[("A18", "reading and steering"), "beside"]


@pytest.mark.parametrize("seed", range(4))
def test_preferences_that_follow_no_emotion_replicate_nothing(seed):
    given, _, _ = verdicts(planted=False, seed=seed)
    assert judging.REPLICATED not in given.values()


def test_additions_that_point_the_other_way_or_stay_inside_the_null_confirm_nothing():
    _, _, given = verdicts(blissful=-140.0, hostile=-3.0)
    assert given["A17", "blissful"].verdict == given["A17", "hostile"].verdict == judging.PARTIAL
    assert "point the other way" in given["A17", "blissful"].why
    assert "inside the null" in given["A17", "hostile"].why


def test_additions_that_change_less_than_is_of_interest_confirm_nothing():
    """More than null directions do, to the right side, and yet not enough."""
    _, table, given = verdicts(blissful=40.0, hostile=-151.0)
    assert given["A17", "blissful"].verdict == given["A17", "hostile"].verdict == judging.PARTIAL
    assert "change less than 106 points" in given["A17", "blissful"].why
    assert "change less than 151.5 points" in given["A17", "hostile"].why
    slope, beside = table.loc[("A17", "blissful"), ["estimate", "beside"]]
    assert beside.endswith(f"over the extrapolated change {bare(40 / slope)}")


def of_agreement(set_shares):
    """Agreement where the sets of shuffled labels hold the axis of preference as much as emotions do, or by chance."""
    study, shares = judged()
    draws = np.random.default_rng(5)
    shuffled = study.directions.shuffled.clone()
    for one in shuffled if set_shares else ():
        one[:, 0] += torch.from_numpy(draws.permutation(shares)).float()
    study = replace(study, directions=replace(study.directions, shuffled=shuffled))
    rows = pd.DataFrame(evidence.rows(study, finite(), draws.permutation(shares), LEAST)).set_index("claim")
    (rule,), row = CLAIMS["A18"]["parts"], rows.loc["A18"].to_dict()
    return judging.verdict_on(CLAIMS["A18"], rule, row).verdict, row


def test_emotions_that_agree_more_than_label_shuffled_sets_do_are_seen():
    verdict, row = of_agreement(set_shares=False)
    assert verdict == judging.REPLICATED
    assert row["estimate"] > 0.9


def test_where_directions_of_any_labels_agree_as_much_emotions_show_nothing():
    """One axis of preference is read and steered by whatever lies along it."""
    verdict, row = of_agreement(set_shares=True)
    assert row["estimate"] > 0.9
    assert "any 100.0; emotions permuted, of neighbouring valence 100.0; label-shuffled sets" in row["beside"]
    assert verdict != judging.REPLICATED


def test_a_closed_gate_leaves_nothing_to_judge():
    study, shares = judged(guard="activities, choice: leaning")
    table = pd.DataFrame(evidence.rows(study, finite(), shares, LEAST))
    assert {*table["guard"]} == {"activities, choice: leaning"}


def test_changes_of_elo_are_the_gradients_along_the_unit_direction():
    study, _ = judged()
    known, direction = study.known, study.directions.direction(["hostile"])
    expected = np.zeros(len(ACTIVITIES))
    for one in range(len(ACTIVITIES)):
        at = [
            known.preferences.gradients[row, side]
            for row, pair in enumerate(known.preferences.pairs)
            for side in (0, 1)
            if pair[side] == one
        ]
        expected[one] = torch.stack(at).mean(0).double() @ (direction / direction.norm()).double()
    expected *= ELO_PER_NAT * 0.5 * NORM
    np.testing.assert_allclose(known.changes(direction[None])[:, 0], expected, rtol=1e-5)
    assert evidence.change_effect(study, "hostile").estimate == pytest.approx(expected.mean(), rel=1e-5)


def test_correlations_are_those_of_numpy_also_with_weights():
    draws = np.random.default_rng(0)
    values, target = draws.normal(size=(20, 3)), draws.normal(size=20)
    found = association.correlations(values, target)
    np.testing.assert_allclose(found, [np.corrcoef(column, target)[0, 1] for column in values.T])
    rows = draws.integers(0, 20, 20)
    weights = np.bincount(rows, minlength=20)[None] / 20
    expected = [np.corrcoef(column[rows], target[rows])[0, 1] for column in values.T]
    np.testing.assert_allclose(association.correlations(values, target, weights)[0], expected)
    assert association.correlations(np.ones((20, 1)), target).tolist() == [0.0]


def test_halves_share_no_pair():
    """Preferences between the halves decide nothing: with any others in their place the agreement is the same."""
    study, _ = judged()
    known = study.known
    for seed in (0, 1):
        half = association.split_by_category(
            np.array([one.category for one in ACTIVITIES]), np.random.default_rng(seed)
        )
        assert half.sum() == len(ACTIVITIES) // 2
        between = half[known.preferences.pairs].sum(1) == 1
        odds = np.where(between, 50.0, known.preferences.log_odds)
        gradients = torch.where(torch.from_numpy(between)[:, None, None], 50.0, known.preferences.gradients)
        changed = replace(known.preferences, log_odds=odds, gradients=gradients)
        changed = association.AtMain.of(changed, 1, NORM)
        first, second = (
            association.halves(each, study.vectors, 1, np.random.default_rng(seed)) for each in (known, changed)
        )
        np.testing.assert_allclose(first.read, second.read)
        np.testing.assert_allclose(first.changed, second.changed)


def test_agreement_is_the_mean_correlation_and_its_null_permutes_one_side():
    draws = np.random.default_rng(2)
    both = association.OppositeHalves(draws.normal(size=(6, 10)), draws.normal(size=(6, 10)))
    expected = np.mean([np.corrcoef(*rows)[0, 1] for rows in zip(both.read, both.changed, strict=True)])
    assert both.agreement() == pytest.approx(expected)
    order = draws.permutation(10)
    moved = association.OppositeHalves(both.read, both.changed[:, order]).agreement()
    assert both.permuted(order[None])[0] == pytest.approx(moved)
    assert both.permuted(np.arange(10)[None])[0] == pytest.approx(expected)
    assert both.resampled(draws).shape == (3,)


def test_permutations_stay_in_their_band():
    bands = np.repeat([0, 1, 2], 4)
    orders = evidence.permuted_within(bands, 50, np.random.default_rng(0))
    assert (bands[orders] == bands).all()
    assert (np.sort(orders, axis=1) == np.arange(12)).all()
    assert len(np.unique(orders, axis=0)) > 40


def test_gates_open_for_ordered_preferences_and_close_for_each_fault():
    made, _ = preferences()
    opened = gates.preference_gates(made, 1.0, 100, 1)
    assert [gate.passed for gate in opened] == [True, True, True]
    random = np.random.default_rng(1).normal(size=len(made.pairs))
    faults = (
        {"leaning": made.leaning + 1.2},
        {"log_odds": random},
        {"known": np.where(np.arange(20) < 13, 1.0, -1.0)},
    )
    for number, fault in enumerate(faults):
        closed = gates.preference_gates(replace(made, **fault), 1.0, 100, 1)
        assert [gate.passed for gate in closed] == [at != number for at in range(3)]


def test_a_tournament_without_triples_is_refused():
    made, _ = preferences()
    alone = schedule(len(ACTIVITIES), 1, seed=0).reshape(-1, 2)
    few = replace(made, pairs=alone, log_odds=made.log_odds[:16], leaning=made.leaning[:16])
    with pytest.raises(PreferenceError, match=r"preferences\.rounds: no three activities"):
        gates.preference_gates(few, 1.0, 100, 1)


def test_tables_hold_every_emotion_and_the_named_readings():
    study, _ = judged()
    table = tables.emotion_table(study)
    assert table["emotion"].tolist() == EMOTIONS
    assert (table["low_r"] <= table["high_r"]).all()
    activities = tables.activity_table(study)
    assert activities.groupby("emotion").size().to_dict() == {name: len(ACTIVITIES) for name in steering.NAMED}
    r = np.corrcoef(*activities.loc[activities["emotion"] == "blissful", ["elo", "reading_norm_fraction"]].to_numpy().T)
    assert r[0, 1] == pytest.approx(table.set_index("emotion").loc["blissful", "estimate_r"])
