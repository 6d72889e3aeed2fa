"""Shares of planted structures and of exchanged sides, as the file on the validity of the study keeps them."""

import pandas as pd
import pytest

from emotion_vectors.controls import shares
from emotion_vectors.controls.sown import NAMED
from emotion_vectors.placebos.counting import Pool
from tests.unit.controls.validity_tables import JUDGED, SOWN


def test_structures_are_counted_by_claim_kind_and_size_over_models_and_of_each():
    said = shares.structures_summary({"one": SOWN, "other": SOWN.assign(found=False)})
    assert said["claims"]["A06b"]["2"] == {
        "share": 0.5,
        "interval": pytest.approx([0.0126, 0.9874], abs=1e-4),
        "found": 1,
        "testable": 2,
        "stopped": 0,
    }
    # Exact interval of one of one: from 0.025 to 1.
    assert said["models"]["one"]["claims"]["A06b"]["2"]["interval"] == pytest.approx([0.025, 1.0])
    assert said["models"]["other"]["claims"]["A06b"]["sham"]["share"] == 0.0
    assert said["named"] == {}


def test_draws_are_counted_once_whatever_models_and_parts_they_have():
    drawn = pd.concat([SOWN.assign(draw=draw, part=part) for draw in range(3) for part in ("one", "two")])
    said = shares.structures_summary({"one": drawn, "other": drawn})
    assert said["draws"] == 3
    assert said["claims"]["A06b"]["2"]["testable"] == 12


def test_what_a_guard_stops_is_no_miss():
    plants = SOWN[SOWN["kind"] == "plant"]
    stopped = plants.assign(verdict="not testable", found=False)
    said = shares.structures_summary({"one": pd.concat([plants, stopped, stopped])})["claims"]["A06b"]["2"]
    assert (said["share"], said["found"], said["testable"], said["stopped"]) == (1.0, 1, 1, 2)
    # A verdict that missed the plant is a miss.
    missed = plants.assign(verdict="inconclusive", found=False)
    said = shares.structures_summary({"one": pd.concat([plants, stopped, missed])})["claims"]["A06b"]["2"]
    assert (said["share"], said["found"], said["testable"], said["stopped"]) == (0.5, 1, 2, 1)


def test_where_a_guard_stops_everything_there_is_no_share():
    said = shares.structures_summary({"one": SOWN.assign(verdict="not testable", found=False)})["claims"]["A06b"]["2"]
    assert said == {"share": None, "interval": [0.0, 1.0], "found": 0, "testable": 0, "stopped": 1}


def test_whether_the_parts_are_named_is_counted_apart_from_the_registered_parts():
    named = SOWN.assign(part=NAMED, verdict="not named", found=False)
    said = shares.structures_summary({"one": pd.concat([SOWN, named])})
    assert (said["claims"]["A06b"]["2"]["share"], said["claims"]["A06b"]["2"]["testable"]) == (1.0, 1)
    assert (said["named"]["A06b"]["2"]["share"], said["named"]["A06b"]["2"]["testable"]) == (0.0, 1)
    assert said["models"]["one"]["claims"]["A06b"]["sham"]["testable"] == 1


def test_exchanged_sides_are_pooled_and_parts_that_pass_are_named():
    said = shares.exchanged_summary({"one": JUDGED, "other": JUDGED.assign(verdict="inconclusive")}, Pool(50, 1))
    pooled = said["pooled"]
    assert (said["seeds"], pooled["replicated"], pooled["testable"], pooled["share"]) == (2, 1, 8, 0.125)
    # Seeds hang together: the interval is that of the exact one at the least.
    assert pooled["low"] <= 0.0032
    assert pooled["high"] >= 0.5265
    assert said["models"]["other"]["replicated"] == 0
    assert [(row["model"], row["part"], row["share"]) for row in said["parts"]] == [("one", "one", 0.5)]
