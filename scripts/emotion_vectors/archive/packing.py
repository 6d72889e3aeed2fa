"""Writing an archive: the same files give the same bytes."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.archive.manifest import MANIFEST, ArchiveError, Manifest, Member

LISTED = 5
LEFT_OUT = {".gguf", ".bin", ".pt", ".pth"}
"""Endings of weights, which no archive holds."""


def pack(manifest: Manifest, contents: Mapping[str, Path | bytes], archive: Path, largest_megabytes: float) -> None:
    """Write manifest and files as a compressed tape archive, in the order of the manifest, without owners and times.

    Args:
        contents: name in the archive -> file, or bytes of a description.
        largest_megabytes: what all files together may take before compression.
    Raises:
        ArchiveError: together they are too large (the largest ones are named), or one holds weights.
    """
    _check_sizes(manifest, archive, largest_megabytes)
    temporary = archive.with_name(f".{archive.name}.partial-{os.getpid()}")
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        # Neither a time nor the name of the file is kept in the head.
        with (
            temporary.open("wb") as file,
            gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as compressed,
            tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as tape,
        ):
            head = manifest.text().encode()
            _append(tape, Member.of(MANIFEST, head), head)
            for member in manifest.members:
                _append(tape, member, contents[member.name])
        temporary.replace(archive)
    finally:
        temporary.unlink(missing_ok=True)


def _append(tape: tarfile.TarFile, member: Member, content: Path | bytes) -> None:
    head = tarfile.TarInfo(member.name)
    head.size, head.mode = member.size, 0o644
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as opened:
        tape.addfile(head, opened)


def _check_sizes(manifest: Manifest, archive: Path, largest_megabytes: float) -> None:
    weights = [member.name for member in manifest.members if Path(member.name).suffix in LEFT_OUT]
    if weights:
        raise ArchiveError(
            f"{archive}: {weights[0]} holds weights, which no archive holds; take it out of the rule `archive`"
        )
    if manifest.size > largest_megabytes * 1e6:
        largest = sorted(manifest.members, key=lambda member: -member.size)[:LISTED]
        named = ", ".join(f"{member.name} ({member.size / 1e6:.1f} MB)" for member in largest)
        raise ArchiveError(
            f"{archive}: {manifest.size / 1e6:.1f} MB, at most {largest_megabytes:g} MB may be archived; the largest are {named}. "
            "Raise archive_megabytes in the configuration if that is what you want"
        )
