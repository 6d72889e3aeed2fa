"""Files that are damaged, or say of their vectors what cannot be: each is refused in one line, and none ends a command otherwise."""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.exports import array_files, control_vectors, formats, tensor_files
from emotion_vectors.exports.vector_set import VectorSet
from tests.random_tensors import random
from tests.unit.exports.foreign_files import foreign_control_vector

WIDTH = 8


def refused(path: Path) -> str:
    """The one line that a file is refused with."""
    with pytest.raises(MendableError) as refusal:
        formats.load(path)
    said = str(refusal.value)
    assert said.startswith(str(path))
    assert "\n" not in said
    assert "delete" not in said
    return said


def test_damage_anywhere_in_a_file_ends_in_a_set_or_in_one_line(tmp_path: Path):
    vectors = VectorSet(["calm", "angry"], [1, 2, 4], random(2, 3, WIDTH), torch.tensor([2.0, 3.0, 5.0]), "study")
    array_files.save(vectors, tmp_path / "whole.npz")
    tensor_files.save(vectors, tmp_path / "whole.safetensors")
    control_vectors.save(vectors.only(["calm"], [1, 2]), tmp_path / "whole.gguf", architecture="llama")
    np.savez_compressed(tmp_path / "packed.npz", joy=np.ones((3, WIDTH)))
    for whole in sorted(tmp_path.iterdir()):
        content = whole.read_bytes()
        path = tmp_path / f"damaged{whole.suffix}"
        for cut in range(0, len(content) - 1, max(1, len(content) // 60)):
            path.write_bytes(content[:cut])
            refused(path)
            path.write_bytes(content[:cut] + bytes([content[cut] ^ 0xFF]) + content[cut + 1 :])
            with suppress(MendableError):
                formats.load(path)


def test_a_file_of_one_array_and_members_that_are_none_are_refused(tmp_path: Path):
    np.save(tmp_path / "a.npy", np.ones((3, WIDTH)))
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    assert "no .npz file of plain arrays" in refused(tmp_path / "a.npz")
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as file:
        file.writestr("joy.txt", "one two three")
    assert "member 'joy.txt' is no array" in refused(tmp_path / "b.npz")


def test_arrays_that_would_fill_the_memory_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    np.savez_compressed(tmp_path / "a.npz", joy=np.ones((3, WIDTH)))
    monkeypatch.setattr(array_files, "LARGEST_GIB", 2**-23)
    assert "at most 1.1920928955078125e-07 are read" in refused(tmp_path / "a.npz")


PARTS = {
    "names": np.array(["calm", "angry"]),
    "layers": np.array([1, 2]),
    "vectors": np.ones((2, 2, WIDTH)),
    "norms": np.array([1.0, 2.0]),
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"names": np.array("calm")}, "its names are no list of texts"),
        ({"names": np.array([b"calm", b"angry"])}, "its names are no list of texts"),
        ({"layers": np.array([0.9, 1.2])}, "its layers are no list of whole numbers"),
        ({"layers": np.array(7)}, "its layers are no list of whole numbers"),
        ({"layers": np.array([True, False])}, "its layers are no list of whole numbers"),
        ({"layers": np.array([-1, 2])}, "layer -1 is below 0"),
        ({"norms": np.array(["one", "two"])}, "its norms are no list of numbers"),
        ({"norms": np.array(3.0)}, "its norms are no list of numbers"),
        ({"norms": np.array([1.0, np.inf])}, "its norms must be one number above 0 for each layer, none infinite"),
        ({"norms": np.array([1.0, np.nan])}, "its norms must be one number above 0 for each layer, none infinite"),
        ({"vectors": np.ones(WIDTH)}, r"vectors are \[8\] of float64, not floating-point numbers"),
        ({"vectors": np.ones((2, 2, WIDTH), dtype=int)}, r"vectors are \[2, 2, 8\] of int64"),
        ({"vectors": np.array("calm")}, r"vectors are \[\] of <U4"),
        ({"names": np.array([], dtype=str), "vectors": np.ones((0, 2, WIDTH))}, "it holds no vector"),
    ],
)
def test_parts_of_another_type_or_shape_are_refused_by_name(changes: dict[str, np.ndarray], said: str, tmp_path: Path):
    np.savez(tmp_path / "a.npz", **PARTS)
    assert formats.load(tmp_path / "a.npz").layers == [1, 2]
    np.savez(tmp_path / "a.npz", **{**PARTS, **changes})
    assert re.search(said, refused(tmp_path / "a.npz"))


@pytest.mark.parametrize(
    ("facts", "shape", "said"),
    [
        ({"layers": "7"}, (2, 1, WIDTH), "its layers are no list of whole numbers"),
        ({"layers": "[0.9]"}, (2, 1, WIDTH), "its layers are no list of whole numbers"),
        ({"layers": "seven"}, (2, 1, WIDTH), "is not a complete vectors file"),
        ({"emotions": '["calm", 3]'}, (2, 1, WIDTH), "its names are no list of texts"),
        ({"emotions": '"calm"'}, (2, 1, WIDTH), "its names are no list of texts"),
        ({}, (WIDTH,), r"vectors are \[8\] of float32"),
    ],
)
def test_metadata_and_tensors_of_another_form_are_refused(facts, shape: tuple[int, ...], said: str, tmp_path: Path):
    path = tmp_path / "a.safetensors"
    metadata = {"emotions": '["calm", "angry"]', **facts}
    save_file({"vectors": np.ones(shape, np.float32)}, path, metadata=metadata)
    assert re.search(said, refused(path))


def test_a_tensor_that_is_only_called_vectors_is_one_of_another_tool(tmp_path: Path):
    save_file({"vectors": np.ones((3, WIDTH), np.float32)}, tmp_path / "a.safetensors")
    assert formats.load(tmp_path / "a.safetensors").names == ["vectors"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"norms": [1.0]}, "its layers are no list of whole numbers"),
        ({"norms": [1.0], "layers": [2]}, "its norms are not those of its directions"),
        ({"norms": [1.0, 2.0], "layers": [1]}, "its norms are not those of its directions"),
        ({"norms": ["one"], "layers": [1]}, "its norms are no list of numbers"),
    ],
)
def test_norms_of_a_control_vector_must_be_those_of_its_layers(facts, said: str, tmp_path: Path):
    path = tmp_path / "a.gguf"
    foreign_control_vector(path, {"direction.1": np.ones(WIDTH, np.float32)}, **facts)
    assert said in refused(path)
