"""Emotion vectors: their definition, what cancels in it, and what neutral components take away."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.meaning import emotion_vectors, story_cells
from emotion_vectors.meaning.emotion_vectors import EmotionVectors
from emotion_vectors.meaning.story_cells import Activations
from emotion_vectors.statistics import algebra
from emotion_vectors.statistics.algebra import VectorError

TOPICS, EMOTIONS, LAYERS, WIDTH = 6, 5, 3, 16
NAMES = ["afraid", "angry", "calm", "happy", "sad"]


@pytest.fixture
def cells():
    return torch.randn(TOPICS, EMOTIONS, LAYERS, WIDTH, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def table():
    rows = [
        {"story_id": f"t{topic:02d}-{name}", "topic": f"t{topic:02d}", "emotion": name}
        for topic in range(TOPICS)
        for name in NAMES
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def random_covariances():
    factor = torch.randn(LAYERS, WIDTH, 40, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    factor *= torch.linspace(3, 0.1, WIDTH)[:, None]
    return factor @ factor.transpose(1, 2) / 40


def test_a_vector_is_the_mean_over_topics_minus_the_mean_over_emotions(cells):
    found = emotion_vectors.from_cells(cells)
    for emotion in range(EMOTIONS):
        own = sum(cells[topic, emotion] for topic in range(TOPICS)) / TOPICS
        everything = sum(cells[topic, each] for topic in range(TOPICS) for each in range(EMOTIONS))
        torch.testing.assert_close(found[emotion], own - everything / (TOPICS * EMOTIONS))


def test_vectors_sum_to_zero_over_emotions(cells):
    torch.testing.assert_close(emotion_vectors.from_cells(cells).sum(0), torch.zeros(LAYERS, WIDTH), atol=1e-5, rtol=0)


def test_what_belongs_to_a_topic_or_its_author_cancels(cells):
    generator = torch.Generator().manual_seed(2)
    topic_offset = 10 * torch.randn(TOPICS, 1, LAYERS, WIDTH, generator=generator)
    author = 10 * torch.randn(2, LAYERS, WIDTH, generator=generator)
    by_author = author[torch.arange(TOPICS) % 2][:, None]
    moved = emotion_vectors.from_cells(cells + topic_offset + by_author)
    torch.testing.assert_close(moved, emotion_vectors.from_cells(cells), atol=1e-4, rtol=0)


def test_what_belongs_to_an_emotion_does_not_cancel(cells):
    offset = torch.zeros(EMOTIONS, LAYERS, WIDTH)
    offset[2] = 1.0
    change = emotion_vectors.from_cells(cells + offset) - emotion_vectors.from_cells(cells)
    torch.testing.assert_close(change[2], torch.full((LAYERS, WIDTH), 1 - 1 / EMOTIONS))
    torch.testing.assert_close(change[0], torch.full((LAYERS, WIDTH), -1 / EMOTIONS))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_neutral_components_are_the_fewest_that_explain_the_share(random_covariances, share):
    bases = emotion_vectors.neutral_components(random_covariances, share)
    for basis, covariance in zip(bases, random_covariances, strict=True):
        count = len(basis)
        torch.testing.assert_close(basis @ basis.T, torch.eye(count), atol=1e-5, rtol=0)
        explained = torch.trace(basis.double() @ covariance @ basis.double().T) / torch.trace(covariance)
        assert explained >= share - 1e-6
        values = torch.linalg.eigvalsh(covariance).flip(0)
        torch.testing.assert_close(explained, values[:count].sum() / values.sum(), atol=1e-5, rtol=0)
        assert values[: count - 1].sum() / values.sum() < share


def test_neutral_components_of_a_known_covariance():
    covariance = torch.diag(torch.tensor([1.0, 6.0, 3.0, 0.0]))[None]
    (basis,) = emotion_vectors.neutral_components(covariance, 0.6)
    torch.testing.assert_close(basis.abs(), torch.tensor([[0.0, 1.0, 0.0, 0.0]]))
    (basis,) = emotion_vectors.neutral_components(covariance, 0.61)
    torch.testing.assert_close(basis.abs(), torch.tensor([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]))


def test_projection_removes_the_components_and_nothing_else(cells, random_covariances):
    bases = emotion_vectors.neutral_components(random_covariances, 0.5)
    cleaned = algebra.project_out(cells, bases)
    for layer, basis in enumerate(bases):
        here, before = cleaned[:, :, layer], cells[:, :, layer]
        assert (here @ basis.T).abs().max() < 1e-5
        removed = before - here
        torch.testing.assert_close(removed @ basis.T @ basis, removed, atol=1e-5, rtol=0)
        assert removed.norm() > 0.1
    torch.testing.assert_close(algebra.project_out(cleaned, bases), cleaned, atol=1e-5, rtol=0)


def test_projection_and_averaging_can_be_exchanged(cells, random_covariances):
    bases = emotion_vectors.neutral_components(random_covariances, 0.5)
    first = emotion_vectors.from_cells(algebra.project_out(cells, bases))
    last = algebra.project_out(emotion_vectors.from_cells(cells), bases)
    torch.testing.assert_close(first, last, atol=1e-5, rtol=0)


def test_cells_do_not_depend_on_the_order_of_rows_or_measurements(table):
    means = torch.arange(len(table), dtype=torch.float32)
    expected = story_cells.arrange(means, list(table["story_id"]), table, NAMES)
    assert expected.tolist() == means.reshape(TOPICS, EMOTIONS).tolist()
    generator = np.random.default_rng(0)
    order = generator.permutation(len(table))
    measured = story_cells.arrange(means[order], list(table["story_id"].iloc[order]), table, NAMES)
    assert torch.equal(measured, expected)
    mixed = pd.concat(rows.sample(frac=1, random_state=4) for _, rows in table.groupby("topic"))
    assert torch.equal(story_cells.arrange(means, list(table["story_id"]), mixed, NAMES), expected)


def test_emotions_of_cells_are_in_the_order_asked_for(table):
    means = torch.arange(len(table), dtype=torch.float32)
    found = story_cells.arrange(means, list(table["story_id"]), table, NAMES[::-1])
    assert torch.equal(found, means.reshape(TOPICS, EMOTIONS).flip(1))


def test_a_story_without_activations_is_named(table):
    means = torch.zeros(len(table) - 1)
    with pytest.raises(VectorError, match="t05-sad"):
        story_cells.arrange(means, list(table["story_id"][:-1]), table, NAMES)


def test_a_topic_that_lacks_an_emotion_is_named(table):
    with pytest.raises(VectorError, match="topic t05"):
        story_cells.arrange(torch.zeros(len(table)), list(table["story_id"]), table[:-1], NAMES)


def test_a_label_given_twice_in_a_topic_is_refused(table):
    table.loc[3, "emotion"] = "sad"
    with pytest.raises(VectorError, match="topic t00"):
        story_cells.arrange(torch.zeros(len(table)), list(table["story_id"]), table, NAMES)
    again = pd.concat([table, pd.DataFrame([{"story_id": "t02-second", "topic": "t02", "emotion": "sad"}])])
    with pytest.raises(VectorError, match="topic t02"):
        story_cells.arrange(torch.zeros(len(again)), list(again["story_id"]), again[again["topic"] == "t02"], NAMES)


def test_halves_share_no_topic_and_leave_none_out():
    first, second = story_cells.halves(torch.arange(7)[:, None])
    assert sorted([*first[:, 0].tolist(), *second[:, 0].tolist()]) == list(range(7))


def test_unit_vectors_have_length_one_and_keep_their_direction(cells):
    found = algebra.unit(cells)
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(TOPICS, EMOTIONS, LAYERS))
    torch.testing.assert_close(found * cells.norm(dim=-1, keepdim=True), cells)


@pytest.mark.parametrize("value", [0.0, float("nan"), float("inf")])
def test_vectors_without_direction_have_no_unit(value):
    broken = torch.ones(3, 4)
    broken[1] = value
    with pytest.raises(VectorError, match="no direction"):
        algebra.unit(broken)


def test_vectors_are_taken_by_name_in_the_order_asked_for(cells):
    emotions = EmotionVectors(emotion_vectors.from_cells(cells), torch.ones(LAYERS), NAMES)
    assert torch.equal(emotions.of(["sad", "afraid"]), emotions.values[[4, 0]])
    assert torch.equal(emotions.at(1), emotions.values[:, 1])
    with pytest.raises(VectorError, match=r"no vector for bored, proud; the study has afraid"):
        emotions.of(["sad", "proud", "bored"])


@pytest.fixture
def vectors_file(cells, tmp_path):
    path = tmp_path / "vectors.safetensors"
    tensors = {"vectors": emotion_vectors.from_cells(cells), "norms": torch.arange(3.0)}
    save_file(tensors, path, metadata={"emotions": json.dumps(NAMES)})
    return path


def test_a_vectors_file_is_read_as_it_was_written(vectors_file, cells):
    found = emotion_vectors.load(vectors_file)
    assert found.emotions == NAMES
    assert torch.equal(found.values, emotion_vectors.from_cells(cells))
    assert found.norms.tolist() == [0, 1, 2]


def test_a_truncated_vectors_file_is_refused_with_its_name_and_the_remedy(vectors_file):
    whole = vectors_file.read_bytes()
    for length in (0, 20, len(whole) - 1):
        vectors_file.write_bytes(whole[:length])
        with pytest.raises(ArtefactError, match=r"vectors\.safetensors is not a complete.*delete it"):
            emotion_vectors.load(vectors_file)


def test_a_tensors_file_of_another_kind_is_refused(tmp_path):
    save_file({"vectors": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ArtefactError, match=r"other\.safetensors"):
        emotion_vectors.load(tmp_path / "other.safetensors")


def test_cells_of_activations_are_projected_only_when_bases_are_given(table, random_covariances):
    late = torch.randn(len(table), LAYERS, WIDTH, generator=torch.Generator().manual_seed(3))
    activations = Activations(late, late, late[:, 0], torch.ones(LAYERS), list(table["story_id"]), {})
    bases = emotion_vectors.neutral_components(random_covariances, 0.5)
    raw = story_cells.cells_of(activations, table, NAMES, None)
    assert torch.equal(raw, late.reshape(TOPICS, EMOTIONS, LAYERS, WIDTH))
    torch.testing.assert_close(story_cells.cells_of(activations, table, NAMES, bases), algebra.project_out(raw, bases))


def test_activations_are_read_with_their_identities(tmp_path):
    names = ("late", "early", "embedding", "norms")
    tensors = {name: torch.full((2, 3), float(value)) for value, name in enumerate(names)}
    facts = {"story_ids": json.dumps(["a", "b"]), "model_sha256": "m", "stories_sha256": "s"}
    save_file(tensors, tmp_path / "activations.safetensors", metadata=facts)
    found = story_cells.load_activations(tmp_path / "activations.safetensors")
    assert all(torch.equal(getattr(found, name), tensors[name]) for name in names)
    assert (found.story_ids, found.sha256) == (["a", "b"], {"model_sha256": "m", "stories_sha256": "s"})


def test_bases_are_read_in_the_order_of_their_layers(tmp_path):
    bases = {f"layer_{layer:03d}": torch.full((1, 2), float(layer)) for layer in (11, 2, 0, 1)}
    save_file(bases, tmp_path / "bases.safetensors")
    assert [int(basis[0, 0]) for basis in emotion_vectors.load_bases(tmp_path / "bases.safetensors")] == [0, 1, 2, 11]
