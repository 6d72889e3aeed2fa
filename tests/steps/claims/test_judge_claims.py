"""Evidence of every model becomes verdicts in one file, each with the step that brought it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.registry import ClaimError
from emotion_vectors.statistics.effects import Scale, effect
from steps.claims import judge_claims

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"


def effect_of(estimate):
    null = [0.01 * n for n in range(20)]
    return effect(estimate, (estimate - 0.05, estimate + 0.05), null, n=48, scale=Scale("emotions", "|r|"))


@pytest.fixture
def evidence(tmp_path):
    """Evidence on A06 of two models, in the order in which the rule names it: one far beyond its null, one within."""
    paths = []
    for model, estimate in (("clear", 0.8), ("lost", 0.01)):
        row = evidence_row("A06", "PC1 and valence", effect_of(estimate))
        path = tmp_path / model / "evidence" / "analyze_components.parquet"
        files.write_table(pd.DataFrame([row]), path)
        paths.append(path)
    return paths


@pytest.fixture
def of_nonmodels(tmp_path):
    """Word counts reach as much as the first model, and style counts nothing; beside the second model neither does."""
    paths = []
    for model, estimates in (("clear", (0.8, 0.01)), ("lost", (0.01, 0.01))):
        rows = [
            evidence_row("A06", "PC1 and valence", effect_of(estimate)) | {"nonmodel": name}
            for name, estimate in zip(("word counts", "style counts"), estimates, strict=True)
        ]
        path = tmp_path / model / "nonmodels" / "analyze_components.parquet"
        files.write_table(pd.DataFrame(rows), path)
        paths.append(path)
    return paths


def test_a_claim_that_word_counts_pass_is_partial_and_not_specific(evidence, of_nonmodels, tmp_path):
    content = judged(evidence, of_nonmodels, tmp_path)
    clear, lost = (content["claims"][model]["A06"] for model in ("clear", "lost"))
    assert clear["verdict"] == "partial"
    assert clear["why"].startswith("not specific, since every part is passed by word counts as well; ")
    assert lost["verdict"] == "not replicated"
    assert content["parts"]["clear"]["A06"]["PC1 and valence"]["verdict"] == "replicated"
    beside = content["nonmodels"]["clear"]["A06"]
    assert {name: parts["PC1 and valence"]["verdict"] for name, parts in beside.items()} == {
        "word counts": "replicated",
        "style counts": "not replicated",
    }


def gates_of(folder: Path, *, followed: bool) -> Path:
    """Gates of the readouts of expression, the second of which is open or not."""
    values = {"low": 0.1, "high": 0.3, "n": 60, "of": "replies", "limit": "at least 0.5"}
    gate = {"behaviour": "expression", "quantity": "voiced", "value": 0.2, **values}
    rows = [gate | {"readout": "generation", "passed": False}, gate | {"readout": "likelihood", "passed": followed}]
    path = folder / "orders.parquet"
    files.write_table(pd.DataFrame(rows), path)
    return path


@pytest.mark.parametrize("permuted", [False, True])
def test_every_model_is_judged_by_its_own_evidence(evidence, of_nonmodels, tmp_path, permuted):
    lost = [of_nonmodels[1], of_nonmodels[1]]
    content = judged(evidence, lost, tmp_path, permuted=permuted)
    verdicts = {model: rows["A06"]["verdict"] for model, rows in content["claims"].items()}
    assert verdicts == {"clear": "replicated", "lost": "not replicated"}
    assert content["parts"]["clear"]["A06"]["PC1 and valence"]["step"] == "analyze_components"
    assert content["claims"]["clear"]["A11"]["verdict"] == "not yet measured"
    assert (content["measured"], content["replicated"]) == (2, 1)


def judged(evidence, of_nonmodels, tmp_path, permuted=False):
    claims = [WORKFLOW / "claims/anthropic-2026.yaml"]
    results = tmp_path / "claims.json"
    orders = [gates_of(tmp_path / model, followed=model == "clear") for model in ("clear", "lost")]
    judge_claims.main(
        evidence,
        of_nonmodels,
        orders,
        claims,
        WORKFLOW / "schemas/claim.schema.yaml",
        results,
        models=["clear", "lost"],
        permuted=permuted,
        labels_alone=False,
        tier="quick",
        precision="float32",
    )
    return json.loads(results.read_text())


def test_verdicts_on_directions_of_orders_are_headed_where_orders_are_not_followed(tmp_path):
    for model in ("follows", "ignores"):
        numbers = effect(
            0.9, (0.85, 0.95), [0.01 * n for n in range(20)], n=8, scale=Scale("scenarios", "depth", reference=0.5)
        )
        row = evidence_row("W07b", "peak depth above permuted labels", numbers)
        files.write_table(pd.DataFrame([row]), tmp_path / model / "measure_importance.parquet")
        files.write_table(pd.DataFrame([row | {"nonmodel": "none"}]).iloc[:0], tmp_path / model / "nonmodels.parquet")
    judge_claims.main(
        [tmp_path / model / "measure_importance.parquet" for model in ("follows", "ignores")],
        [tmp_path / model / "nonmodels.parquet" for model in ("follows", "ignores")],
        [gates_of(tmp_path / model, followed=model == "follows") for model in ("follows", "ignores")],
        [WORKFLOW / "claims/contrasts.yaml"],
        WORKFLOW / "schemas/claim.schema.yaml",
        tmp_path / "claims.json",
        models=["follows", "ignores"],
        permuted=False,
        labels_alone=False,
        tier="quick",
        precision="float32",
    )
    claims = json.loads((tmp_path / "claims.json").read_text())["claims"]
    assert {claims[model]["W07b"]["verdict"] for model in claims} == {"replicated"}
    assert not claims["follows"]["W07b"]["why"].startswith("directions of the order")
    assert claims["ignores"]["W07b"]["why"].startswith("directions of the order (expression, generation: voiced 0.20")


@pytest.mark.parametrize("alone", [False, True])
def test_of_labels_alone_a_claim_is_judged_by_the_parts_that_are_there(tmp_path, alone):
    """Rates of sampled replies need the model; without them the claim can be partial at most, and they stay unmeasured."""
    row = evidence_row("A19b", "desperate", effect_of(0.9))
    files.write_table(pd.DataFrame([row]), tmp_path / "evaluate_acts.parquet")
    files.write_table(pd.DataFrame([row | {"nonmodel": "none"}]).iloc[:0], tmp_path / "nonmodels.parquet")
    paths = (
        [tmp_path / "evaluate_acts.parquet"],
        [tmp_path / "nonmodels.parquet"],
        [gates_of(tmp_path, followed=True)],
    )
    claims, schema = [WORKFLOW / "claims/conduct.yaml"], WORKFLOW / "schemas/claim.schema.yaml"
    settings = {"models": ["a"], "permuted": True, "tier": "placebo", "precision": "float32"}
    if not alone:
        with pytest.raises(ClaimError, match="A19b is registered with parts"):
            judge_claims.main(*paths, claims, schema, tmp_path / "claims.json", labels_alone=False, **settings)
        return
    judge_claims.main(*paths, claims, schema, tmp_path / "claims.json", labels_alone=True, **settings)
    content = files.read_json(tmp_path / "claims.json")
    assert {name: part["verdict"] for name, part in content["parts"]["a"]["A19b"].items()} == {
        "desperate": "replicated"
    }
    assert content["claims"]["a"]["A19b"]["verdict"] == "partial"
    assert content["claims"]["a"]["A20b"]["verdict"] == "not yet measured"
