"""Steps of the judges stage: both kinds of judge on conduct and on emotions."""

import json
from pathlib import Path

import numpy as np
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.judges import conduct_judge, emotion_fit, emotion_judge, validation
from emotion_vectors.models import sentence_encoder
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES, load_emotion_replies
from steps.judges import fit_emotions, validate_emotions, validate_replies
from tests.sampled_replies import EVENTS, lines, write
from tests.steps.lending import ROW

STIMULI = Path("workflow/stimuli")
REPLIES = STIMULI / "emotion_replies/training.jsonl"


class EmotionReader:
    """States in which a labelled reply has the direction of its emotion, and any other text next to none."""

    def __init__(self):
        self.known = {reply.text: EMOTION_CLASSES.index(reply.label) for reply in load_emotion_replies(REPLIES)}

    def read(self, texts):
        generator = np.random.default_rng(0)
        states = 0.1 * generator.standard_normal((len(texts), 6, 8)).astype(np.float32)
        for row, text in enumerate(texts):
            if text in self.known:
                states[row, :, self.known[text]] += 4.0
        return states


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Judges of emotions fitted by the step, with and without the written replies."""
    folder = tmp_path_factory.mktemp("emotions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_encoder, "load", lambda _folder: EmotionReader())
        patch.setattr(emotion_fit, "EMOTION_PENALTIES", (0.01,))
        patch.setattr(emotion_fit, "VIEWS", {"layer 2": (2,)})
        patch.setattr(emotion_fit, "WRITTEN_SHARES", (0.9,))
        fit_emotions.main(
            sorted((STIMULI / "stories").rglob("*.jsonl")),
            sorted((STIMULI / "dialogues").glob("*.jsonl")),
            STIMULI / "words/clusters.yaml",
            REPLIES,
            Path("workflow/norms/warriner2013.csv"),
            folder / "encoder",
            folder / "stories_and_replies.safetensors",
            folder / "stories.safetensors",
            seed=1,
        )
    return folder


def validate(folder, monkeypatch, row, fitted, sampled=None):
    """Judge written replies, or those of a file of sampled ones."""
    monkeypatch.setattr(sentence_encoder, "load", lambda _folder: EmotionReader())
    validate_emotions.main(
        sampled or REPLIES,
        EVENTS,
        Path("workflow/models.tsv"),
        STIMULI / "emotion_replies/classes.yaml",
        fitted,
        folder / "judge",
        folder / "emotions.parquet",
        origin="sampled" if sampled else "emotions",
        row=row,
        bootstraps=20,
        seed=1,
    )
    return files.read_table(folder / "emotions.parquet"), files.provenance_of(folder / "emotions.parquet")


def test_written_replies_teach_the_judge_of_emotions(fitted, monkeypatch):
    both = [fitted / f"{name}.safetensors" for name in ("stories_and_replies", "stories")]
    table, facts = validate(fitted, monkeypatch, None, both)
    assert facts["agreement"]["six or none"]["kappa"] > 0.9
    assert facts["agreement_stories_only"]["six or none"]["kappa"] < 0.3
    assert list(table)[:3] == ["id", "situation", "label"]


def test_what_was_chosen_is_stored_with_the_judge(fitted):
    judge = emotion_judge.load(fitted / "stories_and_replies.safetensors", EmotionReader())
    with files.open_tensors(fitted / "stories_and_replies.safetensors") as file:
        facts = json.loads(file.fact("facts"))
    assert (facts["view"], facts["threshold"]) == (judge.view, judge.threshold)
    assert set(facts["passages"]) == set(EMOTION_CLASSES)


def test_a_model_judges_emotions_without_being_fitted(lending, monkeypatch, tmp_path):
    few = REPLIES.read_text().splitlines()[: len(EMOTION_CLASSES)]
    (tmp_path / "few.jsonl").write_text("\n".join(few) + "\n")
    monkeypatch.setattr("tests.steps.judges.test_judge_steps.REPLIES", tmp_path / "few.jsonl")
    table, facts = validate(tmp_path, monkeypatch, ROW, [])
    assert len(table) == len(EMOTION_CLASSES)
    assert facts["judge"] == lending.model.name
    assert set(facts["agreement"]) == {"six or none"}


def labelled_alike(folder):
    """Sampled replies that say what a written one says, which the first hand labels as its writer did and the second in part."""
    written = load_emotion_replies(REPLIES)[:42]
    labels = [(reply.label, "none" if row % 6 == 0 else reply.label) for row, reply in enumerate(written)]
    texts = {row: reply.text for row, reply in enumerate(written)}
    return write(folder / "sampled.jsonl", lines(labels, texts))


def test_sampled_replies_measure_the_judge_by_two_hands(fitted, monkeypatch, tmp_path):
    both = [fitted / f"{name}.safetensors" for name in ("stories_and_replies", "stories")]
    table, facts = validate(tmp_path, monkeypatch, None, both, labelled_alike(tmp_path))
    assert len(table) == 42
    assert facts["agreement"]["judge with the first hand"]["kappa"] > 0.9
    assert facts["agreement"][validation.BOTH]["kappa"] > 0.9
    differ = (table["first"] != table["second"]).sum()
    assert facts["agreement"][validation.BOTH]["replies"] == 42 - differ < 42
    assert facts["agreement_stories_only"][validation.BOTH]["kappa"] < 0.3


def test_a_model_is_held_against_both_hands(lending, monkeypatch, tmp_path):
    table, facts = validate(tmp_path, monkeypatch, ROW, [], labelled_alike(tmp_path))
    assert facts["judge"] == lending.model.name
    agreed = facts["agreement"]["judge with the first hand"]
    assert agreed["accuracy"] == pytest.approx((table["first"] == table["verdict"]).mean())


@pytest.mark.parametrize("row", [None, ROW], ids=["encoder", "model"])
def test_labelled_replies_measure_a_judge_of_either_kind(lending, monkeypatch, tmp_path, row):
    monkeypatch.setattr(conduct_judge, "OUTER_FOLDS", 3)
    monkeypatch.setattr(conduct_judge, "INNER_FOLDS", 2)
    monkeypatch.setattr(conduct_judge, "CONDUCT_PENALTIES", (0.1,))
    validate_replies.main(
        lending.file("replies.jsonl"),
        [lending.file("lending.yaml")],
        [lending.file("lending.jsonl")],
        lending.file("judge"),
        tmp_path / "replies.parquet",
        row=row,
        bootstraps=20,
        seed=1,
    )
    table, facts = files.read_table(tmp_path / "replies.parquet"), files.provenance_of(tmp_path / "replies.parquet")
    assert len(table) == 36
    assert facts["agreement"]["lending"]["replies"] == 36
    assert sum(sum(given.values()) for given in facts["mirrored"]["lending"].values()) == 24
    if row is None:
        assert facts["agreement"]["lending"]["kappa"] > 0.9
        assert "judge" not in facts
    else:
        assert facts["judge"] == lending.model.name


def test_a_model_labels_sampled_replies_and_signs_them(labelled):
    kept = labelled.file("unsteered.parquet").read_bytes()
    labelled.label("unsteered", ROW)
    table, facts = (
        files.read_table(labelled.file("unsteered.parquet")),
        files.provenance_of(labelled.file("unsteered.parquet")),
    )
    labelled.file("unsteered.parquet").write_bytes(kept)
    assert len(table) == len(transcripts.load(labelled.file("unsteered.jsonl")))
    assert facts["judge"] == labelled.model.name
