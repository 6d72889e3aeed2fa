"""The manifest of an archive: whose study it holds, and name, size and SHA-256 of every file in it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath, PureWindowsPath

from jsonschema import Draft202012Validator

from emotion_vectors.artefacts.errors import ArtefactError

PROJECT = "emotion-vectors-replication"
FORMAT = 1
"""Raised when an older reader would take a newer archive for something that it is not."""
MANIFEST = "manifest.json"
CRATE = "ro-crate-metadata.json"
CODECHECK = "codecheck.yml"
AT_THE_TOP = (CODECHECK, CRATE)
"""Descriptions of an archive for services that look for them there."""
FOLDERS = {
    "tables": "tables and records that figures, texts and paper are made from, and the evidence of every claim",
    "tensors": "emotion vectors and directions, as safetensors",
    "figures": "figures, as PDF and PNG, and their list",
    "pages": "the paper, the page of claims, the table of verdicts and the explorer",
    "reference": "reference numbers and run times of the commit that the archive was made at",
}
"""Top folders of an archive."""
BLOCK = 1 << 20
"""Bytes that are read at once."""
SHOWN = 200
"""Characters of foreign text that a message repeats."""
LONGEST_PART = 255
LONGEST_NAME = 1000
"""Bytes that a file system takes as the name of a file, and as a path with room for the folder that it is below."""
LINE = {"type": "string", "pattern": r"\A[ -~]{1,200}\Z"}
SHA_256 = {"type": "string", "pattern": r"\A[0-9a-f]{64}\Z"}
FILES_LISTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "size", "sha256"],
        "properties": {"name": {"type": "string"}, "size": {"type": "integer", "minimum": 0}, "sha256": SHA_256},
    },
}
"""Schema of files as `Member` has them."""
SCHEMA = {
    "type": "object",
    "required": ["tier", "models", "version", "commit", "files"],
    "properties": {
        **{name: LINE for name in ("tier", "version", "commit")},
        "models": {"type": "array", "items": LINE},
        "files": FILES_LISTED,
    },
}
"""What a manifest has to say of the study and of each file; a value that a message repeats fits on one line."""


class ArchiveError(ArtefactError):
    """An archive cannot be made, or is refused; the message names archive, file and reason."""


@dataclass(frozen=True)
class Member:
    """A file of an archive: its name below the root of the archive, size in bytes, and SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Member:
        return cls(name, len(content), hashlib.sha256(content).hexdigest())

    @classmethod
    def of_file(cls, name: str, file: Path) -> Member:
        """The same for a file, which is read in parts.

        Raises:
            ArchiveError: it is gone, for instance while `reference` writes it anew beside.
        """
        try:
            with file.open("rb") as opened:
                return cls(name, file.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest())
        except FileNotFoundError:
            raise ArchiveError(f"archive: {file} is gone; repeat `archive` when no other target writes it") from None


@dataclass(frozen=True)
class ArchivedStudy:
    """Whose results an archive holds: tier and models of the study, version of the work, commit that judged its claims."""

    tier: str
    models: tuple[str, ...]
    version: str
    commit: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself; `members` in the order in which they lie in it."""

    study: ArchivedStudy
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together, before compression."""
        return sum(member.size for member in self.members)

    def text(self) -> str:
        """The manifest as JSON, the same for the same content."""
        content = {
            "project": PROJECT,
            "format": FORMAT,
            **asdict(self.study),
            "bytes": self.size,
            "folders": FOLDERS,
            "files": [asdict(member) for member in self.members],
        }
        return json.dumps(content, indent=1) + "\n"


def parse(text: bytes, archive: str) -> Manifest:
    """The manifest that an archive begins with.

    Args:
        archive: its path, for messages.
    Raises:
        ArchiveError: it is not JSON, of another project or format, lacks a key, or names a file that may not stand in an archive.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{archive}: {MANIFEST} is not JSON ({error}); fetch the archive again") from None
    if not isinstance(content, dict) or content.get("project") != PROJECT:
        raise ArchiveError(f"{archive} is no archive of {PROJECT}; name one that `snakemake archive` has written")
    if content.get("format") != FORMAT:
        raise ArchiveError(
            f"{archive} has format {_short(repr(content.get('format')))}, not {FORMAT}; use the commit that it was made at"
        )
    if fault := next(Draft202012Validator(SCHEMA).iter_errors(content), None):
        raise ArchiveError(
            f"{archive}: {MANIFEST} is not complete ({fault.json_path}: {_short(fault.message)}); fetch the archive again"
        )
    named = {field.name: content[field.name] for field in fields(ArchivedStudy)}
    study = ArchivedStudy(**{**named, "models": tuple(named["models"])})
    members = tuple(Member(file["name"], int(file["size"]), file["sha256"]) for file in content["files"])
    _check_names([member.name for member in members], archive)
    return Manifest(study, members)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _check_names(names: Sequence[str], archive: str) -> None:
    """Refuse names that would be written outside the folder of an archive, or over one another."""
    for name in names:
        if not is_safe(name):
            raise ArchiveError(
                f"{archive}: {_short(repr(name))} is no name of a file in an archive; the archive is refused as a whole"
            )
    counts = Counter(name.lower() for name in names)
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise ArchiveError(f"{archive}: '{repeated[0]}' stands in it twice; the archive is refused as a whole")
    folders = {str(folder) for name in counts for folder in PurePosixPath(name).parents}
    if both := sorted(folders & {*counts}):
        raise ArchiveError(f"{archive}: '{both[0]}' is a file and a folder in it; the archive is refused as a whole")


def is_safe(name: str) -> bool:
    """Whether a name stays within one of the top folders on every system, or is that of a description of the archive."""
    parts = PurePosixPath(name).parts
    plain = name.isprintable() and not {*name} & {*'\\:*?"<>|'} and name == "/".join(parts)
    inside = len(parts) > 1 and parts[0] in FOLDERS and len(name.encode(errors="replace")) <= LONGEST_NAME
    return name in AT_THE_TOP or (plain and inside and all(map(_is_portable, parts)))


def _is_portable(part: str) -> bool:
    """Whether every system can bear a file or folder of this name: no device of Windows, nothing that it drops at the end."""
    short = len(part.encode(errors="replace")) <= LONGEST_PART
    return short and not part.endswith((".", " ")) and not PureWindowsPath(part).is_reserved()
