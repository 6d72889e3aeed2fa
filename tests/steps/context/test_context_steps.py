"""From the sets on emotion in context to evidence, on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging
from emotion_vectors.context import spans, states, texts
from emotion_vectors.models import language_model
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors.emotion_vectors import from_cells
from steps.context import capture_context, evaluate_context
from tests.conftest import WORDS

ROOT = Path(__file__).resolve().parents[3]
STIMULI = ROOT / "workflow/stimuli"
SETS = {
    "negations": STIMULI / "negations/negations.jsonl",
    "prefixes": STIMULI / "negations/prefixes.jsonl",
    "speakers": STIMULI / "speakers/dialogues.jsonl",
    "hidden": STIMULI / "hidden/dialogues.jsonl",
}
CLAIMS = {claim["id"]: claim for claim in yaml.safe_load((ROOT / "workflow/claims/anthropic-2026.yaml").read_text())}
EMOTIONS = tables.load_emotions(ROOT / "workflow/norms/warriner2013.csv")
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
TOPICS, SHUFFLED = 6, 20


@pytest.fixture(scope="module")
def model(make_model):
    return make_model("llama", max_position_embeddings=2048)


@pytest.fixture(scope="module")
def study(tmp_path_factory, model) -> Path:
    """Folder with states in context, and story activations that hold nothing but noise."""
    folder = tmp_path_factory.mktemp("context")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        capture_context.main(
            **SETS,
            weights=folder,
            contexts=folder / "contexts.safetensors",
            row=ROW,
            depth=0.6667,
            emotions_of_speakers=3,
            hidden_per_pair=2,
            batch_tokens=2000,
        )
    generator = np.random.default_rng(0)
    stories = pd.DataFrame(
        [
            (f"t{topic}-{emotion}", f"t{topic}", "scenes", emotion, " ".join(generator.choice(WORDS, 20)))
            for topic in range(TOPICS)
            for emotion in EMOTIONS
        ],
        columns=["story_id", "topic", "corpus", "emotion", "text"],
    )
    files.write_table(stories, folder / "stories.parquet")
    noise = torch.Generator().manual_seed(1)
    shape = (model.layers, model.width)
    late = torch.randn(len(stories), *shape, generator=noise)
    save_file(
        {"late": late, "early": late.clone(), "embedding": late[:, 0].clone(), "norms": torch.ones(model.layers)},
        folder / "stories.safetensors",
        metadata={"model_sha256": "0", "stories_sha256": "0", "story_ids": json.dumps([*stories["story_id"]])},
    )
    save_file({f"{layer}": torch.eye(model.width)[:2] for layer in range(model.layers)}, folder / "neutral.safetensors")
    vectors = from_cells(late.reshape(TOPICS, len(EMOTIONS), *shape))
    vectors[..., :2] = 0
    facts = {"emotions": json.dumps(EMOTIONS)}
    save_file({"vectors": vectors, "norms": torch.ones(model.layers)}, folder / "vectors.safetensors", metadata=facts)
    shuffled = torch.randn(SHUFFLED, len(EMOTIONS), *shape, generator=noise)
    save_file({"vectors": shuffled}, folder / "shuffled_all.safetensors")
    return folder


def evaluated(study: Path, folder: Path, placebo: int | None = None) -> pd.DataFrame:
    inputs = ("vectors", "shuffled_all", "activations", "neutral")
    named = {name: study / f"{name}.safetensors" for name in inputs} | {"activations": study / "stories.safetensors"}
    outputs = {name: folder / f"{name}.parquet" for name in ("ordered", "compared", "blocks", "shares", "evidence")}
    evaluate_context.main(
        study / "contexts.safetensors",
        **SETS,
        **named,
        stories=study / "stories.parquet",
        **outputs,
        placebo=placebo,
        bootstraps=60,
        shuffles=60,
        seed=1,
    )
    return pd.read_parquet(folder / "evidence.parquet")


def test_states_are_those_of_the_named_texts(study, model, reference_states):
    tensors = load_file(study / "contexts.safetensors")
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    assert shapes == {
        "negations": (80, 2, model.layers, model.width),
        "prefixes": (80, 2, model.layers, model.width),
        "speakers": (2, 18, 2, model.width),
        "hidden": (112, model.width),
    }
    read = states.load(study / "contexts.safetensors", states.ContextFiles(**SETS), study / "neutral.safetensors")
    dialogue = read.speakers[5]
    for first in (0, 1):
        labels = texts.LABELS if first == 0 else texts.LABELS[::-1]
        (marked,) = texts.of_speakers([dialogue], labels)
        tokens = spans.encode_marked(model.tokenizer, marked)
        streams = reference_states(model, tokens.encoded.ids)[read.layer]
        for speaker, part in enumerate(tokens.parts):
            label = speaker if first == 0 else 1 - speaker
            expected = streams[list(part)].mean(0)
            torch.testing.assert_close(tensors["speakers"][label, 5, speaker], expected, atol=1e-3, rtol=1e-3)
    assert np.abs(read.of_hidden[:, :2]).max() == 0
    assert np.abs(read.of_hidden[:, 2:]).max() > 0


def test_every_part_has_its_evidence(study, tmp_path):
    rows = evaluated(study, tmp_path)
    registered = {(claim, part["name"]) for claim in ("A13", "A14", "A31") for part in CLAIMS[claim]["parts"]}
    assert {*zip(rows["claim"], rows["part"], strict=True)} == registered
    for row in rows.to_dict("records"):
        part = next(each for each in CLAIMS[row["claim"]]["parts"] if each["name"] == row["part"])
        assert judging.verdict_on(CLAIMS[row["claim"]], part, row).verdict in judging.VERDICTS
    assert rows.set_index("claim").loc["A14", "n"] == 18
    assert rows.set_index("claim").loc["A31", "n"] == 112


def test_story_vectors_of_noise_order_nothing(study, tmp_path):
    rows = evaluated(study, tmp_path).set_index("part")
    for name in ("negation", "prefix"):
        part = next(each for each in CLAIMS["A13"]["parts"] if each["name"].startswith(name))
        row = rows.loc[part["name"]].to_dict()
        assert judging.verdict_on(CLAIMS["A13"], part, row).verdict != judging.REPLICATED


def test_the_placebo_permutes_dialogues_and_leaves_pairs(study, tmp_path):
    true, permuted = (evaluated(study, tmp_path, placebo).set_index("claim") for placebo in (None, 7))
    pd.testing.assert_frame_equal(true.loc[["A13"]], permuted.loc[["A13"]])
    for claim in ("A14", "A31"):
        assert true.loc[claim, "beside"] != permuted.loc[claim, "beside"]


def test_a_text_that_is_no_longer_in_its_set_is_named(study, tmp_path):
    lines = SETS["hidden"].read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "hidden.jsonl").write_text("".join(lines[1:]), encoding="utf-8")
    changed = states.ContextFiles(**(SETS | {"hidden": tmp_path / "hidden.jsonl"}))
    with pytest.raises(VectorError, match=r"hidden holds no text 'excited_amused_1' any more; repeat capture_context"):
        states.load(study / "contexts.safetensors", changed, study / "neutral.safetensors")
