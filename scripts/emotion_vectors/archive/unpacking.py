"""Taking an archive apart: nothing is laid down before every file in it has been held against the manifest."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, cast

from emotion_vectors.archive.manifest import BLOCK, MANIFEST, SHOWN, ArchiveError, Manifest, Member, parse

LARGEST_MANIFEST = 10_000_000
"""Bytes: thousands of files."""
LARGEST_HEAD = 65_536
"""Bytes of a head that carries a long name."""
HEADS = {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
TAPE_BLOCKS = 10_240
"""Bytes of heads and padding that are allowed for each file."""


@dataclass(frozen=True)
class Wanted:
    """What an archive is taken for: tier and models of the study, names of files that it must hold, megabytes that it may take."""

    tier: str
    models: Sequence[str]
    names: Collection[str]
    largest_megabytes: float


class PlainHead(tarfile.TarInfo):
    """The head of a file, looked at before anything that it announces is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        head = super().frombuf(buf, encoding, errors)
        if head.type == tarfile.GNUTYPE_SPARSE or (head.type in HEADS and not 0 <= head.size <= LARGEST_HEAD):
            raise tarfile.ReadError(f"a head of type {head.type!r} and {head.size} bytes")
        return head


class BoundedStream:
    """What a compressed file unpacks to, up to a number of bytes that is set once the manifest is known."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.left = LARGEST_MANIFEST + 2 * LARGEST_HEAD

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self.left -= len(block)
        if self.left < 0:
            raise tarfile.ReadError("it unpacks to more than its manifest says")
        return block


def unpack(archive: Path, folder: Path, wanted: Wanted) -> Manifest:
    """Lay the files of an archive into `folder`, which takes the place of whatever lay there; a refused one changes nothing.

    Raises:
        ArchiveError: the archive is cut short, altered, too large, of another study, lacks a file, lies in `folder`, or would write
            outside it; or there is no room for it.
    """
    if archive.resolve().is_relative_to(folder.resolve()):
        raise ArchiveError(f"{archive} lies in {folder}, which is replaced by what it holds; move it elsewhere")
    arriving = folder.with_name(f".{folder.name}.arriving")
    shutil.rmtree(arriving, ignore_errors=True)
    try:
        with _tape(archive) as (tape, stream):
            manifest = _manifest_of(tape, archive)
            _check_study(manifest, archive, wanted)
            stream.left = manifest.size + TAPE_BLOCKS * (len(manifest.members) + 2)
            _lay_down(tape, manifest, archive, arriving)
        (arriving / MANIFEST).write_text(manifest.text(), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        arriving.replace(folder)
    except OSError as error:
        raise ArchiveError(f"{archive} cannot be laid into {folder} ({error}); see to space and permissions") from None
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return manifest


def remove_empty_folders(folder: Path) -> None:
    """Take away `folder` and what lies in it as far as that holds no file: what was made for files that did not come."""
    for emptied, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            Path(emptied).rmdir()


@contextmanager
def _tape(archive: Path) -> Iterator[tuple[tarfile.TarFile, BoundedStream]]:
    """The archive, read once from its beginning; what follows its last file is read as well, so that the check sum of all is seen."""
    try:
        with gzip.open(archive) as opened:
            stream = BoundedStream(cast(IO[bytes], opened))
            with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|", tarinfo=PlainHead) as tape:
                yield tape, stream
                while stream.read(BLOCK):
                    pass
    except ArchiveError:
        raise
    except (gzip.BadGzipFile, tarfile.TarError, EOFError, zlib.error, ValueError, OverflowError) as error:
        raise ArchiveError(f"{archive} is cut short, altered or no archive ({error}); fetch it again") from None


def _manifest_of(tape: tarfile.TarFile, archive: Path) -> Manifest:
    head = tape.next()
    if head is None or head.name != MANIFEST or not _is_plain(head) or head.size > LARGEST_MANIFEST:
        raise ArchiveError(
            f"{archive} does not begin with {MANIFEST}; name an archive that `snakemake archive` has written"
        )
    return parse(_opened(tape, head).read(), str(archive))


def _is_plain(head: tarfile.TarInfo) -> bool:
    return head.isreg() and not head.issparse()


def _check_study(manifest: Manifest, archive: Path, wanted: Wanted) -> None:
    if manifest.study.tier != wanted.tier:
        raise ArchiveError(
            f"{archive} holds a study of tier '{manifest.study.tier}', and the configuration is of tier '{wanted.tier}'; give the "
            "--configfile of the study that was archived"
        )
    if manifest.study.models != tuple(wanted.models):
        raise ArchiveError(
            f"{archive} holds {', '.join(manifest.study.models)}, and the configuration names {', '.join(wanted.models)}; "
            "give the configuration that was archived"
        )
    if manifest.size > wanted.largest_megabytes * 1e6:
        raise ArchiveError(
            f"{archive} holds {manifest.size / 1e6:.1f} MB, at most {wanted.largest_megabytes:g} MB are laid down; raise archive_megabytes "
            "in the configuration if that is what you want"
        )
    absent = sorted({*wanted.names} - {member.name for member in manifest.members})
    if absent:
        raise ArchiveError(
            f"{archive} lacks {absent[0]}, which this commit reads; use commit {manifest.study.commit} or a later archive"
        )


def _lay_down(tape: tarfile.TarFile, manifest: Manifest, archive: Path, folder: Path) -> None:
    missing = {member.name: member for member in manifest.members}
    while head := tape.next():
        member = missing.pop(head.name, None)
        if member is None or not _is_plain(head):
            raise ArchiveError(
                f"{archive}: {head.name[:SHOWN]!r} is not in its manifest, or twice in it; the archive is refused"
            )
        if head.size != member.size:
            raise ArchiveError(
                f"{archive}: {head.name} has {head.size} bytes, not {member.size}; fetch the archive again"
            )
        _copy(_opened(tape, head), member, archive, folder / member.name)
    if missing:
        raise ArchiveError(f"{archive} lacks {next(iter(missing))}, which its manifest names; fetch the archive again")


def _copy(source: IO[bytes], member: Member, archive: Path, target: Path) -> None:
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while block := source.read(BLOCK):
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != member.sha256:
        raise ArchiveError(
            f"{archive}: {member.name} has SHA-256 {digest.hexdigest()}, its manifest says {member.sha256}; fetch the archive again"
        )


def _opened(tape: tarfile.TarFile, head: tarfile.TarInfo) -> IO[bytes]:
    source = tape.extractfile(head)
    assert source is not None, "a regular file has content"
    return source
