"""Steps of the replies stage: sampled, labelled, gated, steered and judged, on a behaviour made of files alone."""

import json

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.replies import transcripts
from steps.replies import evaluate_rates, steer_replies
from tests.steps.lending import CLAIM_SCHEMA, ROW, SAMPLING, SCHEMA


def steer(study):
    steer_replies.main(
        [study.file("claims.yaml")],
        CLAIM_SCHEMA,
        study.file("lending.jsonl"),
        study.file("generation.parquet"),
        study.file("weights"),
        study.file("vectors.safetensors"),
        study.file("shuffled_main.safetensors"),
        study.file("steered.jsonl"),
        behaviour="lending",
        row=ROW,
        rows=study.rows("lending"),
        partial=str(study.file("steered.partial")),
        depth=0.6,
        settings=SAMPLING,
        nulls=10,
        code_sha256="code",
        seed=1,
    )
    return transcripts.load(study.file("steered.jsonl"))


def judge(study):
    study.label("steered")
    evaluate_rates.main(
        study.file("experiments.tsv"),
        SCHEMA,
        [study.file("claims.yaml")],
        CLAIM_SCHEMA,
        *([study.file(f"{name}.parquet")] for name in ("generation", "unsteered", "steered")),
        study.file("rates.parquet"),
        sets=["lending"],
        bootstraps=50,
        seed=1,
    )
    return files.read_table(study.file("rates.parquet")).iloc[0]


@pytest.fixture
def open_gate(labelled):
    """The generation gate as it was measured, put back after a test that closes it."""
    file = labelled.file("generation.parquet")
    before = file.read_bytes()
    yield files.read_table(file)
    file.write_bytes(before)


def test_unsteered_replies_are_labelled_one_by_one(labelled):
    transcript = transcripts.load(labelled.file("unsteered.jsonl"))
    labels = files.read_table(labelled.file("unsteered.parquet"))
    assert list(labels.columns) == [*transcripts.SAMPLED, "label", "side", "coherent"]
    assert labels["scenario"].tolist() == transcript["scenario"].tolist()
    assert set(labels["label"]) <= {"lend", "keep", "incoherent"}
    assert not labelled.file("unsteered.partial").exists()


def test_the_gate_measures_rate_sense_agreement_and_mirrored_replies(open_gate):
    words = ("replies that are lend", "replies that make sense", "agreement of the classes", "mirrored replies")
    assert [text.startswith(word) for text, word in zip(open_gate["quantity"], words, strict=True)] == [True] * 4


def test_what_claims_ask_for_is_sampled_under_emotions_and_null_directions(labelled):
    table = steer(labelled)
    assert table.groupby("kind")["direction"].nunique().to_dict() == {
        "Gaussian": 10,
        "emotion": 1,
        "label-shuffled": 10,
    }
    assert set(table["strength_norm_fraction"]) == {0.1}
    row = judge(labelled)
    assert (row["claim"], row["part"]) == ("A20", "part 5")
    assert -1 <= row["estimate_or_missing"] <= 1


def test_a_closed_gate_stops_sampling_and_is_the_reason(labelled, open_gate):
    closed = open_gate.assign(passed=[False, *open_gate["passed"][1:]])
    files.write_table(closed, labelled.file("generation.parquet"))
    assert steer(labelled).empty
    head = json.loads(labelled.file("steered.jsonl").read_text().splitlines()[0])
    assert "replies that are lend" in json.dumps(head)
    assert "replies that are lend" in judge(labelled)["guard"]
