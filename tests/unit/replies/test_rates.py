"""Rates of sampled replies: gates that open and close, and differences of pairs beside null directions."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.claims import judging as claims
from emotion_vectors.replies import rates
from emotion_vectors.stimuli.experiments import Experiment

SCENARIOS = [f"s{number}" for number in range(8)]


def replies(hits, direction="-", kind="unsteered", strength=0.0):
    """One reply for each situation."""
    return pd.DataFrame(
        {
            "scenario": SCENARIOS,
            "variant": "tonight",
            "sample": 0,
            "side": np.where(hits, "blackmail", "open"),
            "coherent": True,
        }
    ).assign(direction=direction, kind=kind, strength_norm_fraction=strength)


def some(count):
    return [place < count for place in range(len(SCENARIOS))]


def steered(shift):
    """Hits of an emotion at both strengths and of 20 null directions that change nothing."""
    tables = [
        replies(some(3)),
        replies(some(3 + shift), "calm", "emotion", 0.1),
        replies(some(3), "calm", "emotion", -0.1),
    ]
    for number in range(20):
        name = f"Gaussian {number}"
        tables += [replies(some(3), name, "Gaussian", step) for step in (-0.1, 0.1)]
    return pd.concat(tables, ignore_index=True)


def difference(labels, strength=0.1, against=0.0):
    return rates.difference(labels, "blackmail", rates.Asked("blackmail", "calm", strength, against), 200, 1)


@pytest.mark.parametrize("against", [0, -0.1])
def test_a_difference_is_taken_over_pairs_and_beside_the_null(against):
    found = difference(steered(4), against=against)
    assert found.estimate == pytest.approx(0.5)
    assert found.low > 0
    assert (found.null_percentile, found.null_95, found.n) == (100, 0, 8)


def test_pairs_are_matched_by_name_whatever_their_order():
    shuffled = steered(4).sample(frac=1, random_state=3)
    assert difference(shuffled) == difference(steered(4))


def test_a_missing_condition_is_named():
    with pytest.raises(rates.RateError, match=r"no replies for 'calm' at strength 0\.05"):
        difference(steered(4), strength=0.05)


def test_unequal_replies_are_refused():
    lacking = steered(4)
    lacking = lacking.drop(lacking.index[(lacking["direction"] == "calm") & (lacking["scenario"] == "s3")][:1])
    with pytest.raises(rates.RateError, match="not of the same situations"):
        difference(lacking, against=-0.1)


def test_parts_say_which_rate_they_ask_for():
    by = {"measure": "rate", "experiment": "hacking", "emotion": "calm", "strength": 0.1, "against": -0.1}
    claims = {
        "A26": {"parts": [{"name": "slope", "measured_by": {"measure": "slope"}}, {"name": "rate", "measured_by": by}]}
    }
    assert list(rates.asked_parts(claims)) == [("A26", "rate", rates.Asked("hacking", "calm", 0.1, -0.1))]


def test_conditions_are_what_claims_ask_for_beside_null_directions():
    asked = [rates.Asked("hacking", "calm", 0.1, -0.1), rates.Asked("hacking", "desperate", 0.05, 0)]
    table = rates.conditions(asked, {"Gaussian": {"Gaussian 0": None}, "label-shuffled": {"shuffled 0": None}})
    of_kind = table.groupby("kind")[["direction", "strength_norm_fraction"]].apply(
        lambda rows: rows.to_numpy().tolist()
    )
    assert of_kind["emotion"] == [["calm", -0.1], ["calm", 0.1], ["desperate", 0.05]]
    assert of_kind["Gaussian"] == [["Gaussian 0", step] for step in (-0.1, 0.05, 0.1)]
    assert len(of_kind["label-shuffled"]) == 3


def experiment():
    values = dict.fromkeys(Experiment.__dataclass_fields__, ())
    names = {"name": "blackmail", "kind": "conduct", "items": "blackmail", "target": "blackmail", "alternative": "open"}
    return Experiment(**(values | names))


@pytest.mark.parametrize("closed", ["", "blackmail in 0 of 24 replies"])
def test_evidence_is_the_difference_or_the_gate(closed):
    by = {"measure": "rate", "experiment": "blackmail", "emotion": "calm", "strength": 0.1, "against": -0.1}
    claims_that_ask = {"A20": {"parts": [{"name": "rate", "measured_by": by}]}}
    labels, stopped = {"blackmail": steered(4)}, {"blackmail": closed}
    (row,) = rates.evidence(claims_that_ask, {"blackmail": experiment()}, labels, stopped, 200, 1)
    part = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.2, "null_percentile": 95}
    verdict = claims.judge_part(part, row)
    assert verdict.verdict == (claims.NOT_TESTABLE if closed else claims.REPLICATED)
    assert closed in verdict.why
