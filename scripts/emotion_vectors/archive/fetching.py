"""An archive as it is named on the command line: a path or an address, with the digest that it must have where one is known."""

from __future__ import annotations

import hashlib
import http.client
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from emotion_vectors.archive.manifest import BLOCK, ArchiveError

SECURE = "https://"
ADDRESSES = (SECURE, "http://")
DIGEST = re.compile(r"sha256=([0-9a-fA-F]{64})")
SECONDS = 60
"""Without an answer before a server is given up."""
OVERHEAD_MEGABYTES = 20
"""What manifest and heads may add to the files of an archive."""
WITHOUT_DIGEST = (
    "can be changed on its way; name an https:// address, or put #sha256= and the digest of the archive behind it"
)


@dataclass(frozen=True)
class ArchiveLocation:
    """Where an archive lies; `sha256` is empty where none was named."""

    location: str
    sha256: str

    @classmethod
    def parse(cls, text: str) -> ArchiveLocation:
        """From PATH_OR_URL, or PATH_OR_URL#sha256=DIGEST.

        Raises:
            ArchiveError: what follows a `#` is no digest, or nothing protects what would be fetched.
        """
        location, mark, behind = text.partition("#")
        digest = DIGEST.fullmatch(behind)
        if mark and not digest:
            raise ArchiveError(
                f"archive: {text!r} has no digest behind its #; write #sha256= and 64 hexadecimal digits, or leave the # out"
            )
        source = cls(location, digest[1].lower() if digest else "")
        if source.is_remote and not digest and not _is_secure(location):
            raise ArchiveError(f"archive: what comes from {location!r} {WITHOUT_DIGEST}")
        return source

    @property
    def is_remote(self) -> bool:
        return self.location.lower().startswith(ADDRESSES)

    @property
    def is_missing(self) -> bool:
        """Whether no file lies at the path; what lies at an address shows when it is fetched."""
        try:
            return not self.is_remote and not Path(self.location).is_file()
        except OSError:
            return True


def fetch(source: ArchiveLocation, downloaded: Path, largest_megabytes: float) -> Path:
    """The archive as a file: where it lies, or downloaded to `downloaded`.

    Args:
        largest_megabytes: what the files of an archive may take together.
    Raises:
        ArchiveError: it is not there, cannot be fetched, is too large, or has another digest than the one that was named.
    """
    if source.is_missing:
        raise ArchiveError(
            f"archive: no file {source.location}; correct the path, or give an address that begins with {SECURE}"
        )
    file = _download(source, downloaded, largest_megabytes) if source.is_remote else Path(source.location)
    if source.sha256 and (digest := digest_of(file)) != source.sha256:
        raise ArchiveError(
            f"{source.location} has SHA-256 {digest}, not {source.sha256}; fetch it again, or correct the digest"
        )
    return file


def digest_of(file: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


class SecureRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a server to secure addresses alone."""

    def redirect_request(self, *args: Any, **named: Any) -> urllib.request.Request | None:
        request = super().redirect_request(*args, **named)
        if request is not None and not _is_secure(request.full_url):
            raise ArchiveError(
                f"archive: the server sends on to {request.full_url!r}, and what comes from there {WITHOUT_DIGEST}"
            )
        return request


def _is_secure(address: str) -> bool:
    return address.lower().startswith(SECURE)


def _download(source: ArchiveLocation, target: Path, largest_megabytes: float) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    opener = urllib.request.build_opener(*([] if source.sha256 else [SecureRedirects]))
    try:
        with opener.open(source.location, timeout=SECONDS) as answer, target.open("wb") as file:
            _copy(answer, file, source.location, largest_megabytes)
    except ArchiveError:
        target.unlink(missing_ok=True)
        raise
    except (OSError, ValueError, http.client.HTTPException) as error:
        target.unlink(missing_ok=True)
        raise ArchiveError(
            f"{source.location} cannot be fetched ({error}); see to the address, or fetch it by hand and give its path"
        ) from None
    return target


def _copy(answer: IO[bytes], file: IO[bytes], address: str, largest_megabytes: float) -> None:
    left = int((largest_megabytes + OVERHEAD_MEGABYTES) * 1e6)
    while block := answer.read(BLOCK):
        left -= len(block)
        if left < 0:
            raise ArchiveError(
                f"{address} is larger than an archive of at most {largest_megabytes:g} MB; correct the address, or raise archive_megabytes"
            )
        file.write(block)
