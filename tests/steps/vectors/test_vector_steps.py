"""The steps from stories to vectors, on a tiny model: what is stored is what its definition says, of the model that was asked for."""

import json

import pandas as pd
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from emotion_vectors.models.hooks import residual_streams
from emotion_vectors.models.tokens import encode
from emotion_vectors.statistics.algebra import project_out
from emotion_vectors.vectors import emotion_vectors, story_cells
from tests.steps.feelings import EMOTIONS, LAYERS, SETS, TOPICS, TWIN_LAYERS

COUNT = sum(TOPICS.values())


def test_activations_are_those_of_the_model_asked_for(feelings):
    for where, layers in (("", LAYERS), ("twin/", TWIN_LAYERS)):
        found = story_cells.load_activations(feelings.file(f"{where}stories.safetensors"))
        assert found.late.shape[:2] == (COUNT * len(EMOTIONS), layers)
        assert found.sha256 == {"model_sha256": "0" * 64, "stories_sha256": "5" * 64}
        assert len(emotion_vectors.load_bases(feelings.file(f"{where}neutral.safetensors"))) == layers


def test_a_story_is_averaged_from_the_first_token_that_counts(feelings, make_model):
    model, stories = make_model("llama", num_hidden_layers=LAYERS), pd.read_parquet(feelings.file("stories.parquet"))
    text = encode(model.tokenizer, stories["text"][7])
    streams = torch.stack(residual_streams(model, torch.tensor([text.ids])))[:, 0]
    found = story_cells.load_activations(feelings.file("stories.safetensors"))
    assert found.story_ids[7] == stories["story_id"][7]
    first = text.start + 4 - 1
    torch.testing.assert_close(found.late[7], streams[:, first:].mean(1), atol=1e-4, rtol=1e-4)


def test_messages_are_read_before_the_reply(feelings, make_model):
    model = make_model("llama", num_hidden_layers=LAYERS)
    line = json.loads(feelings.file("messages/a.jsonl").read_text().splitlines()[0])
    ids = model.conversation.prompt([{"role": "user", "content": line["text"]}]).ids
    states = torch.stack(residual_streams(model, torch.tensor([ids])))[:, 0, -1]
    with safe_open(feelings.file("messages.safetensors"), framework="pt") as file:
        place = json.loads(file.metadata()["message_ids"]).index(line["id"])
        torch.testing.assert_close(file.get_tensor("reply_token")[place], states, atol=1e-4, rtol=1e-4)


def test_vectors_and_variants_follow_from_the_same_cells(feelings):
    emotions = emotion_vectors.load(feelings.file("vectors.safetensors"))
    assert emotions.emotions == EMOTIONS
    *paths, _ = feelings.measured
    cells = story_cells.load(*paths, EMOTIONS)
    assert torch.equal(emotions.values, emotion_vectors.from_cells(cells))
    variants = load_file(feelings.file("variants.safetensors"))
    halves = (variants["half_of_the_topics"] + variants["other_half_of_the_topics"]) / 2
    torch.testing.assert_close(halves, emotions.values, atol=1e-5, rtol=0)
    corpora = sum(variants[f"{corpus}_alone"] * count for corpus, count in TOPICS.items()) / COUNT
    torch.testing.assert_close(corpora, emotions.values, atol=1e-5, rtol=0)
    projected = project_out(
        variants["without_neutral_projection"], emotion_vectors.load_bases(feelings.file("neutral.safetensors"))
    )
    torch.testing.assert_close(projected, emotions.values, atol=1e-4, rtol=0)
    assert not torch.equal(variants["from_the_first_token"], emotions.values)


def test_word_residuals_are_smaller_cells_of_the_same_shape(feelings):
    *paths, _ = feelings.measured
    cells, residual = story_cells.load(*paths, EMOTIONS), load_file(feelings.file("residual.safetensors"))["cells"]
    assert residual.shape == cells.shape
    assert residual.std() < cells.std()


def test_corpora_are_compared_at_every_layer(feelings):
    table = pd.read_parquet(feelings.file("corpora.parquet"))
    assert table.groupby("comparison").size().to_dict() == {"two corpora": LAYERS, "two halves of the topics": LAYERS}
    assert (table["matched_cosine"] > table["mismatched_cosine"]).all()


@pytest.mark.parametrize(("layers", "count"), [("all", LAYERS), ("main", 1)])
def test_shuffled_sets_have_the_layers_asked_for(feelings, layers, count):
    sets = emotion_vectors.load_shuffled(feelings.file(f"shuffled_{layers}.safetensors"))
    assert sets.shape[:3] == (SETS, len(EMOTIONS), count)
    torch.testing.assert_close(sets.sum(1), torch.zeros_like(sets[:, 0]), atol=1e-4, rtol=0)
    assert not torch.equal(sets[0], sets[1])
