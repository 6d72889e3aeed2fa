"""Implicit messages: ranks of the true emotion and the rates that come of them."""

import json

import pandas as pd
import pytest
import torch

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.decoding import implicit_messages
from emotion_vectors.decoding.implicit_messages import MESSAGE_MEAN, REPLY_TOKEN, MessageStates
from emotion_vectors.vectors.emotion_vectors import EmotionVectors


def test_messages_ranked_high_enough_are_counted_for_their_own_emotion():
    ranks = pd.DataFrame(
        {"emotion": ["sad", "calm", "sad", "calm"], "message_id": ["m3", "m1", "m4", "m2"], "rank": [1, 4, 3, 2]}
    )
    assert implicit_messages.top_table(ranks, 3).tolist() == [[0, 1], [1, 1]]
    assert implicit_messages.top_table(ranks, 1).tolist() == [[0, 0], [1, 0]]


def test_emotions_with_different_numbers_of_messages_are_refused():
    """Three of one and five of another also make two rows of four, with a message under the wrong emotion."""
    ranks = pd.DataFrame({"emotion": ["a"] * 3 + ["b"] * 5, "message_id": [f"m{i}" for i in range(8)], "rank": [1] * 8})
    with pytest.raises(ValueError, match=r"a|b"):
        implicit_messages.top_table(ranks, 1)


EMOTIONS, LAYERS, WIDTH = ["calm", "happy", "sad"], 2, 10


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def measured():
    """Six messages whose states before the reply carry their emotion, and over the text carry the next one."""
    vectors, truth = noise(3, LAYERS, WIDTH, seed=1), ["happy", "sad", "calm"] * 2
    places = torch.tensor([EMOTIONS.index(emotion) for emotion in truth])
    ids = [f"m{number}" for number in range(6)]
    return MessageStates(ids, truth, vectors[places], vectors[(places + 1) % 3]), vectors


def test_candidates_are_in_the_order_of_the_messages(measured):
    states, _ = measured
    assert states.candidates == ["happy", "sad", "calm"]
    assert states.classes == [0, 1, 2, 0, 1, 2]
    assert states.columns(EMOTIONS) == [1, 2, 0]


def test_messages_are_ranked_by_every_method_at_both_places(measured):
    states, vectors = measured
    named = EmotionVectors(vectors - vectors.mean(0), torch.ones(LAYERS), EMOTIONS)
    turned = EmotionVectors(-named.values, torch.ones(LAYERS), EMOTIONS)
    table = implicit_messages.rank_table(states, {"vectors": named, "turned": turned})
    assert len(table) == 2 * 2 * LAYERS * 6
    ranks = table.set_index(["method", "position"])["rank"]
    assert (ranks["vectors", REPLY_TOKEN] == 1).all()
    assert (ranks["turned", REPLY_TOKEN] == 3).all()
    assert (ranks["vectors", MESSAGE_MEAN] > 1).all()
    chosen = implicit_messages.before_reply(table, "turned", 1)
    assert len(chosen) == 6
    rates = implicit_messages.top_rates(table, resamples=20, seed=0).set_index(["method", "position", "layer"])
    assert rates.loc[("vectors", REPLY_TOKEN, 0), ["top1_rate", "mean_rank", "messages"]].tolist() == [1, 1, 6]


def test_mean_readings_are_highest_for_the_own_vector(measured):
    states, vectors = measured
    table = implicit_messages.mean_readings(states, EmotionVectors(vectors, torch.ones(LAYERS), EMOTIONS), layer=1)
    square = table.pivot(index="message_emotion", columns="vector", values="cosine")
    assert (square.idxmax(axis=1) == square.index).all()
    assert table["message_emotion"].tolist()[:3] == ["happy", "sad", "calm"]


def test_states_are_read_as_they_were_written(measured, tmp_path):
    states, _ = measured
    tensors = {"reply_token": states.reply_token.clone(), "message_mean": states.message_mean.clone()}
    facts = {"message_ids": json.dumps(states.ids), "emotions": json.dumps(states.truth)}
    files.write_tensors(tensors, tmp_path / "messages.safetensors", **facts)
    found = implicit_messages.load(tmp_path / "messages.safetensors")
    assert (found.ids, found.truth) == (states.ids, states.truth)
    assert torch.equal(found.message_mean, states.message_mean)
    files.write_tensors(tensors, tmp_path / "other.safetensors")
    with pytest.raises(ArtefactError, match=r"other\.safetensors is not a complete messages file"):
        implicit_messages.load(tmp_path / "other.safetensors")
