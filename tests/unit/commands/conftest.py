"""A finished study of a tiny random model, under the name of a row of the table, with the repository's own inputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors.emotion_vectors import LAYER_CONVENTION
from tests.random_tensors import random

ROOT = Path(__file__).resolve().parents[3]
MODEL = "smollm2-135m-instruct"


@pytest.fixture(scope="session")
def tiny_study(make_model, tmp_path_factory) -> Path:
    """Its folder, laid out as the quick study leaves it."""
    root = tmp_path_factory.mktemp("study")
    (root / "workflow").symlink_to(ROOT / "workflow")
    model = make_model("llama", max_position_embeddings=4096)
    weights = root / f"results/weights/{MODEL}/converted"
    model.network.save_pretrained(weights)
    model.tokenizer.save_pretrained(weights)
    (weights / "weights.json").write_text(json.dumps({"name": MODEL, "sha256": "0" * 64}))
    emotions = tables.load_emotions(ROOT / "workflow/norms/warriner2013.csv")
    values, norms = random(len(emotions), model.layers, model.width), random(model.layers).abs() + 1
    facts = {"emotions": json.dumps(emotions), "layer_convention": LAYER_CONVENTION}
    path = root / f"results/quick/{MODEL}/vectors.safetensors"
    files.write_tensors({"vectors": values, "norms": norms}, path, **facts)
    return root


@pytest.fixture
def inside(tiny_study: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the study, in which the test runs."""
    monkeypatch.chdir(tiny_study)
    return tiny_study
