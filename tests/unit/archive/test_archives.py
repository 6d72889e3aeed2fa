"""Archives: the same files give the same bytes, and what is cut short, altered, foreign or malicious is refused and leaves nothing."""

from __future__ import annotations

import gzip
import json
import tarfile
from pathlib import Path

import pytest

from emotion_vectors.archive.manifest import MANIFEST, ArchiveError, Member, is_safe, parse
from emotion_vectors.archive.packing import pack
from emotion_vectors.archive.unpacking import Wanted, unpack
from tests.unit.archive.made import CONTENTS, WANTED, manifest_of, refused, taped, with_content


def test_what_was_packed_is_unpacked(archive: Path, tmp_path: Path):
    folder = tmp_path / "restored"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables/of_an_earlier_one.json").write_text("{}")
    assert unpack(archive, folder, WANTED) == manifest_of(CONTENTS)
    laid = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert parse(laid.pop(MANIFEST), "it") == manifest_of(CONTENTS)
    assert laid == CONTENTS


def test_the_same_files_give_the_same_bytes_wherever_they_are_written(archive: Path, tmp_path: Path):
    again = tmp_path / "elsewhere/other.tar.gz"
    pack(manifest_of(CONTENTS), CONTENTS, again, largest_megabytes=1)
    assert again.read_bytes() == archive.read_bytes()


def test_the_manifest_states_sizes_and_digests(archive: Path):
    with tarfile.open(archive) as tape:
        said = json.load(tape.extractfile(MANIFEST))
    assert said["bytes"] == sum(map(len, CONTENTS.values()))
    assert said["files"][1] == {
        "name": "pages/RESULTS.md",
        "size": 10,
        # printf '# Results\n' | sha256sum
        "sha256": "85b091dadbca0b1683fd8da1b3576d63db66879e8ea5ab25b9cbaa443eb0a323",
    }


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_an_archive_that_is_cut_short_is_refused(archive: Path, share: float):
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(share * len(whole))])
    assert "fetch it again" in refused(archive)


def test_an_archive_that_lacks_its_last_byte_is_refused(archive: Path):
    archive.write_bytes(archive.read_bytes()[:-1])
    assert "cut short" in refused(archive)


def test_no_altered_byte_goes_unnoticed(archive: Path):
    """Each of many places in turn, beyond the head of the compressed stream, which holds a time and a system that nothing reads."""
    whole = archive.read_bytes()
    for place in range(10, len(whole), 17):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        refused(archive)


def test_an_altered_file_in_a_sound_stream_is_named_with_both_digests(archive: Path):
    altered = {**CONTENTS, "tables/claims.json": b'{"tier": "quack"}\n'}
    taped(archive, manifest_of(CONTENTS).text(), with_content(altered))
    said = refused(archive)
    assert "tables/claims.json has SHA-256" in said
    assert Member.of("", CONTENTS["tables/claims.json"]).sha256 in said


def test_a_file_of_another_size_is_named(archive: Path):
    longer = {**CONTENTS, "pages/RESULTS.md": b"# Results\nand more\n"}
    taped(archive, manifest_of(CONTENTS).text(), with_content(longer))
    assert "pages/RESULTS.md has 19 bytes, not 10" in refused(archive)


def test_a_file_that_the_manifest_does_not_name_is_refused(archive: Path):
    taped(archive, manifest_of(CONTENTS).text(), with_content({**CONTENTS, "tables/more.json": b"{}"}))
    assert "'tables/more.json' is not in its manifest" in refused(archive)


def test_a_file_that_is_missing_is_named(archive: Path):
    taped(archive, manifest_of(CONTENTS).text(), with_content({"tables/claims.json": CONTENTS["tables/claims.json"]}))
    assert "lacks figures/plane.png, which its manifest names" in refused(archive)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.txt",
        "/etc/outside.txt",
        "tables/../../outside.txt",
        "tables/./claims.json",
        "tables//claims.json",
        "tables\\..\\..\\outside.txt",
        "C:/outside.txt",
        "elsewhere/file.txt",
        "tables",
        "tables/line\nbreak",
        "tables/nul",
        "tables/Con.json",
        "tables/COM1/file.json",
        "tables/file.",
        "tables/folder /file",
        "tables/" + "n" * 256,
        "tables" + "/folder" * 200,
        "",
    ],
)
def test_a_name_that_leads_outside_is_refused_before_anything_is_written(archive: Path, name: str):
    assert not is_safe(name)
    contents = {**CONTENTS, name: b"outside"}
    taped(archive, manifest_of(contents).text(), with_content(contents))
    assert "no name of a file in an archive" in refused(archive)
    assert not (archive.parent.parent / "outside.txt").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_links_and_whatever_is_no_file_are_refused(archive: Path, kind: bytes):
    link = tarfile.TarInfo("pages/RESULTS.md")
    link.type, link.linkname = kind, "/etc/passwd"
    members = with_content({name: content for name, content in CONTENTS.items() if name != link.name})
    taped(archive, manifest_of(CONTENTS).text(), [*members, (link, b"")])
    assert "'pages/RESULTS.md' is not in its manifest" in refused(archive)


def test_names_that_differ_in_case_alone_are_refused(archive: Path):
    contents = {**CONTENTS, "tables/Claims.json": b"{}"}
    taped(archive, manifest_of(contents).text(), with_content(contents))
    assert "stands in it twice" in refused(archive)


def test_archives_of_other_projects_formats_and_studies_are_refused(archive: Path, tmp_path: Path):
    said = json.loads(manifest_of(CONTENTS).text())
    members = with_content(CONTENTS)
    assert "no archive of" in refused(taped(archive, json.dumps({**said, "project": "another"}), members))
    assert "has format 2, not 1" in refused(taped(archive, json.dumps({**said, "format": 2}), members))
    assert "is not JSON" in refused(taped(archive, "{", members))
    assert "is not complete ($: 'files' is a required property)" in refused(
        taped(archive, json.dumps({key: said[key] for key in said if key != "files"}), members)
    )
    taped(archive, json.dumps(said), members)
    assert "of tier 'quick', and the configuration is of tier 'default'" in refused(
        archive, Wanted("default", ["small-model"], [], 1)
    )
    assert "holds small-model, and the configuration names large-model" in refused(
        archive, Wanted("quick", ["large-model"], [], 1)
    )
    assert "lacks tables/facts.json, which this commit reads" in refused(
        archive, Wanted("quick", ["small-model"], ["tables/facts.json"], 1)
    )


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path):
    file = tmp_path / "page.tar.gz"
    file.write_bytes(b"<html>not found</html>")
    assert "no archive" in refused(file)
    file.write_bytes(gzip.compress(b"<html>not found</html>" * 99))
    assert "no archive" in refused(file)
    with tarfile.open(file, "w:gz") as tape:
        tape.addfile(tarfile.TarInfo("setup.py"))
    assert f"does not begin with {MANIFEST}" in refused(file)


def test_weights_and_too_much_are_not_archived(tmp_path: Path):
    file = tmp_path / "archive.tar.gz"
    weights = {**CONTENTS, "tensors/model.gguf": b"GGUF"}
    with pytest.raises(ArchiveError, match=r"tensors/model\.gguf holds weights"):
        pack(manifest_of(weights), weights, file, largest_megabytes=1)
    with pytest.raises(ArchiveError, match=r"at most 0\.001 MB may be archived; the largest are tables/small-model"):
        pack(manifest_of(CONTENTS), CONTENTS, file, largest_megabytes=0.001)
    assert not [*tmp_path.iterdir()]


def test_a_file_that_went_away_meanwhile_is_named(tmp_path: Path):
    with pytest.raises(ArchiveError, match=r"reference\.json is gone; repeat `archive` when no other target writes it"):
        Member.of_file("reference.json", tmp_path / "reference.json")
