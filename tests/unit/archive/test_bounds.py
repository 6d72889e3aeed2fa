"""Archives that are too large, sparse, of the wrong types or in the way are refused before they do harm."""

from __future__ import annotations

import gzip
import io
import json
import math
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_vectors.archive.manifest import MANIFEST, ArchiveError
from emotion_vectors.archive.unpacking import HEADS, remove_empty_folders, unpack
from tests.unit.archive.made import CONTENTS, DIGEST, WANTED, manifest_of, refused, taped, with_content


def test_a_file_and_a_folder_of_one_name_are_refused(archive: Path):
    contents = {**CONTENTS, "tables/claims.json/more.json": b"{}"}
    taped(archive, manifest_of(contents).text(), with_content(contents))
    assert "'tables/claims.json' is a file and a folder in it" in refused(archive)


def test_an_archive_may_be_as_large_as_is_configured(archive: Path):
    size = manifest_of(CONTENTS).size
    assert "raise archive_megabytes" in refused(archive, replace(WANTED, largest_megabytes=(size - 1) / 1e6))
    unpack(archive, archive.parent / "restored", replace(WANTED, largest_megabytes=size / 1e6))


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("models", [["small-model"]], r"$.models[0]"),
        ("models", "small-model", r"$.models"),
        ("tier", 3, r"$.tier"),
        ("commit", "two\nlines", r"$.commit"),
        ("files", [{"name": "tables/a", "size": math.inf, "sha256": DIGEST}], r"$.files[0].size"),
        ("files", [{"name": "tables/a", "size": -1, "sha256": DIGEST}], r"$.files[0].size"),
        ("files", [{"name": 1, "size": 1, "sha256": DIGEST}], r"$.files[0].name"),
        ("files", [{"name": "tables/a", "size": 1, "sha256": "x" * 10_000}], r"$.files[0].sha256"),
    ],
)
def test_a_manifest_of_the_wrong_types_is_refused_in_one_line(archive: Path, key: str, value: object, why: str):
    said = json.loads(manifest_of(CONTENTS).text())
    message = refused(taped(archive, json.dumps({**said, key: value}), with_content(CONTENTS)))
    assert f"is not complete ({why}: " in message
    assert "\n" not in message
    assert len(message) < 500


def test_a_manifest_that_is_nested_too_deeply_is_refused(archive: Path):
    assert "is not JSON" in refused(taped(archive, "[" * 200_000, []))


def test_sparse_files_are_refused(archive: Path):
    """In the old format by their type, in the newer one by what stands in their head."""
    old, newer = tarfile.TarInfo("pages/RESULTS.md"), tarfile.TarInfo("pages/RESULTS.md")
    old.type = tarfile.GNUTYPE_SPARSE
    newer.pax_headers = {"GNU.sparse.map": "0,10", "GNU.sparse.size": "10", "GNU.sparse.name": newer.name}
    rest = {name: content for name, content in CONTENTS.items() if name != old.name}
    for head, why in ((old, "a head of type b'S'"), (newer, "'pages/RESULTS.md' is not in its manifest")):
        members = [(head, CONTENTS[head.name]), *with_content(rest)]
        assert why in refused(taped(archive, manifest_of(CONTENTS).text(), members))


@pytest.mark.parametrize("kind", sorted(HEADS))
@pytest.mark.parametrize("first", [True, False])
def test_a_huge_head_is_refused_before_it_is_read(archive: Path, kind: bytes, first: bool):
    """It announces gigabytes that do not follow: reading them would find the stream cut short."""
    head = tarfile.TarInfo("long")
    head.type, head.size = kind, 8 << 30
    with tarfile.open(archive, "w:gz") as tape:
        if not first:
            manifest = tarfile.TarInfo(MANIFEST)
            content = manifest_of(CONTENTS).text().encode()
            manifest.size = len(content)
            tape.addfile(manifest, io.BytesIO(content))
        tape.fileobj.write(head.tobuf(tarfile.GNU_FORMAT))
    assert f"a head of type {kind!r} and {8 << 30} bytes" in refused(archive)


def test_a_stream_that_goes_on_behind_its_last_file_is_refused(archive: Path):
    with gzip.open(archive, "ab") as stream:
        stream.write(bytes(10_000_000))
    assert "unpacks to more than its manifest says" in refused(archive)


def test_a_refused_archive_changes_nothing_that_was_restored_before(archive: Path):
    folder = archive.parent / "restored"
    unpack(archive, folder, WANTED)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    archive.write_bytes(archive.read_bytes()[:-1])
    refused(archive)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_an_archive_in_the_folder_that_is_replaced_is_refused(archive: Path):
    inside = archive.parent / "restored/kept/archive.tar.gz"
    inside.parent.mkdir(parents=True)
    archive.rename(inside)
    with pytest.raises(ArchiveError, match="which is replaced by what it holds; move it elsewhere"):
        unpack(inside, archive.parent / "restored", WANTED)
    assert inside.is_file()


def test_a_folder_that_cannot_be_replaced_is_said_in_one_line(archive: Path):
    (archive.parent / "restored").write_text("a file of this name")
    with pytest.raises(ArchiveError, match=r"cannot be laid into .*; see to space and permissions"):
        unpack(archive, archive.parent / "restored", WANTED)
    assert (archive.parent / "restored").read_text() == "a file of this name"
    assert not (archive.parent / ".restored.arriving").exists()


def test_folders_without_files_are_taken_away(tmp_path: Path):
    (tmp_path / "restored/tables/model").mkdir(parents=True)
    (tmp_path / "restored/kept").mkdir()
    (tmp_path / "restored/kept/file").write_text("")
    remove_empty_folders(tmp_path / "restored")
    assert {path.name for path in tmp_path.rglob("*")} == {"restored", "kept", "file"}
