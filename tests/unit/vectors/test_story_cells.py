"""Story activations as cells: one story of every emotion in every topic, labels that can be permuted, halves that share nothing."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.statistics import algebra
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.vectors import emotion_vectors, story_cells
from emotion_vectors.vectors.story_cells import Activations
from tests.unit.vectors.shapes import EMOTIONS, LAYERS, NAMES, TOPICS, WIDTH


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
