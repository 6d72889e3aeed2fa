"""Emotion vectors: their definition, what cancels in it, and what neutral components take away."""

import json

import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.statistics import algebra
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.vectors import emotion_vectors
from emotion_vectors.vectors.emotion_vectors import EmotionVectors
from tests.unit.vectors.shapes import EMOTIONS, LAYERS, NAMES, TOPICS, WIDTH


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


def test_bases_are_read_in_the_order_of_their_layers(tmp_path):
    bases = {f"layer_{layer:03d}": torch.full((1, 2), float(layer)) for layer in (11, 2, 0, 1)}
    save_file(bases, tmp_path / "bases.safetensors")
    assert [int(basis[0, 0]) for basis in emotion_vectors.load_bases(tmp_path / "bases.safetensors")] == [0, 1, 2, 11]
