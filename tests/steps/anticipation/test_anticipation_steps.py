"""From messages of users to evidence, on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from safetensors import safe_open
from safetensors.torch import save_file

from emotion_vectors.anticipation import readings, user_messages
from emotion_vectors.anticipation.readings import AnticipationError
from emotion_vectors.anticipation.user_messages import Amounts
from emotion_vectors.artefacts import files
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli import tables
from steps.anticipation import answer_users, evaluate_anticipation, read_situations
from tests.random_tensors import random
from tests.steps.study_folder import StudyFolder

ROOT = Path(__file__).resolve().parents[3]
STIMULI = ROOT / "workflow/stimuli"
NORMS = ROOT / "workflow/norms/warriner2013.csv"
SITUATIONS, PROMPTS = STIMULI / "states/situations.jsonl", STIMULI / "prompts/prompts.jsonl"
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
AMOUNTS = Amounts(situations=8, prompts=6, samples=2, new_tokens=5, dialogue_groups=3, reliability=0.3)
CLAIMS = {claim["id"]: claim for claim in yaml.safe_load((ROOT / "workflow/claims/anthropic-2026.yaml").read_text())}
DEPTH = 0.6667


class Lengths:
    """An encoder that knows nothing but the first letters of a text."""

    def embed(self, texts):
        letters = np.array([[1.0 + text.lower().count(letter) for letter in "aeiou"] for text in texts])
        return letters / np.linalg.norm(letters, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def study(tmp_path_factory, make_model) -> StudyFolder:
    folder = StudyFolder(tmp_path_factory.mktemp("anticipation"))
    model = make_model("llama", max_position_embeddings=2048)
    emotions = tables.load_emotions(NORMS)
    facts = {"emotions": json.dumps(emotions)}
    vectors = {"vectors": random(len(emotions), model.layers, model.width), "norms": torch.ones(model.layers)}
    save_file(vectors, folder.file("vectors.safetensors"), metadata=facts)
    shuffled = {"vectors": random(20, len(emotions), 1, model.width, seed=1)}
    save_file(shuffled, folder.file("shuffled.safetensors"), metadata=facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        patch.setattr(sentence_encoder, "load", lambda _folder: Lengths())
        answer_users.main(
            SITUATIONS,
            PROMPTS,
            folder.file("weights"),
            folder.file("replies.jsonl"),
            row=ROW,
            partial=str(folder.file("partial")),
            amounts=AMOUNTS,
            settings={"temperature": 1.0, "top_p": 0.95, "memory_mib": 64},
            code_sha256="code",
            seed=1,
        )
        read_situations.main(
            SITUATIONS,
            PROMPTS,
            STIMULI / "speakers/dialogues.jsonl",
            folder.file("replies.jsonl"),
            folder.file("encoder"),
            folder.file("weights"),
            folder.file("states.safetensors"),
            row=ROW,
            amounts=AMOUNTS,
            depth=DEPTH,
            batch_tokens=2000,
        )
    evaluate(folder)
    return folder


def evaluate(folder: StudyFolder, placebo: int | None = None, where: str = "") -> None:
    evaluate_anticipation.main(
        SITUATIONS,
        PROMPTS,
        folder.file("states.safetensors"),
        folder.file("vectors.safetensors"),
        folder.file("shuffled.safetensors"),
        NORMS,
        *folder.files(*(f"{where}{name}.parquet" for name in ("points", "lines", "gates", "evidence"))),
        amounts=AMOUNTS,
        coherent=0.8,
        depth=DEPTH,
        placebo=placebo,
        bootstraps=40,
        shuffles=25,
        seed=3,
    )


def test_every_item_is_answered_and_the_partial_file_is_gone(study):
    lines = files.read_json_lines(study.file("replies.jsonl"))
    assert len(lines) == (8 + 6) * 2
    assert len({(line["scenario"], line["sample"]) for line in lines}) == 28
    assert {line["behaviour"] for line in lines} == {"anticipation"}
    assert not study.file("partial").exists()


def test_states_have_the_shape_of_what_was_read(study, make_model):
    width = make_model("llama").width
    asked = user_messages.load(SITUATIONS, PROMPTS, AMOUNTS)
    states = readings.load(study.file("states.safetensors"), asked)
    tempered = len(asked.tempered)
    assert states.wordings.shape == (8, 2, 2, width)
    assert states.items.shape == (14, 2, width)
    assert states.replies.shape == (14, 2, width)
    assert states.gradients.shape == (tempered, 2, width)
    assert states.ordered.shape == (tempered, 2)
    assert states.dialogues.shape == (3, 12, width)
    torch.testing.assert_close(states.items[:8], states.wordings[:, 0])
    assert states.gradients.abs().sum() > 0


def test_no_vector_enters_the_states(study):
    with safe_open(study.file("states.safetensors"), "pt") as file:
        assert set(file.keys()) == set(readings.TENSORS)
    assert main_layer(4, DEPTH) == 2


def test_states_of_other_texts_are_refused(study):
    other = user_messages.load(SITUATIONS, PROMPTS, Amounts(9, 6, 2, 5, 3, 0.3))
    with pytest.raises(AnticipationError, match="of other situations or prompts; delete it and repeat the command"):
        readings.load(study.file("states.safetensors"), other)


def test_every_registered_part_is_judged(study):
    rows = study.written("evidence")
    registered = {(name, part["name"]) for name in ("A11", "A12", "A15") for part in CLAIMS[name]["parts"]}
    assert {*zip(rows["claim"], rows["part"], strict=True)} == registered
    assert rows["guard"].str.contains("must be").any()
    gates = study.written("gates")
    assert set(gates["claim"]) == {"A11", "A12", "A15"}
    for claim, guards in rows.groupby("claim")["guard"]:
        closed = gates.loc[(gates["claim"] == claim) & ~gates["passed"], "quantity"]
        assert all(quantity in guard for guard in guards for quantity in closed)


def test_the_tables_of_the_figure_fit_each_other(study):
    points, lines = study.written("points"), study.written("lines")
    assert list(lines["panel"]) == list(dict.fromkeys(points["panel"]))
    assert lines["shuffled_or_missing"].isna().tolist() == [False, False, False, True]


def test_the_placebo_permutes_dialogues_alone(study):
    evaluate(study, placebo=7, where="placebo/")
    columns = ["claim", "part", "estimate"]
    true, permuted = (study.written(name)[columns] for name in ("evidence", "placebo/evidence"))
    changed = pd.merge(true, permuted, on=["claim", "part"], suffixes=("", "_permuted")).set_index("claim")
    same = changed["estimate"] == changed["estimate_permuted"]
    assert same[["A11", "A12"]].all()
    assert not same["A15"]
