"""From fresh events to evidence on a tiny model: readings, slopes along both methods' vectors, and three arms."""

import json

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims import evidence as evidence_rows
from emotion_vectors.claims import judging, registry
from emotion_vectors.expression import likelihood
from emotion_vectors.models import language_model
from emotion_vectors.statistics.effects import Effect
from steps.fresh import drive_fresh_replies, evaluate_fresh_replies, read_fresh_replies
from tests.random_tensors import random
from tests.steps.components import EMOTIONS, ROW
from tests.unit.expression.replies import CLAIMS

REGISTERED = registry.load([CLAIMS / "contrasts.yaml"], CLAIMS.parent / "schemas/claim.schema.yaml")
DRAWS = {"bootstraps": 100, "shuffles": 60, "seed": 1}
READ = {"row": ROW, "scenarios": 6, "depth": 0.6667}
THEMES = ("work", "travel", "school", "health", "housing", "shopping", "services")


def write_fresh(folder):
    """Seven events of as many themes with six replies each, in words that the tiny tokenizer knows."""
    lines = [
        {
            "skeleton_id": f"{theme}_fresh_1",
            "theme": theme,
            "scenario": "You are by the river.",
            "event": f"a door closed {'and closed ' * number}",
            "replies": {name: f"the {name} boat came over" for name in EMOTIONS},
        }
        for number, theme in enumerate(THEMES)
    ]
    file = folder / "fresh.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def study_files(components, folder):
    """States, directions, story vectors and label-shuffled ones."""
    return [
        *(components / f"{name}.safetensors" for name in ("fit", "directions", "vectors")),
        folder / "shuffled.safetensors",
    ]


@pytest.fixture(scope="module")
def found(components, llama, tmp_path_factory):
    """Folder with what all three steps wrote."""
    folder = tmp_path_factory.mktemp("fresh")
    asked, readings = write_fresh(folder), folder / "readings.safetensors"
    study = study_files(components, folder)
    files.write_tensors({"vectors": random(30, 6, 1, llama.width, seed=8)}, study[-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: llama)
        read_fresh_replies.main(asked, folder, readings, **READ)
        drive_fresh_replies.main(
            asked,
            readings,
            study[1],
            components / "circuits.json",
            folder,
            folder / "arms.parquet",
            folder / "changes.parquet",
            folder / "driven.parquet",
            **READ,
            **DRAWS,
        )
    evaluate_fresh_replies.main(
        readings, *study, folder / "slopes.parquet", folder / "along.parquet", depth=0.6667, placebo=None, **DRAWS
    )
    return folder


def test_as_many_events_as_are_asked_for_are_read(found):
    readings = likelihood.load(found / "readings.safetensors")
    assert readings.scenarios == [f"{theme}_fresh_1" for theme in THEMES[:6]]
    assert (readings.lengths > 0).all()


def test_every_part_but_the_rate_has_its_evidence_and_can_be_judged(found):
    rows = pd.concat([pd.read_parquet(found / f"{name}.parquet") for name in ("along", "driven")])
    parts = {claim: [part["name"] for part in REGISTERED[claim]["parts"]] for claim in ("W02b", "W03b", "W08b", "O04b")}
    assert rows.groupby("claim")["part"].agg(list).to_dict() == parts | {"W02b": parts["W02b"][:1]}
    assert np.isfinite(rows[list(Effect.__dataclass_fields__)[:5]]).all(axis=None)
    assert set(rows["n"]) == {6}
    rate = evidence_rows.untested_row("W02b", parts["W02b"][1], "closed")
    known = {claim: REGISTERED[claim] for claim in parts}
    judged, _ = judging.judge(known, pd.concat([rows, pd.DataFrame([rate])]).assign(step="s"))
    assert set(judged["claim"]) == set(parts)
    assert judged["verdict"].ne("not yet measured").all()


def test_tables_hold_every_emotion_by_method_and_arm(found):
    slopes, arms = pd.read_parquet(found / "slopes.parquet"), pd.read_parquet(found / "arms.parquet")
    assert len(slopes) == 3 * 7
    assert len(arms) == 6 * 4 * 6
    added = arms.groupby(["scenario", "arm", "emotion"])["added"].first().unstack("arm")
    np.testing.assert_allclose(added["steering"], added["circuit"], rtol=1e-5)
    np.testing.assert_allclose(added["steering, layer by layer"], added["circuit"], rtol=1e-5)
    assert (added["circuit"] > 0).all()
    assert (added["unsteered"] == 0).all()
    assert len(pd.read_parquet(found / "changes.parquet")) == 4 * 7


def test_readings_of_another_layer_are_refused(found, components):
    outputs = found / "other_slopes.parquet", found / "other.parquet"
    refused = r"readings\.safetensors: layer is \d, but vectors\.main_depth asks for \d; delete the file"
    with pytest.raises(likelihood.ReadingError, match=refused):
        evaluate_fresh_replies.main(
            found / "readings.safetensors",
            *study_files(components, found),
            *outputs,
            depth=0.25,
            placebo=None,
            **DRAWS,
        )
    assert not any(output.exists() for output in outputs)


def test_labels_permuted_within_events_reach_the_null_alone(found, components):
    """In a placebo the prompts behind the shuffled null are permuted as those behind the directions are."""
    study = study_files(components, found)
    outputs = found / "placebo_slopes.parquet", found / "placebo.parquet"
    evaluate_fresh_replies.main(found / "readings.safetensors", *study, *outputs, depth=0.6667, placebo=7, **DRAWS)
    first, second = (pd.read_parquet(file) for file in (found / "slopes.parquet", outputs[0]))
    pd.testing.assert_series_equal(first["change_nats"], second["change_nats"])
    assert not first["shuffled_95_or_missing"].equals(second["shuffled_95_or_missing"])
