"""The steps that plant arrangements and circuits, on tiny models and files made here."""

from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.controls.sown import NAMED
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import events
from steps.controls import plant_structures, plant_writers
from tests.steps.acts.asking import CLAIM_SCHEMA
from tests.steps.components import EMOTIONS, PLACES, ROW, capture, write_directions, write_events
from tests.steps.feelings import MAIN

ROOT = Path(__file__).resolve().parents[3]
CLAIMS = [ROOT / f"workflow/claims/{name}.yaml" for name in ("meaning", "contrasts")]
SOWN = {"sizes": [0.5, 2.0], "draws": 2, "seed": 3}
COLUMNS = ["structure", "kind", "size", "draw", "claim", "part", "estimate", "verdict", "found"]


def test_a_circumplex_is_planted_into_every_draw_and_judged_by_the_claims(feelings, tmp_path):
    plant_structures.main(
        CLAIMS,
        CLAIM_SCHEMA,
        *feelings.measured[:3],
        feelings.file("second.parquet"),
        feelings.file("norms.csv"),
        feelings.file("clusters.yaml"),
        feelings.file("antonyms.yaml"),
        tmp_path / "planted.parquet",
        **MAIN,
        **SOWN,
        resamples=20,
        clusterings=20,
        runs=1,
    )
    planted = files.read_table(tmp_path / "planted.parquet")
    assert list(planted.columns) == COLUMNS
    assert {*planted["claim"]} == {"A06b", "A07b", "A09b"}
    counts = planted.groupby(["kind", "size"]).size().to_dict()
    assert counts == {("plant", 0.5): 18, ("plant", 2.0): 18, ("sham", 2.0): 18, ("opposite", 2.0): 8}


def test_writers_are_planted_without_running_the_model(make_model, tmp_path):
    model, file = make_model("llama"), write_events(tmp_path, PLACES)
    known = events.load_events(file)
    capture(model, known, tmp_path / "fit.safetensors")
    write_directions(tmp_path / "fit.safetensors", known, len(known), tmp_path / "directions.safetensors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        plant_writers.main(
            CLAIMS,
            CLAIM_SCHEMA,
            tmp_path / "fit.safetensors",
            tmp_path / "directions.safetensors",
            tmp_path,
            tmp_path / "planted.parquet",
            row=ROW,
            **SOWN,
            resamples=20,
        )
    planted = files.read_table(tmp_path / "planted.parquet")
    assert list(planted.columns) == COLUMNS
    assert set(zip(planted["structure"], planted["claim"], strict=True)) == {("heads", "W05b"), ("neurons", "W04b")}
    named = planted[planted["part"] == NAMED]
    assert len(named) == 2 * 2 * 4
    assert {*named["estimate"] * len(EMOTIONS)} <= {*map(float, range(len(EMOTIONS) + 1))}
