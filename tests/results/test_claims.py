"""Claims of a finished study: complete, plausible, and in agreement with the tables that they were taken from."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging, registry, verification
from emotion_vectors.models import layers

WORKFLOW = Path(__file__).parents[2] / "workflow"


@pytest.fixture(scope="module")
def registered():
    return registry.load(sorted((WORKFLOW / "claims").glob("*.yaml")), WORKFLOW / "schemas/claim.schema.yaml")


def test_every_registered_claim_has_a_verdict_on_every_model(study, judged, registered):
    assert list(judged["claims"]) == study.models
    for claims in judged["claims"].values():
        assert set(claims) == set(registered)
        assert {claim["verdict"] for claim in claims.values()} <= set(judging.VERDICTS)


def test_every_verdict_follows_from_its_numbers(judged, registered):
    comparison = verification.compare(judged | {"environment": {}}, judged, registered)
    assert comparison.agrees, "\n".join(comparison.lines())


def test_numbers_are_plausible(judged):
    for model, claims in judged["parts"].items():
        for claim, parts in claims.items():
            for part, row in parts.items():
                if row["estimate"] is None:
                    assert row["verdict"] == judging.NOT_TESTABLE, (model, claim, part)
                    continue
                assert row["low"] <= row["high"], (model, claim, part)
                assert 0 <= row["null_percentile"] <= 100, (model, claim, part)
                assert row["n"] > 0 or row["verdict"] == judging.NOT_TESTABLE, (model, claim, part)


def test_claims_show_the_numbers_of_their_leading_part(judged, registered):
    for model, claims in judged["parts"].items():
        for claim, parts in claims.items():
            leading = parts[registered[claim]["parts"][0]["name"]]
            for key in ("estimate", "low", "high", "null_percentile", "n"):
                assert judged["claims"][model][claim][key] == leading[key], (model, claim, key)


def main_layer(table, depth):
    """Rows of the main layer."""
    return table[table["layer"] == layers.main_layer(table["layer"].nunique(), depth)]


def test_evidence_agrees_with_the_tables_it_was_taken_from(study, judged):
    for model in study.models:
        accuracy = files.read_table(study.results / model / "decoding/accuracy.parquet")
        at_main = main_layer(accuracy.query("method == 'vectors' and scheme == 'both corpora'"), study.main_depth)
        assert judged["claims"][model]["A01"]["estimate"] == pytest.approx(at_main["accuracy"].item())
        components = files.read_table(study.results / model / "geometry/correlations.parquet")
        valence = main_layer(components.query("component == 1 and norm == 'valence'"), study.main_depth)
        assert judged["claims"][model]["A06"]["estimate"] == pytest.approx(abs(valence["r"].item()))


def test_every_claim_stands_on_the_claim_page(study, registered):
    text = study.claim_page.read_text(encoding="utf-8")
    assert all(f"\n## {claim}\n" in text for claim in registered)
