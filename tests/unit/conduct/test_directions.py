"""Directions of a model: their null directions, and the vectors that conditions add."""

import pandas as pd
import pytest
import torch

from emotion_vectors.conduct import directions as direction_files
from emotion_vectors.statistics.algebra import VectorError
from tests.unit.conduct.conftest import MAIN, WIDTH, random


def test_additions_have_the_length_of_their_strength():
    table = pd.DataFrame({"direction": ["calm", "calm"], "strength_norm_fraction": [0.1, -0.3]})
    added = direction_files.scaled(table, {"calm": random(WIDTH)}, torch.tensor(5.0))
    torch.testing.assert_close(added.norm(dim=1), torch.tensor([0.5, 1.5]))
    torch.testing.assert_close(added[1], -3 * added[0])


def test_null_directions_are_named_by_kind_and_drawn_again_from_their_seed(directions):
    nulls, again = directions.nulls(5, 1), directions.nulls(5, 1)
    assert {kind: list(named) for kind, named in nulls.items()} == {
        "Gaussian": [f"Gaussian {number}" for number in range(5)],
        "label-shuffled": [f"shuffled {number}" for number in range(5)],
    }
    for kind, named in nulls.items():
        assert all(torch.equal(vector, again[kind][name]) for name, vector in named.items())
    shuffled = directions.shuffled.flatten(0, 1)
    assert all((shuffled == vector).all(1).any() for vector in nulls["label-shuffled"].values())


def test_conditions_add_emotions_and_null_directions_at_the_main_layer(directions):
    nulls = directions.nulls(2, 1)
    rows = [("sad", "emotion", 0.1), ("Gaussian 1", "Gaussian", 0.1), ("shuffled 0", "label-shuffled", -0.2)]
    table = pd.DataFrame(rows, columns=["direction", "kind", "strength_norm_fraction"])
    added = directions.additions(table, nulls)
    norm = float(directions.norms[MAIN])
    torch.testing.assert_close(added.norm(dim=1), torch.tensor([0.1 * norm, 0.1 * norm, 0.2 * norm]))
    assert float(torch.cosine_similarity(added[0], directions.emotions[2, MAIN], dim=0)) == pytest.approx(1.0)
    assert float(torch.cosine_similarity(added[2], nulls["label-shuffled"]["shuffled 0"], dim=0)) == pytest.approx(-1.0)


def test_an_emotion_without_a_vector_is_named(directions):
    table = pd.DataFrame([("proud", "emotion", 0.1)], columns=["direction", "kind", "strength_norm_fraction"])
    with pytest.raises(VectorError, match="no vector for proud"):
        directions.additions(table)
