"""Archives as the project writes them, and as somebody else may have written them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from emotion_vectors.archive.manifest import MANIFEST, ArchivedStudy, ArchiveError, Manifest, Member
from emotion_vectors.archive.unpacking import Wanted, unpack

STUDY = ArchivedStudy("quick", ("small-model",), "0.1.0", "0123abc")
CONTENTS = {
    "figures/plane.png": bytes(range(256)) * 9,
    "pages/RESULTS.md": b"# Results\n",
    "tables/claims.json": b'{"tier": "quick"}\n',
    "tables/small-model/slopes/by_item.parquet": b"PAR1" * 700,
}
DIGEST = "0" * 64
WANTED = Wanted("quick", ["small-model"], ["tables/claims.json"], largest_megabytes=1)


def manifest_of(contents: Mapping[str, bytes], study: ArchivedStudy = STUDY) -> Manifest:
    return Manifest(study, tuple(Member.of(name, content) for name, content in contents.items()))


def taped(file: Path, manifest: str, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    """An archive as somebody else may have written it."""
    with tarfile.open(file, "w:gz") as tape:
        for head, content in [(tarfile.TarInfo(MANIFEST), manifest.encode()), *members]:
            head.size = len(content)
            tape.addfile(head, io.BytesIO(content))
    return file


def with_content(contents: Mapping[str, bytes]) -> list[tuple[tarfile.TarInfo, bytes]]:
    return [(tarfile.TarInfo(name), content) for name, content in contents.items()]


def refused(file: Path, wanted: Wanted = WANTED) -> str:
    """Why an archive is refused; beside it nothing is left behind."""
    before = {*file.parent.rglob("*")}
    with pytest.raises(ArchiveError) as error:
        unpack(file, file.parent / "restored", wanted)
    assert {*file.parent.rglob("*")} == before
    assert str(file) in str(error.value)
    return str(error.value)
