"""Verdicts that permuted labels reach as well, counted by hand on a made-up study and on the committed references."""

import json
from pathlib import Path

import pytest

from emotion_vectors.claims import permuted

REFERENCE = Path(__file__).parents[3] / "workflow/reference"
SMALL, LARGE = "small-model", "large-model"


def study(claims, parts):
    """Content in the form of claims.json from verdicts: model -> claim -> verdict, and model -> claim -> part -> verdict."""
    return {
        "claims": {
            model: {claim: {"verdict": said} for claim, said in by_claim.items()} for model, by_claim in claims.items()
        },
        "parts": {
            model: {
                claim: {part: {"verdict": said} for part, said in of_claim.items()}
                for claim, of_claim in by_claim.items()
            }
            for model, by_claim in parts.items()
        },
    }


@pytest.mark.parametrize(
    ("verdict", "with_permuted_labels", "as_strong"),
    [
        ("replicated", "replicated", True),
        ("partial", "partial", True),
        ("partial", "replicated", True),
        ("replicated", "partial", False),
        ("replicated", "not replicated", False),
        ("partial", "inconclusive", False),
        ("partial", "not testable", False),
        ("partial", "", False),
        ("not replicated", "replicated", False),
        ("inconclusive", "partial", False),
        ("not testable", "not testable", False),
        ("not replicated", "not replicated", False),
    ],
)
def test_only_what_speaks_for_a_claim_can_be_matched(verdict, with_permuted_labels, as_strong):
    assert permuted.is_as_strong(verdict, with_permuted_labels) is as_strong


def test_a_verdict_is_held_against_the_one_on_the_same_model():
    true = study({SMALL: {"W05": "replicated"}, LARGE: {"W05": "replicated"}}, {})
    placebo = study({SMALL: {"W05": "inconclusive"}, LARGE: {"W05": "replicated"}}, {})
    assert permuted.unspecific(true, placebo).claims == {(LARGE, "W05")}


def test_parts_are_held_against_parts_of_their_claim():
    true = study({}, {SMALL: {"W05": {"heads": "replicated"}, "W04": {"heads": "partial", "neurons": "replicated"}}})
    placebo = study({}, {SMALL: {"W05": {"heads": "partial"}, "W04": {"heads": "replicated", "neurons": "replicated"}}})
    assert permuted.unspecific(true, placebo).parts == {(SMALL, "W04", "heads"), (SMALL, "W04", "neurons")}
    assert permuted.replicated_parts(true, placebo) == (1, 2)
    assert permuted.replicated_parts(true, placebo, ["W05"]) == (0, 1)
    assert permuted.replicated_parts(true, placebo, ["W10"]) == (0, 0)


def test_what_the_placebo_did_not_measure_is_not_counted():
    true = study({}, {SMALL: {"W05": {"heads": "replicated"}}, LARGE: {"W05": {"heads": "replicated"}}})
    placebo = study({}, {LARGE: {"W05": {"heads": "not replicated"}}})
    assert permuted.replicated_parts(true, placebo) == (0, 1)


def test_most_of_what_is_replicated_of_the_circuits_holds_with_permuted_labels():
    """The committed references, read here row by row."""
    true, placebo = (json.loads((REFERENCE / f"{tier}.json").read_text())["parts"] for tier in ("default", "placebo"))
    claims = ("W04", "W05", "W06", "W07", "W09")
    both = single = 0
    for model in true:
        for claim in claims:
            for part, row in true[model][claim].items():
                single += row["verdict"] == "replicated"
                both += row["verdict"] == placebo[model][claim][part]["verdict"] == "replicated"
    contents = [json.loads((REFERENCE / f"{tier}.json").read_text()) for tier in ("default", "placebo")]
    assert permuted.replicated_parts(*contents, claims) == (both, single)
    assert single > both > single / 2
