"""Tables of a study in the form in which the explorer shows them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files
from emotion_vectors.explorer import items_shown
from emotion_vectors.replies import transcripts

SAMPLE = {
    "behaviour": "blackmail",
    "scenario": "b01",
    "variant": "tonight",
    "direction": "desperate",
    "kind": "emotion",
    "strength_norm_fraction": 0.05,
    "sample": 0,
    "seed": 7,
    "prompt_sha256": "0" * 64,
    "text": "A reply.",
    "tokens": [1, 2],
    "ended": True,
}


def test_slopes_keep_the_order_of_emotions_and_lose_no_row():
    table = pd.DataFrame(
        {
            "scenario": ["b02", "b02", "b01", "b01"],
            "variant": ["none", "none", "-", "-"],
            "emotion": ["sad", "calm", "calm", "sad"],
            "slope_nats": [0.25, -0.123456, 1.0, 2.0],
            "experiment": ["blackmail"] * 4,
        }
    )
    shown = items_shown.slopes_shown(table)
    assert shown["emotions"] == ["sad", "calm"]
    assert shown["rows"] == {
        "b02": [{"experiment": "blackmail", "variant": "none", "slopes": [0.25, -0.1235]}],
        "b01": [{"experiment": "blackmail", "variant": "", "slopes": [2.0, 1.0]}],
    }


def test_null_directions_are_not_shown_among_emotions():
    steered = pd.DataFrame(
        {
            "direction": ["calm", "Gaussian 0", "calm"],
            "kind": ["emotion", "Gaussian", "emotion"],
            "strength_norm_fraction": [0.1, 0.1, -0.1],
            "experiment": "blackmail",
            "scenario": "b01",
            "variant": "none",
            "delta_logodds_nats": [0.5, 9.0, -0.25],
        }
    )
    assert items_shown.doses_shown(steered) == {
        "b01": [["blackmail", "none", "calm", -0.1, -0.25], ["blackmail", "none", "calm", 0.1, 0.5]]
    }


def test_the_sample_of_these_tests_is_one_of_a_transcript():
    assert {*SAMPLE} == {*transcripts.COLUMNS}


def test_a_set_of_which_no_reply_was_sampled_shows_none(tmp_path: Path):
    files.write_json_lines([], tmp_path / "small-model/transcripts/hacking_unsteered_revised.jsonl")
    labels = pd.DataFrame(columns=[*transcripts.SAMPLED, "label"])
    files.write_table(labels, tmp_path / "small-model/labels/hacking_unsteered.parquet")
    none = pd.DataFrame(columns=["model", "behaviour", "situation", "variant", "steering", "class", "text"])
    assert items_shown.replies_shown(none, [tmp_path], ["small-model"]) == []


def test_every_kept_reply_is_shown_with_its_label_and_settings(tmp_path: Path):
    folder = tmp_path / "small-model"
    files.write_json_lines([json.dumps(SAMPLE)], folder / "transcripts/blackmail_steered.jsonl")
    named = {
        key: [SAMPLE[key]] for key in ("scenario", "variant", "direction", "kind", "strength_norm_fraction", "sample")
    }
    files.write_table(pd.DataFrame({**named, "label": ["refusal"]}), folder / "labels/blackmail_steered.parquet")
    picked = pd.DataFrame(
        {
            "model": "small-model",
            "behaviour": ["blackmail", "hacking"],
            "situation": ["b01", "h01"],
            "variant": "tonight",
            "steering": "unsteered",
            "class": "blackmail",
            "text": ["left out: all of its set are kept", "shown"],
        }
    )
    kept, few = items_shown.replies_shown(picked, [tmp_path], ["small-model"])
    assert (kept["set"], kept["steering"], kept["label"], kept["text"]) == (
        "blackmail",
        "steered",
        "refusal",
        "A reply.",
    )
    assert (kept["emotion"], kept["strength"], kept["seed"], kept["ended"]) == ("desperate", 0.05, 7, True)
    assert (few["scenario"], few["text"], few["seed"]) == ("h01", "shown", None)
