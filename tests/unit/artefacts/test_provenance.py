"""Artefacts carry where they come from, hold no silent NaN, and are either whole or not there."""

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
import safetensors.torch
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, provenance
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.artefacts.provenance import Run

WRITERS = {
    "table": lambda numbers, path: files.write_table(pd.DataFrame({"r": numbers}), path),
    "tensors": lambda numbers, path: files.write_tensors({"r": torch.from_numpy(numbers)}, path),
    "json": lambda numbers, path: files.write_json({"r": numbers.tolist()}, path),
    "lines": lambda numbers, path: files.write_json_lines(map(str, numbers), path),
}
EXPECTED = {"rule", "git_commit", "config_sha256", "seed", "seconds", "device", "threads", "python", "libraries"}


@pytest.fixture(autouse=True)
def run():
    step = Run("compute_vectors", "c" * 64, seed=7)
    with provenance.running(step):
        yield step


@pytest.fixture
def table():
    return pd.DataFrame({"emotion": ["sad", "calm"], "r": [0.5, -0.25], "n": [3, 4]})


def test_a_record_says_what_ran_where_and_with_what(run):
    record = run.record(model_sha256="m")
    assert set(record) == EXPECTED | {"model_sha256"}
    assert (record["rule"], record["config_sha256"], record["seed"]) == ("compute_vectors", "c" * 64, 7)
    assert record["libraries"]["torch"] == torch.__version__
    assert record["seconds"] >= 0
    json.dumps(record)


def test_tables_carry_their_provenance_and_come_back_as_they_were(table, tmp_path):
    path = tmp_path / "new" / "folder" / "table.parquet"
    files.write_table(table, path, layer=19)
    pd.testing.assert_frame_equal(pd.read_parquet(path), table)
    record = files.provenance_of(path)
    assert set(record) == EXPECTED | {"layer"}
    assert (record["rule"], record["seed"], record["layer"]) == ("compute_vectors", 7, 19)


def test_tensors_carry_their_provenance_and_facts(tmp_path):
    path = tmp_path / "vectors.safetensors"
    tensors = {"vectors": torch.randn(3, 4).T, "counts": torch.tensor([1, 2])}
    files.write_tensors(tensors, path, emotions='["sad"]')
    found = load_file(path)
    assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())
    assert files.provenance_of(path)["rule"] == "compute_vectors"
    with safe_open(path, framework="pt") as file:
        assert file.metadata()["emotions"] == '["sad"]'


def test_views_of_one_tensor_can_be_written_beside_each_other(tmp_path):
    """Windows of the activations of a single text share their memory."""
    means = torch.randn(1, 2, 3, 4)
    files.write_tensors({"late": means[:, 0], "early": means[:, 1]}, tmp_path / "a.safetensors")
    assert torch.equal(load_file(tmp_path / "a.safetensors")["early"], means[:, 1])


def test_json_lines_carry_their_provenance_in_the_first(tmp_path):
    path = tmp_path / "new" / "folder" / "pleasing.jsonl"
    files.write_json_lines(['{"text": "café\\n"}', '{"text": ""}'], path, layer=19)
    assert path.read_text(encoding="utf-8").split("\n", 1)[1] == '{"text": "café\\n"}\n{"text": ""}\n'
    record = files.provenance_of(path)
    assert set(record) == EXPECTED | {"layer"}
    assert (record["rule"], record["layer"]) == ("compute_vectors", 19)


def test_json_carries_its_provenance(tmp_path):
    files.write_json({"claims": {"A01": 0.5}}, tmp_path / "claims.json", models=["a"])
    content = json.loads((tmp_path / "claims.json").read_text())
    assert content["claims"] == {"A01": 0.5}
    assert content["provenance"]["rule"] == "compute_vectors"
    assert content["provenance"]["models"] == ["a"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_values_that_are_not_finite_are_refused_everywhere(table, tmp_path, value):
    table.loc[1, "r"] = value
    with pytest.raises(ArtefactError, match=r"table\.parquet: column 'r'.*compute_vectors"):
        files.write_table(table, tmp_path / "table.parquet")
    with pytest.raises(ArtefactError, match=r"tensor 'norms' of step 'compute_vectors'"):
        files.write_tensors({"norms": torch.tensor([1, value])}, tmp_path / "t.safetensors")
    with pytest.raises(ValueError, match="JSON"):
        files.write_json({"r": value}, tmp_path / "claims.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dtype", ["Float64", "Int64", "object"])
def test_a_missing_number_is_refused_whatever_the_type_of_its_column(tmp_path, dtype):
    table = pd.DataFrame({"r": pd.Series([1, None], dtype=dtype)})
    with pytest.raises(ArtefactError, match="'r'"):
        files.write_table(table, tmp_path / "table.parquet")


def test_columns_that_say_so_may_have_missing_values(tmp_path):
    table = pd.DataFrame({"norm_or_missing": [1.0, np.nan]})
    files.write_table(table, tmp_path / "table.parquet")
    assert pd.read_parquet(tmp_path / "table.parquet")["norm_or_missing"].isna().tolist() == [False, True]


def broken_write(*arguments, **_keywords):
    """Half a file, then an error: what a full disk leaves."""
    path = next(argument for argument in arguments if isinstance(argument, os.PathLike))
    with open(path, "wb") as file:
        file.write(b"half")
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("kind", ["table", "tensors"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, kind):
    path = tmp_path / "old"
    path.write_text("old content")
    monkeypatch.setattr(files.pq, "write_table", broken_write)
    monkeypatch.setattr(safetensors.torch, "save_file", broken_write)
    with pytest.raises(ArtefactError, match=r"old: could not be written \(\[Errno 28\] No space left on device\);"):
        WRITERS[kind](np.ones(2), path)
    assert path.read_text() == "old content"
    assert [found.name for found in tmp_path.iterdir()] == ["old"]


def test_a_json_value_that_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "claims.json"
    path.write_text("old content")
    with pytest.raises(TypeError):
        files.write_json({"r": object()}, path)
    assert path.read_text() == "old content"
    assert [found.name for found in tmp_path.iterdir()] == ["claims.json"]


@pytest.mark.parametrize("obstacle", ["file", "link"])
@pytest.mark.parametrize("kind", list(WRITERS))
def test_a_folder_that_cannot_be_made_is_a_provenance_error(tmp_path, kind, obstacle):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ArtefactError, match=f"{obstacle}/result: could not be written"):
        WRITERS[kind](np.ones(2), tmp_path / obstacle / "result")


@contextmanager
def files_of_at_most(size):
    """The system refuses to let any file of this process grow beyond `size` bytes, as a full disk would."""
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("kind", ["table", "tensors", "json"])
def test_a_full_disk_is_a_provenance_error_for_every_kind_of_file(tmp_path, kind):
    path = tmp_path / "result"
    path.write_text("old content")
    numbers = np.random.default_rng(0).random(100_000)
    with pytest.raises(ArtefactError, match=r"result: could not be written"), files_of_at_most(50_000):
        WRITERS[kind](numbers, path)
    assert path.read_text() == "old content"
    assert [found.name for found in tmp_path.iterdir()] == ["result"]


def test_digest_depends_on_content_and_not_on_order():
    first = provenance.digest({"a": 1, "b": {"c": 2, "d": 3}})
    assert first == provenance.digest({"b": {"d": 3, "c": 2}, "a": 1})
    assert first != provenance.digest({"a": 1, "b": {"c": 2, "d": 4}})
    assert len(first) == 64


def git(folder, *arguments):
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_commit_says_when_tracked_files_of_the_workflow_differ(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "REPOSITORY", tmp_path)
    assert provenance.git_commit() == "unknown"
    (tmp_path / "Snakefile").write_text("rule all:\n")
    (tmp_path / "README.md").write_text("text\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert provenance.git_commit() == commit
    (tmp_path / "README.md").write_text("other text\n")
    assert provenance.git_commit() == commit
    (tmp_path / "Snakefile").write_text("rule none:\n")
    assert provenance.git_commit() == f"{commit}+changes"


def test_recorded_python_is_the_running_one(run):
    assert run.record()["python"] == ".".join(map(str, sys.version_info[:3]))
