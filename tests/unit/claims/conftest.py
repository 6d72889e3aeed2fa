"""Claims, their verdicts and the reference of a small run."""

import json

import pytest

from emotion_vectors.artefacts import files
from tests.unit.claims.finished_run import RULE, claim, missing, part, written


@pytest.fixture
def claims(tmp_path):
    """Files of registered claims: A01 of two parts, A02 of one, A11 not measured."""
    names = {"A01": ["one", "two"], "A02": ["only"], "A11": ["slope"]}
    entries = [
        {
            "id": name,
            "paper": "someone2026",
            "place": "section 1",
            "statement": f"Steering changes reading {name}.",
            "original": "qualitative",
            "metric": "Slope of the reading",
            "readout": "reading",
            "tier": "default",
            "parts": [{"name": part, **RULE} for part in parts],
            "registered": "2026-11-21",
        }
        for name, parts in names.items()
    ]
    file = tmp_path / "claims.yaml"
    file.write_text(json.dumps(entries))
    return [file]


@pytest.fixture
def results(tmp_path):
    """claims.json of a run of one model."""
    content = {
        "tier": "quick",
        "claims": {"model-a": {"A01": claim(), "A02": claim(), "A11": missing()}},
        "parts": {"model-a": {"A01": {"one": part(), "two": part(estimate=0.2)}, "A02": {"only": part()}}},
        "nonmodels": {},
        "measured": 1,
        "replicated": 0,
        "environment": {"processor": "one processor", "precision": "float32"},
    }
    path = tmp_path / "claims.json"
    files.write_json(content, path)
    return path


@pytest.fixture
def reference(results, claims, tmp_path):
    """A reference file written from that run."""
    return written(results, claims, tmp_path)
