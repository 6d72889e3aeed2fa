"""The steps that plant arrangements and circuits and exchange sides, on tiny models and files made here."""

from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.controls.sown import NAMED
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import events
from steps.controls import exchange_sides, plant_structures, plant_writers
from tests.steps.acts.asking import CLAIM_SCHEMA, PARTS
from tests.steps.acts.conftest import DRAWS
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


def test_sides_are_exchanged_by_every_seed_where_no_finite_strength_is_asked_for(asking, tmp_path):
    exchange_sides.main(
        *asking.registered,
        *asking.captured,
        *asking.stories,
        asking.feelings.file("shuffled_main.safetensors"),
        tmp_path / "exchanged.parquet",
        **MAIN,
        placebos=[7, 8, 9],
        nulls=40,
        **DRAWS,
    )
    judged = files.read_table(tmp_path / "exchanged.parquet")
    asked = [by["measure"] for by in PARTS if by["measure"] not in ("act_told", "act_dose", "act_curvature")]
    assert judged.groupby("seed")["measure"].agg(list).to_dict() == dict.fromkeys((7, 8, 9), asked)
    slopes = judged[judged["measure"] == "act_slope"]
    assert slopes.groupby("part")["estimate"].nunique().min() > 1, "each seed exchanges others"
