"""Files of vectors: what is written is read again, other libraries read it too, and what others write is read or refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from emotion_vectors.artefacts import files
from emotion_vectors.exports import array_files, control_vectors, formats, tensor_files
from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.vectors import emotion_vectors
from tests.random_tensors import random
from tests.unit.exports.foreign_files import foreign_control_vector

WIDTH = 8


@pytest.fixture
def vectors() -> VectorSet:
    return VectorSet(["calm", "angry"], [1, 2, 4], random(2, 3, WIDTH), torch.tensor([2.0, 3.0, 5.0]), "study")


def same(first: VectorSet, second: VectorSet) -> bool:
    norms = (first.norms is None) == (second.norms is None)
    norms = norms and (first.norms is None or torch.allclose(first.norms, second.norms))
    return (
        (first.names, first.layers) == (second.names, second.layers)
        and torch.equal(first.values, second.values)
        and norms
    )


@pytest.mark.parametrize("module", [tensor_files, array_files])
@pytest.mark.parametrize("with_norms", [True, False])
def test_a_set_survives_its_file(module, with_norms: bool, vectors: VectorSet, tmp_path: Path):
    given = vectors if with_norms else VectorSet(vectors.names, vectors.layers, vectors.values, None, "study")
    path = tmp_path / ("a.safetensors" if module is tensor_files else "a.npz")
    module.save(given, path, model="tiny")
    assert same(formats.load(path), given)


def test_keys_of_safetensors_are_those_that_are_documented(vectors: VectorSet, tmp_path: Path):
    tensor_files.save(vectors, tmp_path / "a.safetensors", model="tiny")
    assert {name: tensor.shape for name, tensor in load_file(tmp_path / "a.safetensors").items()} == {
        "vectors": (2, 3, WIDTH),
        "norms": (3,),
    }
    with files.open_tensors(tmp_path / "a.safetensors") as file:
        assert (file.listed("emotions"), file.listed("layers")) == (["calm", "angry"], [1, 2, 4])
        assert file.fact("layer_convention") == emotion_vectors.LAYER_CONVENTION
        assert "s * norms[layer] * v / |v|" in file.fact("strength_convention")
        assert file.fact("model") == "tiny"


def test_plain_arrays_are_read_by_numpy_alone(vectors: VectorSet, tmp_path: Path):
    array_files.save(vectors, tmp_path / "a.npz", model="tiny")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["names"].tolist() == ["calm", "angry"]
        assert np.array_equal(arrays["vectors"], vectors.values.numpy())
        assert str(arrays["model"]) == "tiny"


def test_the_vectors_of_a_study_are_such_a_file(tmp_path: Path):
    values, norms = random(2, 4, WIDTH), torch.ones(4)
    path = tmp_path / "vectors.safetensors"
    files.write_tensors({"vectors": values, "norms": norms}, path, emotions=json.dumps(["calm", "angry"]))
    read, ours = formats.load(path), emotion_vectors.load(path)
    assert (read.names, read.layers) == (ours.emotions, [0, 1, 2, 3])
    assert torch.equal(read.values, ours.values)


def test_a_control_vector_has_the_keys_and_scale_that_llama_cpp_reads(vectors: VectorSet, tmp_path: Path):
    path = tmp_path / "calm.gguf"
    control_vectors.save(vectors.only(["calm"], [2, 4]), path, architecture="llama", model="tiny")
    reader = gguf.GGUFReader(path)
    said = {key: field.contents() for key, field in reader.fields.items()}
    assert said["general.architecture"] == "controlvector"
    assert (said["controlvector.model_hint"], said["controlvector.layer_count"]) == ("llama", 2)
    assert (said["general.name"], said["emotion_vectors.model"]) == ("calm", "tiny")
    assert said["emotion_vectors.layer_convention"] == emotion_vectors.LAYER_CONVENTION
    directions = {tensor.name: torch.tensor(np.array(tensor.data)) for tensor in reader.tensors}
    assert [*directions] == ["direction.2", "direction.4"]
    assert all(tensor.tensor_type == gguf.GGMLQuantizationType.F32 for tensor in reader.tensors)
    for layer, norm in ((2, 3.0), (4, 5.0)):
        vector = vectors.values[0, vectors.layers.index(layer)]
        torch.testing.assert_close(directions[f"direction.{layer}"], norm * vector / vector.norm())


def test_a_control_vector_comes_back_with_its_name_norms_and_direction(vectors: VectorSet, tmp_path: Path):
    control_vectors.save(vectors.only(["angry"], [4, 1]), tmp_path / "a.gguf", architecture="llama")
    read = formats.load(tmp_path / "a.gguf")
    assert (read.names, read.layers, read.norms.tolist()) == (["angry"], [1, 4], [2.0, 5.0])
    cosines = torch.cosine_similarity(read.values[0], vectors.values[1][[0, 2]])
    torch.testing.assert_close(cosines, torch.ones(2))


def test_what_a_control_vector_cannot_hold_is_refused(vectors: VectorSet, tmp_path: Path):
    path = tmp_path / "a.gguf"
    with pytest.raises(VectorError, match="holds one vector, not 2; write a file each"):
        control_vectors.save(vectors, path, architecture="llama")
    first = VectorSet(["calm"], [0], random(1, 1, WIDTH), torch.ones(1), "study")
    with pytest.raises(VectorError, match="adds nothing after block 0"):
        control_vectors.save(first, path, architecture="llama")
    without = VectorSet(["calm"], [1], random(1, 1, WIDTH), None, "theirs.npz")
    with pytest.raises(VectorError, match=r"theirs.npz: no norms"):
        control_vectors.save(without, path, architecture="llama")
    assert not path.exists()


def test_a_control_vector_of_another_tool_is_read_under_the_name_of_its_file(tmp_path: Path):
    values = {f"direction.{layer}": np.full(WIDTH, layer, dtype=np.float32) for layer in (3, 1, 2)}
    read = formats.load(foreign_control_vector(tmp_path / "joyful.gguf", values))
    assert (read.names, read.layers, read.norms) == (["joyful"], [1, 2, 3], None)
    assert read.values[0, :, 0].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("directions", "architecture", "said"),
    [
        (
            {"direction.0": np.ones(4, np.float32)},
            "controlvector",
            r"tensor 'direction.0' \(F32, \[4\]\) is no direction.N",
        ),
        ({"direction.1": np.ones(4, np.float16)}, "controlvector", r"tensor 'direction.1' \(F16, \[4\]\)"),
        ({"direction.1": np.ones((2, 4), np.float32)}, "controlvector", r"tensor 'direction.1' \(F32, \[2, 4\]\)"),
        ({"slope.1": np.ones(4, np.float32)}, "controlvector", "tensor 'slope.1'"),
        ({"direction.1": np.ones(4, np.float32)}, "llama", "holds 'llama', not a control vector"),
    ],
)
def test_other_gguf_files_are_refused(directions, architecture: str, said: str, tmp_path: Path):
    path = foreign_control_vector(tmp_path / "a.gguf", directions, architecture)
    with pytest.raises(VectorError, match=said):
        formats.load(path)


@pytest.mark.parametrize("ending", [".npz", ".safetensors"])
def test_arrays_of_another_tool_are_read_in_both_forms(ending: str, tmp_path: Path):
    rows = np.arange(1, 1 + 3 * WIDTH, dtype=np.float32).reshape(3, WIDTH)
    path = tmp_path / f"theirs{ending}"
    write = (lambda arrays: np.savez(path, **arrays)) if ending == ".npz" else (lambda arrays: save_file(arrays, path))
    write({"joy": rows, "fear": -rows})
    read = formats.load(path)
    assert (read.names, read.layers, read.norms) == (["fear", "joy"], [0, 1, 2], None)
    assert np.array_equal(read.values[1].numpy(), rows)
    write({"joy.7": rows[0], "joy.5": rows[1]})
    read = formats.load(path)
    assert (read.names, read.layers) == (["joy"], [5, 7])
    assert np.array_equal(read.values[0].numpy(), rows[[1, 0]])


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({}, "no vector; arrays must be"),
        ({"joy": np.ones(4)}, r"array 'joy' is \[4\]; arrays must be NAME of \[layer, d_model\]"),
        ({"joy": np.ones((0, 4))}, r"array 'joy' is \[0, 4\]; arrays must be"),
        ({"joy": np.ones((2, 4), dtype=int)}, "array 'joy' holds int64, not floating-point"),
        ({"joy": np.ones((2, 4)), "fear": np.ones((3, 4))}, "'joy' and 'fear' have different layers"),
        ({"joy": np.ones((2, 4)), "fear": np.ones((2, 5))}, "'joy' has vectors of another width than 'fear'"),
        ({"joy": np.ones((2, 4)), "joy.1": np.ones(4)}, "'joy' occurs twice at layer 1"),
        ({"joy": np.array([{"layer": 1}])}, "no .npz file of plain arrays"),
    ],
)
def test_arrays_that_are_no_vectors_are_refused_with_file_and_array(arrays, said: str, tmp_path: Path):
    np.savez(tmp_path / "theirs.npz", **arrays)
    with pytest.raises(VectorError, match=rf"theirs.npz: {said}"):
        formats.load(tmp_path / "theirs.npz")


@pytest.mark.parametrize("ending", [".npz", ".gguf"])
def test_a_damaged_file_is_refused(ending: str, tmp_path: Path):
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(VectorError, match=rf"a{ending}: "):
        formats.load(path)


def test_other_endings_and_missing_files_are_said(tmp_path: Path):
    with pytest.raises(VectorError, match=r"a.pt: a file of vectors ends in .safetensors, .npz, .gguf"):
        formats.load(tmp_path / "a.pt")
    with pytest.raises(VectorError, match=r"a.npz: no such file"):
        formats.load(tmp_path / "a.npz")
