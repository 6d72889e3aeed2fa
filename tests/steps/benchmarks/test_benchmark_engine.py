"""The benchmark of the engine on a tiny model: every ratio is measured, positive and defined."""

import json
from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.benchmarks import decoding, heads, sweep
from emotion_vectors.benchmarks.extraction import Settings
from emotion_vectors.engine.draws import Sampling
from steps.benchmarks import benchmark_engine
from steps.benchmarks.benchmark_engine import Stories

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_ratio_is_measured_defined_and_has_a_limit(make_model, tmp_path, monkeypatch, dtype):
    monkeypatch.setattr(sweep, "SWEPT", 3)
    monkeypatch.setattr(sweep, "DIRECTIONS", {"emotions": 3, "null": 20, "semantic": 4})
    monkeypatch.setattr(decoding, "SIDE_BY_SIDE", (1, 3))
    monkeypatch.setattr(heads, "COUNT", 2)
    model = make_model("llama", max_position_embeddings=2048)
    model.network.save_pretrained(tmp_path / "tiny")
    model.tokenizer.save_pretrained(tmp_path / "tiny")
    (tmp_path / "tiny/weights.json").write_text(json.dumps({"name": "tiny", "sha256": "ab" * 32}), encoding="utf-8")
    benchmark_engine.main(
        tmp_path / "tiny",
        WORKFLOW / "norms/warriner2013.csv",
        WORKFLOW / "stimuli/behaviours/tone.jsonl",
        WORKFLOW / "stimuli/events/fit.jsonl",
        tmp_path / "measured.json",
        row={"dtype": dtype, "template": "chat", "date": "2026-11-21"},
        stories=Stories(str(WORKFLOW / "stimuli/stories"), {"scenes": 1}, 3),
        settings=Settings(first_token=8, depth=0.6667, batch_tokens=1024, repetitions=1),
        sampling=Sampling(3, 1.0, 0.95, 8),
    )
    measured = files.read_json(tmp_path / "measured.json")
    assert set(measured["ratios"]) == set(measured["definitions"]) == set(measured["ceilings"])
    assert set(measured["tokens_per_cpu_second"]) == {"1", "3"}
    assert measured["precision"] == dtype
    assert set(measured["peers"]) == {"nnsight"}
    assert all(ratio == ratio for ratio in measured["ratios"].values())
    assert measured["sizes"]["texts"] == 3
    assert measured["sizes"]["depth"] == 0.6667
