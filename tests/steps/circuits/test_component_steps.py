"""The steps from captured prompts to evidence, one after the other, on a tiny model and events made here."""

import json
from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

from emotion_vectors.artefacts import files
from emotion_vectors.circuits import emotion_directions, prompt_states, scores
from emotion_vectors.claims import judging
from emotion_vectors.engine.component_edits import read_last
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.models import language_model
from emotion_vectors.models.sublayers import ATTENTION, MLP, POINTS, sublayer
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli import events
from steps.circuits import assemble_circuits, measure_importance, score_components
from steps.silencing import check_silencing, silence_components, silence_for_stories

EMOTIONS = list(events.EMOTIONS)
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
SCENARIOS = 6
CLAIMS = Path(__file__).resolve().parents[3] / "workflow/claims"


def write_events(folder: Path) -> Path:
    places = ["train", "river", "school", "kitchen", "garden", "bridge"]
    lines = [
        {
            "skeleton_id": f"s{number}", "theme": "travel", "scenario": f"You are by the {place}.",
            "event": {"positive": "the boat came", "neutral": "a door closed", "negative": f"the {place} lay open"},
        }
        for number, place in enumerate(places)
    ]  # fmt: skip
    file = folder / "fit.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def capture(model, known, file: Path) -> None:
    """Residual streams, neurons and heads at the last token, by plain hooks, in the form of `capture_prompts`."""
    kept = {name: [] for name in ("residual", "neurons", "heads")}
    for event in known:
        for emotion in EMOTIONS:
            ids = torch.tensor([of_events(model, [event], emotion)[0].ids])
            inputs = {}
            handles = [
                sublayer(model, layer, point).projection.register_forward_pre_hook(
                    lambda _module, given, place=(layer, point), into=inputs: into.__setitem__(place, given[0][0, -1])
                )
                for layer in range(model.layers) for point in POINTS
            ]  # fmt: skip
            kept["residual"].append(read_last(model, ids)[0])
            for handle in handles:
                handle.remove()
            for name, point in (("neurons", MLP), ("heads", ATTENTION)):
                kept[name].append(torch.stack([inputs[layer, point] for layer in range(model.layers)]))
    tensors = {name: torch.stack(each).unflatten(0, (len(known), len(EMOTIONS))).clone() for name, each in kept.items()}
    facts = prompt_states.facts_of(known, EMOTIONS)
    save_file(tensors, file, metadata={**facts, "model_sha256": "0", "events_sha256": "0"})


def write_directions(states: Path, known, used: int, file: Path) -> None:
    """Directions of the first events, where the replies to all others were refused."""
    accepted = [row < used for row in range(len(known))]
    emotion_directions.save(emotion_directions.compute(prompt_states.load(states), accepted, least=4), file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, make_model):
    """All steps run in their order; the last scenario's events are not used for directions."""
    place, model = tmp_path_factory.mktemp("circuits"), make_model("llama")
    known = events.load_events(write_events(place))
    capture(model, known, place / "fit.safetensors")
    write_directions(place / "fit.safetensors", known, 15, place / "directions.safetensors")
    story = torch.randn(6, model.layers, model.width, generator=torch.Generator().manual_seed(0))
    save_file(
        {"vectors": story, "norms": torch.ones(model.layers)},
        place / "vectors.safetensors",
        metadata={"emotions": json.dumps(list(events.EMOTIONS.values()))},
    )
    directions, states, asked = (place / name for name in ("directions.safetensors", "fit.safetensors", "fit.jsonl"))
    components, importances = place / "components.safetensors", place / "importance.safetensors"
    circuits, weights = place / "circuits.json", place
    draws = {"shuffles": 60, "seed": 0}

    def evidence(step):
        return place / f"{step}.parquet"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        score_components.main(states, directions, weights, components, row=ROW, placebo=None)
        check_silencing.main(directions, asked, weights, place / "check.json", row=ROW, prompts=2, heads=5)
        silence_components.main(
            states, directions, components, place / "curves.parquet", place / "by_layer.parquet",
            evidence("silence_components"), placebo=None, bootstraps=100, **draws,
        )  # fmt: skip
        measure_importance.main(
            directions, asked, weights, importances, place / "by_reference.parquet", place / "p.parquet",
            place / "f.parquet", evidence("measure_importance"),
            row=ROW, prompts=5, finite_prompts=1, bootstraps=100, **draws,
        )  # fmt: skip
        assemble_circuits.main(
            states, components, importances, circuits, place / "sizes.parquet", place / "pairs.parquet",
            evidence("assemble_circuits"), placebo=None, resamples=20, **draws,
        )  # fmt: skip
        silence_for_stories.main(
            states, circuits, place / "vectors.safetensors", asked, weights, place / "falls.parquet",
            evidence("silence_for_stories"),
            row=ROW, depth=0.6667, story_events=3, batch_tokens=640, placebo=None, bootstraps=100, **draws,
        )  # fmt: skip
    return place


def test_every_part_of_the_claims_has_its_evidence(folder):
    registered = [
        claim for name in ("wang-2025", "overlap") for claim in yaml.safe_load((CLAIMS / f"{name}.yaml").read_text())
    ]
    expected = {
        (claim["id"], part["name"])
        for claim in registered if claim["id"] in {"W04", "W05", "W06", "W07", "W09", "O06"}
        for part in claim["parts"]
    }  # fmt: skip
    steps = ("silence_components", "measure_importance", "assemble_circuits", "silence_for_stories")
    rows = pd.concat([pd.read_parquet(folder / f"{step}.parquet") for step in steps])
    assert {(row.claim, row.part) for row in rows.itertuples()} == expected
    assert len(rows) == len(expected)
    by_name = {claim["id"]: {part["name"]: part for part in claim["parts"]} for claim in registered}
    for _, row in rows.iterrows():
        assert judging.judge_part(by_name[row["claim"]][row["part"]], row).verdict in judging.VERDICTS


def test_scores_are_means_over_the_used_prompts_of_each_emotion(folder, make_model):
    model, found = make_model("llama"), load_file(folder / "components.safetensors")
    states, known = load_file(folder / "fit.safetensors"), load_file(folder / "directions.safetensors")
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


def test_the_check_finds_no_difference(folder):
    found = json.loads((folder / "check.json").read_text())
    assert max(found["largest_difference"].values()) < 1e-3
    assert [each["emotion"] for each in found["sample"]] == ["anger", "sadness"]


def test_finite_additions_agree_with_gradients(folder):
    table = pd.read_parquet(folder / "f.parquet")
    assert len(table) == 4 * 6 * 2 * 4
    small = table[table["dose_rms"] == 0.1]
    assert small["importance"].corr(small["by_gradient"]) > 0.95


def test_circuits_are_of_the_stated_size(folder):
    stored = json.loads((folder / "circuits.json").read_text())
    assert set(stored["circuits"]) == set(EMOTIONS)
    for circuit in stored["circuits"].values():
        for kind, budget in stored["components"].items():
            assert sum(len(layer[kind]) for layer in circuit.values()) == budget


def test_untouched_projections_are_those_that_were_captured(folder):
    table = pd.read_parquet(folder / "falls.parquet")
    assert len(table) == 3 * 6 * 2 * 2
    assert table["fall"].abs().min() > 0
    layer = files.provenance_of(folder / "falls.parquet")["layer"]
    vector = unit(load_file(folder / "vectors.safetensors")["vectors"][1, layer])
    residual = load_file(folder / "fit.safetensors")["residual"][0, 1, 1, layer]
    first = table[(table["event"] == "s0-positive") & (table["emotion"] == "sadness")]
    assert first["projection"].tolist() == pytest.approx([float(residual @ vector)] * 4, abs=1e-4)


def test_stored_scores_are_read_by_kind(folder):
    stored, scored = load_file(folder / "components.safetensors"), scores.load(folder / "components.safetensors")
    assert scored.layers == 4
    assert torch.equal(scored.kinds["heads"].scores_halves, stored["head_scores_halves"])
    assert torch.equal(scored.kinds["neurons"].writes, stored["neuron_writes"])
    assert stored["neuron_scales"].shape == (15, 6, 4)
    assert stored["mean_falls_as_coded"].shape == (6, 4, 4, 32)
    assert len(scored.used) == 15


def test_small_tables_say_what_the_large_files_hold(folder):
    stored, sizes = (
        json.loads((folder / "circuits.json").read_text())["circuits"],
        pd.read_parquet(folder / "sizes.parquet"),
    )
    for row in sizes.itertuples():
        assert row.components == len(stored[row.emotion][str(row.layer)][row.kind])
    assert sizes.groupby("kind")["parts"].unique().map(list).to_dict() == {"heads": [4], "neurons": [48]}
    importance = load_file(folder / "importance.safetensors")["by_reference"]
    table = pd.read_parquet(folder / "by_reference.parquet")
    assert len(table) == importance.numel()
    cell = table.query("reference == 'late' and emotion == 'fear' and point == 'mlp' and layer == 2")
    assert cell["importance"].item() == importance[0, 3, 1, 2].item()
