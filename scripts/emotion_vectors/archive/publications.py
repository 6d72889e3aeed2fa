"""What a study publishes so that others can stand beside it: digests of its tables, and what other results must share with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from emotion_vectors.archive.manifest import FILES_LISTED, PROJECT, SHA_256, Member
from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import ArtefactError

LAYOUT = 1
"""Raised when an older reader would take a newer list of published tables for something that it is not."""
WHERE_AND_WHICH = ("models", "published", "compute", "folders", "tier")
"""Keys that say which models are run, where, by what machine and under what name."""
AFTERWARDS = ("readme", "rebuild", "archive", "archive_megabytes", "placebo", "multiverse", "imported")
"""Keys that say what becomes of a study once its models are measured, and what is held against it."""
PUBLICATION_SCHEMA = {
    "type": "object",
    "required": ["project", "layout", "basis", "origins", "files"],
    "properties": {
        "project": {"const": PROJECT},
        "layout": {"const": LAYOUT},
        "basis": {
            "type": "object",
            "required": ["settings", "inputs", "rows"],
            "properties": {
                "settings": {"type": "object"},
                "inputs": {"type": "object", "additionalProperties": SHA_256},
                "rows": {"type": "object", "additionalProperties": {"type": "object"}},
            },
        },
        "origins": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["commit", "config_sha256", "precision"],
                "additionalProperties": {"type": "string"},
            },
        },
        "files": FILES_LISTED,
    },
}
OR_RUN_IT = "or take the model out of `published`, so that it is run"


class PublishedError(ArtefactError):
    """Published tables cannot be taken into a study; the message names file, key and remedy on one line."""


@dataclass(frozen=True)
class Basis:
    """What results on different models must share to stand beside each other.

    settings: of the configuration, without the keys that change no table of a model.
    inputs: SHA-256 of each set of stimuli and each table that says what is measured, by path.
    rows: what identifies the weights of each model and says how they run, by model; these need not be shared.
    """

    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    rows: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Origin:
    """The run that measured a model: its commit, the SHA-256 of its whole configuration, and the precisions of its models in words."""

    commit: str
    config_sha256: str
    precision: str


@dataclass(frozen=True)
class Publication:
    """Published tables of a study: what they rest on, the run that measured each model, and all files by their names below one folder."""

    basis: Basis
    origins: Mapping[str, Origin]
    members: tuple[Member, ...]

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each file by its name."""
        return {member.name: member.sha256 for member in self.members}

    def content(self) -> dict[str, Any]:
        """The same for a JSON file, as `load` reads it."""
        return {
            "project": PROJECT,
            "layout": LAYOUT,
            "basis": asdict(self.basis),
            "origins": {model: asdict(origin) for model, origin in self.origins.items()},
            "files": [asdict(member) for member in self.members],
        }


def load(file: Path) -> Publication:
    """What `Publication.content` gave.

    Raises:
        PublishedError: there is no such file, or it is no list of published tables.
    """
    if not file.is_file():
        raise PublishedError(
            f"published: no file {file}: no full run has published by what its models were judged; run the study with `published` empty "
            "and then `reference`"
        )
    content = files.read_json(file)
    if fault := next(Draft202012Validator(PUBLICATION_SCHEMA).iter_errors(content), None):
        raise PublishedError(
            f"published: {file} is not as `reference` writes it ({fault.json_path}); restore it from its commit"
        )
    members = tuple(Member(**{key: row[key] for key in ("name", "size", "sha256")}) for row in content["files"])
    origins = {model: Origin(**origin) for model, origin in content["origins"].items()}
    return Publication(Basis(**content["basis"]), origins, members)


def settings_compared(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a study that change tables of its models, in the form that they have once they were written as JSON."""
    compared = {key: value for key, value in settings.items() if key not in (*WHERE_AND_WHICH, *AFTERWARDS)}
    return dict(json.loads(json.dumps(compared)))


def row_compared(row: Mapping[str, Any]) -> dict[str, Any]:
    """What identifies the weights of a model and says how they run: sources alone may change where a digest tells the weights.

    Args:
        row: columns of its row of the table of models.
    """
    told = ["format", "sha256", "dtype", "template"] + (["sources"] if row["sha256"] == "-" else [])
    return dict(json.loads(json.dumps({column: row[column] for column in told})))


def check_basis(publication: Publication, basis: Basis, source: Path, table: str) -> None:
    """Whether published tables can stand beside the results of a study.

    Args:
        basis: of the study, with the rows of the models that it takes; source: the list of published tables; table: of models; both
            for messages.
    Raises:
        PublishedError: a model was not published, or a setting, an input or a row of a model differs.
    """
    known = publication.origins
    for model in basis.rows:
        if model not in known:
            raise PublishedError(
                f"published: {source} lists no model '{model}', only {', '.join(known)}; run it, or correct the name"
            )
    for key, now, then in _differing(basis.settings, publication.basis.settings):
        raise PublishedError(
            f"published: {key} is {now} in this study and {then} in the one of {source}; make them equal, {OR_RUN_IT}"
        )
    for path, now, then in _differing(basis.inputs, publication.basis.inputs):
        raise PublishedError(
            f"published: {path} is not what it was in the study of {source} (SHA-256 {now[:12]}, then {then[:12]}); restore it, {OR_RUN_IT}"
        )
    for model, row in basis.rows.items():
        for column, now, then in _differing(row, publication.basis.rows.get(model, {})):
            raise PublishedError(
                f"published: {table}, row '{model}', column {column} is {now}, and {then} in the study of {source}; restore it, {OR_RUN_IT}"
            )


def check_files(digests: Mapping[str, str], folder: Path, names: Iterable[str]) -> None:
    """Whether files lie in the folder of the published tables as they were published.

    Args:
        digests: SHA-256 of all published files, by name below the folder.
    Raises:
        PublishedError: one is not listed, missing, or has another digest.
    """
    for name in names:
        _unaltered(digests, folder, name)


def copy_tables(digests: Mapping[str, str], folder: Path, copies: Mapping[str, Path]) -> None:
    """Copy published files, none before all were held against their digests.

    Args:
        digests, folder: as in `check_files`; copies: name of a file -> where it is wanted.
    Raises:
        PublishedError: as in `check_files`.
    """
    contents = {name: _unaltered(digests, folder, name) for name in copies}
    for name, target in copies.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(contents[name])


def _unaltered(digests: Mapping[str, str], folder: Path, name: str) -> bytes:
    file = folder / name
    if name not in digests:
        raise PublishedError(
            f"published: {file} was not published, and this commit reads it; use the commit that published the others, {OR_RUN_IT}"
        )
    if not file.is_file():
        raise PublishedError(f"published: no file {file}; restore it from the commit that published it, {OR_RUN_IT}")
    content = file.read_bytes()
    if Member.of(name, content).sha256 != digests[name]:
        raise PublishedError(
            f"published: {file} is not as it was published (another SHA-256); restore it from the commit that published it, {OR_RUN_IT}"
        )
    return content


ABSENT = "absent"


def _differing(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Keys, joined by dots, whose values differ, with both values."""
    flat_now, flat_then = dict(_flat(now)), dict(_flat(then))
    for key in dict.fromkeys([*flat_now, *flat_then]):
        values = flat_now.get(key, ABSENT), flat_then.get(key, ABSENT)
        if values[0] != values[1]:
            yield key, str(values[0]), str(values[1])


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
