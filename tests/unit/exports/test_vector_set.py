"""Vectors as they are exchanged: what is refused, and which of them act at a layer."""

from __future__ import annotations

import pytest
import torch

from emotion_vectors.exports.vector_set import VectorSet, check_fit, rows_of
from emotion_vectors.statistics.algebra import VectorError
from tests.random_tensors import random

NAMES, LAYERS, WIDTH = ["calm", "angry"], [1, 3, 4], 8


def vectors(**changes: object) -> VectorSet:
    fields = {
        "names": NAMES,
        "layers": LAYERS,
        "values": random(2, 3, WIDTH),
        "norms": torch.tensor([2.0, 4.0, 8.0]),
        "source": "theirs.npz",
    }
    return VectorSet(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"values": random(2, 2, WIDTH)}, r"its vectors are \[2, 2, 8\] where \[2, 3, d_model\] is needed"),
        ({"names": ["calm", "calm"]}, "the name 'calm' occurs 2 times"),
        ({"layers": [1, 3, 3]}, "layer 3 occurs 2 times"),
        ({"values": torch.zeros(2, 3, WIDTH)}, "vector 'calm' at layer 1 is zero or not finite"),
        ({"norms": torch.tensor([1.0, 0.0, 1.0])}, "its norms must be one number above 0 for each layer"),
        ({"norms": torch.ones(2)}, "its norms must be one number above 0 for each layer"),
    ],
)
def test_what_cannot_be_vectors_is_refused_with_its_file(changes: dict[str, object], said: str):
    with pytest.raises(VectorError, match=f"^theirs.npz: {said}"):
        vectors(**changes)


def test_one_value_that_is_not_finite_is_named():
    values = random(2, 3, WIDTH)
    values[1, 2, 5] = torch.nan
    with pytest.raises(VectorError, match="vector 'angry' at layer 4"):
        vectors(values=values)


def test_some_vectors_stand_in_the_order_that_was_asked_for():
    whole = vectors()
    some = whole.only(["angry", "calm"], [4, 1])
    assert torch.equal(some.values, whole.values[[1, 0]][:, [2, 0]])
    assert some.norms.tolist() == [8.0, 2.0]


def test_what_is_not_there_is_said_with_what_is():
    with pytest.raises(VectorError, match="no vector for joy; it has angry, calm"):
        vectors().only(["joy"], [1])
    with pytest.raises(VectorError, match="no vectors at layer 2; it has layers 1, 3, 4"):
        vectors().only(["calm"], [2])
    with pytest.raises(VectorError, match="it has layers 5 to 7"):
        vectors(layers=[5, 6, 7]).only(["calm"], [2])


def test_strengths_are_fractions_of_the_norm_at_the_layer():
    rows = vectors().rows(["angry", "calm"], 3)
    added = rows.additions([0.5, -0.1, 0.0])
    assert rows.norm == 4.0
    torch.testing.assert_close(added.norm(dim=-1), 4.0 * torch.tensor([0.5, 0.1, 0.0] * 2))
    torch.testing.assert_close(torch.cosine_similarity(added[[0, 1]], rows.values[[0, 0]]), torch.tensor([1.0, -1.0]))
    torch.testing.assert_close(torch.cosine_similarity(added[3], rows.values[1], dim=0), torch.tensor(1.0))


def test_vectors_of_several_files_become_rows_of_one_analysis():
    ours, theirs = vectors(), vectors(names=["joy", "fear"], values=random(2, 3, WIDTH, seed=5), norms=None)
    rows = rows_of([theirs, ours], ["calm", "joy"], 4)
    assert torch.equal(rows.values, torch.stack([ours.values[0, 2], theirs.values[0, 2]]))
    assert rows.norm == 8.0
    assert rows_of([ours, theirs], [], 1).names == ["calm", "angry", "joy", "fear"]


def test_a_name_in_two_files_is_refused():
    with pytest.raises(VectorError, match=r"'calm' is in theirs.npz and in more.npz; rename"):
        rows_of([vectors(), vectors(source="more.npz")], ["calm"], 1)


def test_without_a_norm_no_strength_means_anything():
    with pytest.raises(VectorError, match=r"theirs.npz: no mean norm .* at layer 1.* name the vectors file of a study"):
        rows_of([vectors(norms=None)], ["calm"], 1)


def test_vectors_of_another_model_are_told_by_width_and_layers():
    check_fit(vectors(), "tiny", layers=5, width=WIDTH)
    with pytest.raises(VectorError, match="have 8 numbers, the residual stream of tiny has 16"):
        check_fit(vectors(), "tiny", layers=5, width=16)
    with pytest.raises(VectorError, match=r"layer 4 does not exist; tiny has layers 0 to 3.*begins with the embedding"):
        check_fit(vectors(), "tiny", layers=4, width=WIDTH)
