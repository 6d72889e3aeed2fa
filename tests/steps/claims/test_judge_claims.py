"""Evidence of every model becomes verdicts in one file, each with the step that brought it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.statistics.effects import Scale, effect
from steps.claims import judge_claims

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"


@pytest.fixture
def evidence(tmp_path):
    """Evidence on A06 of two models, in the order in which the rule names it: one far beyond its null, one within."""
    paths = []
    for model, estimate in (("clear", 0.8), ("lost", 0.01)):
        row = evidence_row(
            "A06", "PC1 and valence",
            effect(estimate, (estimate - 0.05, estimate + 0.05), [0.01 * n for n in range(20)], n=48, scale=Scale("emotions", "|r|")),
        )  # fmt: skip
        path = tmp_path / model / "evidence" / "analyze_components.parquet"
        files.write_table(pd.DataFrame([row]), path)
        paths.append(path)
    return paths


@pytest.mark.parametrize("permuted", [False, True])
def test_every_model_is_judged_by_its_own_evidence(evidence, tmp_path, permuted):
    claims = [WORKFLOW / "claims/anthropic-2026.yaml"]
    results = tmp_path / "claims.json"
    judge_claims.main(
        evidence, claims, WORKFLOW / "schemas/claim.schema.yaml", results,
        models=["clear", "lost"], permuted=permuted, tier="quick", precision="float32",
    )  # fmt: skip
    content = json.loads(results.read_text())
    verdicts = {model: rows["A06"]["verdict"] for model, rows in content["claims"].items()}
    assert verdicts == {"clear": "replicated", "lost": "not replicated"}
    assert content["parts"]["clear"]["A06"]["PC1 and valence"]["step"] == "analyze_components"
    assert content["claims"]["clear"]["A11"]["verdict"] == "not yet measured"
    assert (content["measured"], content["replicated"]) == (2, 1)
