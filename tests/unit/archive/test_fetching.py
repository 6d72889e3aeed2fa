"""Where an archive lies: digests, addresses and paths, and what is wrong with them."""

from __future__ import annotations

import http.client
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from emotion_vectors.archive.fetching import OVERHEAD_MEGABYTES, ArchiveLocation, SecureRedirects, digest_of, fetch
from emotion_vectors.archive.manifest import ArchiveError
from tests.unit.archive.made import DIGEST


def test_a_digest_that_was_published_is_held_against_the_file(archive: Path, tmp_path: Path):
    digest = digest_of(archive)
    assert fetch(ArchiveLocation.parse(f"{archive}#sha256={digest.upper()}"), tmp_path / "downloaded", 1) == archive
    with pytest.raises(ArchiveError, match=f"has SHA-256 {digest}, not {'0' * 64}"):
        fetch(ArchiveLocation.parse(f"{archive}#sha256={'0' * 64}"), tmp_path / "downloaded", 1)


def test_an_archive_is_fetched_from_an_address(archive: Path, served: str, tmp_path: Path):
    downloaded = tmp_path / "new/downloaded.tar.gz"
    source = ArchiveLocation.parse(f"{served}/{archive.name}#sha256={digest_of(archive)}")
    assert source.is_remote
    assert fetch(source, downloaded, 1).read_bytes() == archive.read_bytes()


def test_an_address_without_an_archive_is_named(served: str, tmp_path: Path):
    downloaded = tmp_path / "downloaded.tar.gz"
    with pytest.raises(ArchiveError, match=r"/absent\.tar\.gz cannot be fetched .*404.*give its path"):
        fetch(ArchiveLocation(f"{served}/absent.tar.gz", DIGEST), downloaded, 1)
    assert not downloaded.exists()


def test_a_path_without_an_archive_is_named(tmp_path: Path):
    with pytest.raises(ArchiveError, match=r"no file .*absent\.tar\.gz; correct the path"):
        fetch(ArchiveLocation.parse(str(tmp_path / "absent.tar.gz")), tmp_path / "downloaded", 1)


@pytest.mark.parametrize(
    "behind", ["", "sha256=", f"SHA256={DIGEST}", f"sha256:{DIGEST}", f"sha-256={DIGEST}", "sha256=" + "0" * 63, "x"]
)
def test_a_digest_that_is_misspelt_is_refused(behind: str):
    with pytest.raises(ArchiveError, match="has no digest behind its #; write #sha256= and 64 hexadecimal digits"):
        ArchiveLocation.parse(f"archive.tar.gz#{behind}")


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_nothing_is_fetched_without_protection(scheme: str):
    with pytest.raises(ArchiveError, match="can be changed on its way; name an https:// address"):
        ArchiveLocation.parse(f"{scheme}://archives.example/archive.tar.gz")
    assert ArchiveLocation.parse(f"{scheme}://archives.example/archive.tar.gz#sha256={DIGEST}").is_remote


def test_a_secure_address_is_not_left_without_a_digest():
    """The handler is asked as the library asks it, since no secure server can be had here."""
    asked = urllib.request.Request("https://archives.example/archive.tar.gz")
    answer = (asked, None, 302, "Found", Message())
    followed = SecureRedirects().redirect_request(*answer, "https://mirror.example/archive.tar.gz")
    assert followed is not None
    with pytest.raises(ArchiveError, match=r"sends on to 'http://mirror\.example/archive\.tar\.gz'"):
        SecureRedirects().redirect_request(*answer, "http://mirror.example/archive.tar.gz")


def test_a_download_that_is_too_large_is_given_up(served: str, tmp_path: Path):
    (tmp_path / "large").write_bytes(bytes(int(OVERHEAD_MEGABYTES * 1e6) + 1))
    downloaded = tmp_path / "downloaded"
    with pytest.raises(ArchiveError, match=r"is larger than an archive of at most 0 MB; .* raise archive_megabytes"):
        fetch(ArchiveLocation(f"{served}/large", DIGEST), downloaded, 0)
    assert not downloaded.exists()


@pytest.mark.parametrize("address", ["https://[::1", "https://archives.example/with a blank", "https://:x/"])
def test_an_address_that_is_none_is_said_in_one_line(address: str, tmp_path: Path):
    with pytest.raises(ArchiveError, match=r"\Ahttps://.* cannot be fetched \(.*\); see to the address") as error:
        fetch(ArchiveLocation.parse(address), tmp_path / "downloaded", 1)
    assert "\n" not in str(error.value)
    assert not [*tmp_path.iterdir()]


def test_a_download_that_breaks_off_is_said_in_one_line(served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def cut_short(self: http.client.HTTPResponse, size: int) -> bytes:
        raise http.client.IncompleteRead(b"PAR1", 96)

    (tmp_path / "archive.tar.gz").write_bytes(b"PAR1")
    monkeypatch.setattr(http.client.HTTPResponse, "read", cut_short)
    with pytest.raises(ArchiveError, match=r"cannot be fetched \(IncompleteRead\(4 bytes read, 96 more expected\)\)"):
        fetch(ArchiveLocation(f"{served}/archive.tar.gz", DIGEST), tmp_path / "downloaded", 1)
    assert not (tmp_path / "downloaded").exists()


def test_a_path_that_is_too_long_is_no_archive(tmp_path: Path):
    with pytest.raises(ArchiveError, match=r"archive: no file n+;"):
        fetch(ArchiveLocation.parse("n" * 300), tmp_path / "downloaded", 1)
