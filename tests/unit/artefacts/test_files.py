"""Every kind of artefact comes back as it was written, and one that is not whole is never read in part."""

import json

import pandas as pd
import pytest
import torch
from pandas.testing import assert_frame_equal

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import ArtefactError

TABLE = pd.DataFrame({"emotion": ["calm", "sad"], "score": [0.5, -0.25]})
TENSORS = {"vectors": torch.arange(6.0).reshape(2, 3), "norms": torch.ones(3)}
LINES = [{"text": "caf\u00e9"}, {"text": "a last line that is longer than what the truncated file lacks"}]
KINDS = {
    "a.parquet": (lambda path: files.write_table(TABLE, path), files.read_table),
    "a.safetensors": (lambda path: files.write_tensors(TENSORS, path, emotions='["calm"]'), files.read_tensors),
    "a.json": (lambda path: files.write_json({"claims": [1, 2]}, path), files.read_json),
    "a.jsonl": (lambda path: files.write_json_lines(map(json.dumps, LINES), path), files.read_json_lines),
}


def test_what_was_written_comes_back(tmp_path):
    for name, (write, _) in KINDS.items():
        write(tmp_path / name)
    assert_frame_equal(files.read_table(tmp_path / "a.parquet"), TABLE)
    tensors = files.read_tensors(tmp_path / "a.safetensors")
    assert set(tensors) == set(TENSORS)
    assert all(torch.equal(tensors[name], tensor) for name, tensor in TENSORS.items())
    assert files.read_json(tmp_path / "a.json")["claims"] == [1, 2]
    assert files.read_json_lines(tmp_path / "a.jsonl") == LINES


def test_tables_are_read_one_below_the_other(tmp_path):
    for name in ("a", "b"):
        files.write_table(TABLE.assign(model=name), tmp_path / f"{name}.parquet")
    both = files.read_tables(tmp_path / f"{name}.parquet" for name in ("a", "b"))
    assert both["model"].tolist() == ["a", "a", "b", "b"]
    assert both.index.tolist() == [0, 1, 2, 3]


def test_tensors_are_read_when_asked_for(tmp_path):
    files.write_tensors(TENSORS, tmp_path / "a.safetensors", emotions='["calm"]')
    with files.open_tensors(tmp_path / "a.safetensors", "vectors file") as file:
        assert file.names == ["norms", "vectors"]
        assert torch.equal(file.slices("vectors")[1:], TENSORS["vectors"][1:])
        assert (file.fact("emotions"), file.listed("emotions")) == ('["calm"]', ["calm"])
    with files.open_tensors(tmp_path / "a.safetensors", framework="np") as file:
        assert file.tensor("norms").tolist() == [1, 1, 1]


def test_a_tensor_or_fact_that_is_not_there_is_named(tmp_path):
    files.write_tensors(TENSORS, tmp_path / "a.safetensors")
    for ask in (lambda file: file.fact("emotions"), lambda file: file.tensor("emotions")):
        with (
            pytest.raises(
                ArtefactError, match=r"a.safetensors is not a complete vectors file .*emotions.*; delete it and repeat"
            ),
            files.open_tensors(tmp_path / "a.safetensors", "vectors file") as file,
        ):
            ask(file)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.97])
def test_a_truncated_file_names_itself_and_the_remedy(tmp_path, name, share):
    write, read = KINDS[name]
    path = tmp_path / name
    write(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ArtefactError, match=rf"{name} is not a complete .*; delete it and repeat the command"):
        read(path)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_is_not_there_names_itself_and_the_remedy(tmp_path, name):
    with pytest.raises(ArtefactError, match=rf"{name}: no such file; repeat the command that makes it"):
        KINDS[name][1](tmp_path / name)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_where_it_comes_from(tmp_path, name):
    KINDS[name][0](tmp_path / name)
    assert files.provenance_of(tmp_path / name)["rule"] == "no step"


def test_a_file_without_provenance_says_so(tmp_path):
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ArtefactError, match=r"a.json is not a complete artefact \(lacks 'provenance'\)"):
        files.provenance_of(tmp_path / "a.json")
