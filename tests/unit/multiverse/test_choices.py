"""Thresholds that are changed and no others, and how a study within a study is set up for a choice of the analysis."""

from __future__ import annotations

import pytest

from emotion_vectors.multiverse import choices
from tests.choice_tables import CLAIMS
from tests.unit.placebos.test_runs import STUDY

VECTORS = {"vectors": {"main_depth": 0.6667, "first_token": 50}}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("half the size", (0.1, 0.1, 95)),
        ("twice the size", (0.4, 0.4, 95)),
        ("null of 10 %", (0.2, 0.2, 90)),
        ("null of 1 %", (0.2, 0.2, 99)),
    ],
)
def test_a_threshold_changes_sizes_or_the_null_of_every_part_and_nothing_else(name, expected):
    changed = choices.THRESHOLDS[name].of(CLAIMS)
    for claim, entry in changed.items():
        for part, own in zip(entry["parts"], CLAIMS[claim]["parts"], strict=True):
            assert (part["at_least"], part["smallest_effect"], part["null_percentile"]) == pytest.approx(expected)
            assert (part["name"], part["prediction"]) == (own["name"], own["prediction"])
    assert CLAIMS["A01"]["parts"][0]["null_percentile"] == 95


def test_a_null_of_few_draws_keeps_its_share_of_them():
    few = {"O01b": {"parts": [CLAIMS["A01"]["parts"][0] | {"null_percentile": 96}]}}
    assert choices.Threshold(tail=2).of(few)["O01b"]["parts"][0]["null_percentile"] == 92


def test_a_choice_differs_from_its_study_in_what_it_is_about_and_reads_a_view():
    study = STUDY | VECTORS
    analyses = choices.analyses(0.5, 0.8333)
    own, deeper = (
        choices.settings_of(study, analyses[name], "folder", "float32") for name in (choices.REGISTERED, "deeper_layer")
    )
    assert own["folders"]["activations"] == deeper["folders"]["activations"] == "folder/activations"
    assert (own["stories"]["permuted_labels"], own["seeds"]) == (False, STUDY["seeds"])
    assert own["vectors"] == VECTORS["vectors"]
    assert deeper["vectors"] == {"main_depth": 0.8333, "first_token": 50}
    assert {key for key in own if own[key] != deeper[key]} == {"vectors", "placebo"}
    assert {*own["placebo"]["left_out"]} < {*deeper["placebo"]["left_out"]}
    assert study == STUDY | VECTORS
