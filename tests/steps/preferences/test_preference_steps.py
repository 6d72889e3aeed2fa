"""From activities to evidence on a tiny model, on half of the activities of the study."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging
from emotion_vectors.conduct import directions
from emotion_vectors.models import language_model
from emotion_vectors.preferences import measurements
from emotion_vectors.preferences.association import AtMain
from emotion_vectors.preferences.steering import STEERED, FiniteAdditions
from emotion_vectors.stimuli.tables import load_norms
from emotion_vectors.vectors import story_cells
from emotion_vectors.vectors.emotion_vectors import from_cells
from steps.preferences import compare_activities, evaluate_preferences, steer_activities

ROOT = Path(__file__).resolve().parents[3]
SETS, NORMS = ROOT / "workflow/stimuli/activities", ROOT / "workflow/norms/warriner2013.csv"
REGISTERED = yaml.safe_load((ROOT / "workflow/claims/anthropic-2026.yaml").read_text())
CLAIMS = {claim["id"]: claim for claim in REGISTERED if claim["id"] in ("A16", "A17", "A18")}
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
CHOSEN = FiniteAdditions(rounds=5, steered_activities=4, steered_rounds=1, strengths=[0.1, 0.5], nulls_of_each_kind=10)
TOPICS, DEPTH, BUDGET = 6, 0.6667, 3000
ACTIVITIES, KNOWN = 32, 6


def write_stories(folder: Path, model) -> None:
    """Activations of made-up stories and vectors of them, in the form in which the stage of vectors writes them."""
    emotions = load_norms(NORMS)["emotion"].tolist()
    draws = torch.Generator().manual_seed(0)
    late = torch.randn(TOPICS * len(emotions), model.layers, model.width, generator=draws)
    rows = [(f"s{topic}-{emotion}", f"t{topic}", emotion) for topic in range(TOPICS) for emotion in emotions]
    stories = pd.DataFrame(rows, columns=["story_id", "topic", "emotion"])
    files.write_table(stories, folder / "stories.parquet")
    norms = torch.full((model.layers,), 2.0)
    files.write_tensors(
        {"late": late, "early": late.clone(), "embedding": late[:, 0].clone(), "norms": norms},
        folder / "stories.safetensors",
        story_ids=json.dumps(stories["story_id"].tolist()),
        model_sha256="0",
        stories_sha256="0",
    )
    bases = {f"layer_{layer:02d}": torch.eye(model.width)[:1] for layer in range(model.layers)}
    files.write_tensors(bases, folder / "neutral.safetensors")
    inputs = (folder / name for name in ("stories.safetensors", "neutral.safetensors", "stories.parquet"))
    cells = story_cells.load(*inputs, emotions)
    listed = json.dumps(emotions)
    files.write_tensors({"vectors": from_cells(cells), "norms": norms}, folder / "vectors.safetensors", emotions=listed)
    shuffled = story_cells.shuffled_vectors(cells, 110, 1)
    files.write_tensors({"vectors": shuffled[:, :, [2]]}, folder / "shuffled_main.safetensors")


def write_half(folder: Path) -> None:
    """Every second activity, and a few gate pairs."""
    lines = (SETS / "activities.jsonl").read_text().splitlines(keepends=True)
    (folder / "activities.jsonl").write_text("".join(lines[::2]))
    known = (SETS / "gate_pairs.jsonl").read_text().splitlines(keepends=True)
    (folder / "gate_pairs.jsonl").write_text("".join(known[:KNOWN]))


@pytest.fixture(scope="module")
def study(make_model, tmp_path_factory):
    folder, model = tmp_path_factory.mktemp("preferences"), make_model("llama", max_position_embeddings=4096)
    write_stories(folder, model)
    write_half(folder)
    known = [folder / name for name in ("stories.safetensors", "neutral.safetensors", "stories.parquet")]
    known += [folder / "vectors.safetensors", folder / "shuffled_main.safetensors"]
    measured, steered = folder / "pairs.safetensors", folder / "steered.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        compare_activities.main(
            folder / "activities.jsonl",
            folder / "gate_pairs.jsonl",
            folder,
            measured,
            row=ROW,
            depth=DEPTH,
            rounds=CHOSEN.rounds,
            batch_tokens=BUDGET,
            seed=1,
        )
        steer_activities.main(
            measured, folder, *known, steered, row=ROW, depth=DEPTH, chosen=CHOSEN, batch_tokens=BUDGET, seed=1
        )
    evaluate_preferences.main(
        measured,
        steered,
        *known,
        NORMS,
        *(folder / f"{name}.parquet" for name in ("gates", "emotions", "activities", "evidence")),
        depth=DEPTH,
        order_bias_nats=1.0,
        least_elo={part["name"]: part["smallest_effect"] for part in CLAIMS["A17"]["parts"]},
        bootstraps=100,
        shuffles=100,
        seed=1,
    )
    return folder


def test_every_part_has_its_evidence_and_a_verdict(study):
    table = files.read_table(study / "evidence.parquet").set_index(["claim", "part"])
    assert {*table.index} == {(name, part["name"]) for name, claim in CLAIMS.items() for part in claim["parts"]}
    assert table.loc["A16", "n"].tolist() == [32, 32, 24, 24]
    assert table.loc[("A18", "reading and steering"), "n"] == 48
    for (name, part), row in table.iterrows():
        rule = next(one for one in CLAIMS[name]["parts"] if one["name"] == part)
        assert judging.verdict_on(CLAIMS[name], rule, row.to_dict()).verdict in judging.VERDICTS


def test_a_closed_gate_stands_in_every_row(study):
    gates = files.read_table(study / "gates.parquet")
    assert gates["behaviour"].unique().tolist() == ["activities"]
    assert len(gates) == 3
    (guard,) = files.read_table(study / "evidence.parquet")["guard"].unique()
    assert all(
        (quantity in guard) != passed for quantity, passed in zip(gates["quantity"], gates["passed"], strict=True)
    )


def test_pairs_and_their_gradients_are_of_all_rounds(study):
    with files.open_tensors(study / "pairs.safetensors") as file:
        pairs, gradients, known = (file.tensor(name) for name in ("pairs", "gradients", "known"))
    assert pairs.unique(return_counts=True)[1].tolist() == [CHOSEN.rounds] * ACTIVITIES
    assert gradients.shape[:2] == (CHOSEN.rounds * ACTIVITIES // 2, 2)
    assert known.shape == (KNOWN,)


def test_real_additions_are_of_the_named_emotions_and_of_every_kind_of_null(study):
    steered = files.read_table(study / "steered.parquet")
    assert steered["activity"].nunique() == CHOSEN.steered_activities
    kinds = steered.groupby("kind")["direction"].nunique().to_dict()
    assert kinds == {"emotion": len(STEERED), "Gaussian": 10, "label-shuffled": 10, "semantic": 10}
    strengths = steered[steered["kind"] == "emotion"]["strength_norm_fraction"].unique()
    assert sorted(strengths) == [-0.5, -0.1, 0.1, 0.5]


def test_small_additions_do_what_the_gradient_says(study):
    """Of the same activities against the same opponents: the change at strength 0.1 is a fifth of what is extrapolated to 0.5."""
    known = directions.load(study / "vectors.safetensors", study / "shuffled_main.safetensors", DEPTH)
    preferences = measurements.load(study / "pairs.safetensors")
    at_main = AtMain.of(preferences, known.main, float(known.main_norm))
    vector = known.vectors.of(["blissful"])[:, known.main]
    changes = at_main.changes_of_pairs(vector)[: ACTIVITIES // 2, :, 0] / 5
    steered = files.read_table(study / "steered.parquet").query("direction == 'blissful'")
    at = steered.set_index(["activity", "strength_norm_fraction"])["delta_elo"]
    for number, activity in enumerate(preferences.activities):
        if activity.name in at.index:
            (row,), (side,) = (preferences.pairs[: ACTIVITIES // 2] == number).nonzero()
            halfway = (at[activity.name, 0.1] - at[activity.name, -0.1]) / 2
            assert halfway == pytest.approx(changes[row, side], rel=0.15, abs=0.5)
