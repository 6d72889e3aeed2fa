"""What no model is needed for caps the verdict; what a non-model does not pass in every part does not."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.claims import nonmodels, registry, verification
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.judging import INCONCLUSIVE, NOT_REPLICATED, PARTIAL, REPLICATED, Verdict
from emotion_vectors.claims.registry import ClaimError
from emotion_vectors.statistics.effects import Effect

WORKFLOW = Path(__file__).parents[3] / "workflow"
RULE = {"prediction": "positive", "at_least": 0.4, "smallest_effect": 0.2, "null_percentile": 95}
CLAIM = {"parts": [{"name": name, **RULE} for name in ("first", "second")], "registration": 2}
STRONG = Effect(estimate=0.6, low=0.3, high=0.9, null_percentile=99.0, null_95=0.1, n=20, of="topics", unit="r")
WEAK = replace(STRONG, estimate=0.0, low=-0.1, high=0.1, null_percentile=40.0)


def entered(**effects):
    """Non-models and their effects on the parts of the claim, in order."""
    rows = [
        evidence_row("A01b", part, effect) | {"nonmodel": name}
        for name, of_parts in effects.items()
        for part, effect in zip(("first", "second"), of_parts, strict=False)
    ]
    return nonmodels.records({"A01b": CLAIM}, pd.DataFrame(rows))


def test_a_non_model_passes_where_it_passes_every_part():
    judged = entered(words=(STRONG, STRONG), style=(STRONG, WEAK), twin=(WEAK, WEAK))
    assert nonmodels.passing(CLAIM, judged["A01b"]) == ["words"]
    assert judged["A01b"]["style"]["second"]["verdict"] == NOT_REPLICATED


def test_a_part_that_a_non_model_cannot_enter_it_does_not_pass():
    assert nonmodels.passing(CLAIM, entered(words=(STRONG,))["A01b"]) == []


def test_what_a_non_model_passes_is_at_most_partial_and_says_why():
    capped = nonmodels.capped(Verdict(REPLICATED, "large enough"), ["words", "style"])
    assert capped == Verdict(
        PARTIAL, "not specific, since every part is passed by words and style as well; large enough"
    )
    assert nonmodels.capped(Verdict(PARTIAL, "small"), ["words"]).verdict == PARTIAL


@pytest.mark.parametrize("verdict", [INCONCLUSIVE, NOT_REPLICATED])
def test_what_does_not_speak_for_a_claim_is_left_alone(verdict):
    assert nonmodels.capped(Verdict(verdict, "inside the null"), ["words"]) == Verdict(verdict, "inside the null")


def test_without_a_non_model_a_verdict_stands():
    assert nonmodels.capped(Verdict(REPLICATED, "large enough"), []) == Verdict(REPLICATED, "large enough")


def test_only_the_claim_that_is_passed_is_capped():
    judged = pd.DataFrame({"claim": ["A01b", "A02b"], "verdict": [REPLICATED] * 2, "why": ["large enough"] * 2})
    table = nonmodels.cap({"A01b": CLAIM, "A02b": CLAIM}, judged, entered(words=(STRONG, STRONG)))
    assert table["verdict"].tolist() == [PARTIAL, REPLICATED]
    assert judged["verdict"].tolist() == [REPLICATED] * 2, "the table that was handed over stays as it is"


@pytest.mark.parametrize(("claim", "part"), [("A99", "first"), ("A01b", "third")])
def test_evidence_on_what_is_not_registered_is_refused(claim, part):
    row = evidence_row(claim, part, STRONG) | {"nonmodel": "words"}
    with pytest.raises(ClaimError, match=f"evidence on words for {claim}, part '{part}'"):
        nonmodels.records({"A01b": CLAIM}, pd.DataFrame([row]))


def test_what_is_no_model_is_held_against_the_reference_as_well():
    registered = registry.load(sorted((WORKFLOW / "claims").glob("*.yaml")), WORKFLOW / "schemas/claim.schema.yaml")
    reference = json.loads((WORKFLOW / "reference/quick.json").read_text())
    lost = verification.compare(reference, {**reference, "nonmodels": {}}, registered)
    assert len({each.claim for each in lost.differences}) > 20
