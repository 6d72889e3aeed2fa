"""The steps on heads and neurons, from scores to circuits, on a tiny model and events made here."""

import json
from pathlib import Path

import pandas as pd
import torch
import yaml
from safetensors.torch import load_file

from emotion_vectors.circuits import scores
from emotion_vectors.claims import judging
from emotion_vectors.stimuli import events

EMOTIONS = list(events.EMOTIONS)
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
SCENARIOS = 6
CLAIMS = Path(__file__).resolve().parents[3] / "workflow/claims"


def test_every_part_of_the_claims_has_its_evidence(components):
    registered = [
        claim
        for name in ("wang-2025", "overlap", "contrasts")
        for claim in yaml.safe_load((CLAIMS / f"{name}.yaml").read_text())
    ]
    expected = {
        (claim["id"], part["name"])
        for claim in registered
        if claim["id"] in {"W04", "W05", "W06", "W07", "W07b", "W09", "O06"}
        for part in claim["parts"]
    }
    steps = ("silence_components", "measure_importance", "assemble_circuits", "silence_for_stories")
    rows = pd.concat([pd.read_parquet(components / f"{step}.parquet") for step in steps])
    assert {(row.claim, row.part) for row in rows.itertuples()} == expected
    assert len(rows) == len(expected)
    by_name = {claim["id"]: {part["name"]: part for part in claim["parts"]} for claim in registered}
    for _, row in rows.iterrows():
        assert judging.judge_part(by_name[row["claim"]][row["part"]], row).verdict in judging.VERDICTS


def test_scores_are_means_over_the_used_prompts_of_each_emotion(components, make_model):
    model, found = make_model("llama"), load_file(components / "components.safetensors")
    states, known = load_file(components / "fit.safetensors"), load_file(components / "directions.safetensors")
    weight = model.mlp_output(2).weight.detach()
    expected = states["neurons"][:15, 3, 2].mean(0) * (weight.T @ known["directions"][3, 1, 2])
    torch.testing.assert_close(found["neuron_scores"][3, 2], expected, atol=1e-5, rtol=1e-4)
    output = model.attention_output(1).weight.detach()
    heads = states["heads"][:15, 4, 1].mean(0) * (output.T @ known["directions"][4, 0, 1])
    torch.testing.assert_close(found["head_scores"][4, 1], heads.reshape(4, 8).sum(-1), atol=1e-5, rtol=1e-4)
    half = states["heads"][[0, 1, 2, 6, 7, 8, 12, 13, 14], 4, 1].mean(0) * (output.T @ known["halves"][0, 4, 0, 1])
    torch.testing.assert_close(found["head_scores_halves"][0, 4, 1], half.reshape(4, 8).sum(-1), atol=1e-5, rtol=1e-4)
    assert found["head_scores_as_coded"].shape == (6, 4, 4)
    assert found["neuron_scores_halves"].shape == (2, 6, 4, 48)


def test_finite_additions_agree_with_gradients(components):
    table = pd.read_parquet(components / "f.parquet")
    assert len(table) == 4 * 6 * 2 * 4
    small = table[table["dose_rms"] == 0.1]
    assert small["importance"].corr(small["by_gradient"]) > 0.95


def test_circuits_are_of_the_stated_size(components):
    stored = json.loads((components / "circuits.json").read_text())
    assert set(stored["circuits"]) == set(EMOTIONS)
    for circuit in stored["circuits"].values():
        for kind, budget in stored["components"].items():
            assert sum(len(layer[kind]) for layer in circuit.values()) == budget


def test_stored_scores_are_read_by_kind(components):
    stored, scored = (
        load_file(components / "components.safetensors"),
        scores.load(components / "components.safetensors"),
    )
    assert scored.layers == 4
    assert torch.equal(scored.kinds["heads"].scores_halves, stored["head_scores_halves"])
    assert torch.equal(scored.kinds["neurons"].writes, stored["neuron_writes"])
    assert stored["neuron_scales"].shape == (15, 6, 4)
    assert stored["mean_falls_as_coded"].shape == (6, 4, 4, 32)
    assert len(scored.used) == 15


def test_small_tables_say_what_the_large_files_hold(components):
    stored, sizes = (
        json.loads((components / "circuits.json").read_text())["circuits"],
        pd.read_parquet(components / "sizes.parquet"),
    )
    for row in sizes.itertuples():
        assert row.components == len(stored[row.emotion][str(row.layer)][row.kind])
    assert sizes.groupby("kind")["parts"].unique().map(list).to_dict() == {"heads": [4], "neurons": [48]}
    importance = load_file(components / "importance.safetensors")["by_reference"]
    table = pd.read_parquet(components / "by_reference.parquet")
    assert len(table) == importance.numel()
    cell = table.query("reference == 'late' and emotion == 'fear' and point == 'mlp' and layer == 2")
    assert cell["importance"].item() == importance[0, 3, 1, 2].item()
