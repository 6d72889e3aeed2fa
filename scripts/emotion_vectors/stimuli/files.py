"""Files of the stimulus sets: reading them with line numbers, naming what is wrong in them, and their digests."""

import hashlib
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.artefacts.errors import MendableError

PathLike = str | Path
Entry = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One fault of one stimulus file. `line` is 1-based; None when the fault belongs to the whole file or folder."""

    file: str
    line: int | None
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file} line {self.line}"
        return f"{where}: {self.reason}; {self.remedy}"


class StimulusError(MendableError, ValueError):
    """Stimuli that cannot be used; the message has one line for each problem, `problems` holds them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Record:
    """One line of a JSON Lines file."""

    file: str
    line: int
    value: dict[str, Any]

    @property
    def text(self) -> str:
        """The text of a story or message, or the turns of a dialogue one after the other without speaker labels."""
        if "turns" in self.value:
            return " ".join(str(turn["text"]) for turn in self.value["turns"])
        return str(self.value["text"])

    def problem(self, reason: str, remedy: str) -> Problem:
        """A problem of this line."""
        return Problem(self.file, self.line, reason, remedy)


@dataclass(frozen=True)
class Document:
    """One YAML or JSON file, with the line on which each key or list entry starts."""

    file: str
    value: Any
    lines: dict[Entry, int] = field(repr=False)

    def problem(self, path: Sequence[str | int], reason: str, remedy: str) -> Problem:
        """A problem of the entry at `path` (keys and list positions from the top); of the file if path is empty."""
        return Problem(self.file, self.lines.get(tuple(path)) if path else None, reason, remedy)


def read_text(file: PathLike) -> str:
    """Text of a UTF-8 file, byte order mark and line ends untouched.

    Raises:
        StimulusError: the file is missing, empty or not UTF-8.
    """
    path = Path(file)
    if not path.is_file():
        problem = Problem(path.as_posix(), None, "the file does not exist", "restore it from the repository")
        raise StimulusError([problem])
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StimulusError([Problem(path.as_posix(), line, "not valid UTF-8", "save the file as UTF-8")]) from error
    if not text.strip():
        raise StimulusError([Problem(path.as_posix(), None, "the file is empty", "restore its content")])
    return text


def read_json_lines(file: PathLike) -> list[Record]:
    """Every line of a JSON Lines file.

    Raises:
        StimulusError: the file is missing, empty or not UTF-8, or has lines that are no JSON object (all are listed).
    """
    name = Path(file).as_posix()
    records, problems = [], []
    for number, line in enumerate(read_text(file).removeprefix("\ufeff").rstrip("\n").split("\n"), start=1):
        try:
            value = json.loads(line, object_pairs_hook=_unique_keys)
            if not isinstance(value, dict):
                raise ValueError("the line is not an object")
        except ValueError as error:
            problems.append(Problem(name, number, f"not a JSON object ({error})", "write one object on each line"))
        else:
            records.append(Record(name, number, value))
    reject(problems)
    return records


def read_document(file: PathLike) -> Document:
    """A YAML file, or a JSON file (JSON is read as the subset of YAML that it is).

    Raises:
        StimulusError: the file is missing, empty, not UTF-8 or not YAML, or a key occurs twice in a mapping.
    """
    name = Path(file).as_posix()
    text = read_text(file).removeprefix("\ufeff")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = f"not valid YAML ({getattr(error, 'problem', None) or error})"
        raise StimulusError([Problem(name, mark.line + 1 if mark else None, reason, "correct the syntax")]) from error
    lines: dict[Entry, int] = {}
    problems = []
    for path, line in _entries(root):
        if path in lines:
            reason = f"key '{path[-1]}' occurs again (first on line {lines[path]})"
            problems.append(Problem(name, line, reason, "keep one of the two"))
        lines.setdefault(path, line)
    reject(problems)
    return Document(name, value, lines)


def read_set(folder: Path, fields: Sequence[str], allowed: Mapping[str, set[str]]) -> list[Record]:
    """Records of all JSON Lines files of a folder.

    Args:
        folder: the folder of the set.
        fields: fields that each record must have, with text in them.
        allowed: values that a field may have.
    Raises:
        StimulusError: no such files, or records that cannot be used (all are listed).
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        problem = Problem(folder.as_posix(), None, "no JSON Lines files here", "restore them from the repository")
        raise StimulusError([problem])
    records: list[Record] = []
    problems: list[Problem] = []
    for file in files:
        try:
            records += read_json_lines(file)
        except StimulusError as error:
            problems += error.problems
    problems += [problem for record in records for problem in _field_problems(record, fields, allowed)]
    reject(problems)
    return records


def repetitions(records: Sequence[Record], names: Sequence[str]) -> list[Problem]:
    """Records whose name (id) an earlier record already has."""
    first: dict[str, Record] = {}
    pairs = [(record, name, first.setdefault(name, record)) for record, name in zip(records, names, strict=True)]
    return [
        record.problem(f"'{name}' is already at {earlier.file} line {earlier.line}", "rename or remove one of the two")
        for record, name, earlier in pairs
        if earlier is not record
    ]


def reject(problems: Sequence[Problem]) -> None:
    """Raise StimulusError when there are problems."""
    if problems:
        raise StimulusError(problems)


def reject_unknown(document: Document, named: Sequence[tuple[Entry, str]], emotions: Sequence[str]) -> None:
    """Raise StimulusError when an emotion named at an entry of a document is not one of the study."""
    remedy = "correct it, or add it to the norms table"
    strangers = [(path, name) for path, name in named if name not in emotions]
    unknown = [document.problem(path, f"unknown emotion '{name}'", remedy) for path, name in strangers]
    reject(unknown)


def set_digest(files: Iterable[PathLike], folder: PathLike) -> str:
    """SHA-256 of a set of files: of its sorted lines "name digest", names relative to `folder`."""
    digests = file_digests(files, folder)
    return hashlib.sha256("".join(f"{name} {digests[name]}\n" for name in sorted(digests)).encode()).hexdigest()


def file_digests(files: Iterable[PathLike], folder: PathLike) -> dict[str, str]:
    """SHA-256 of each file, by its name relative to `folder` (POSIX form), sorted by name."""
    named = {Path(file).relative_to(folder).as_posix(): Path(file) for file in files}
    return {name: hashlib.sha256(named[name].read_bytes()).hexdigest() for name in sorted(named)}


def excerpt(text: str, width: int = 120) -> str:
    """The beginning of a text on one line, for messages."""
    return textwrap.shorten(text, width, placeholder=" ...")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _entries(node: yaml.Node | None, path: Entry = ()) -> Iterator[tuple[Entry, int]]:
    """Path and 1-based line of every mapping key and list entry below a YAML node."""
    children: Iterable[tuple[str | int, yaml.Node, yaml.Node]] = ()
    if isinstance(node, yaml.MappingNode):
        children = ((str(key.value), key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        children = ((position, value, value) for position, value in enumerate(node.value))
    seen = set()
    for name, start, child in children:
        yield (*path, name), start.start_mark.line + 1
        if name not in seen:
            yield from _entries(child, (*path, name))
        seen.add(name)


def _field_problems(record: Record, fields: Sequence[str], allowed: Mapping[str, set[str]]) -> list[Problem]:
    problems = []
    for name in fields:
        value = record.value.get(name)
        if name == "turns":
            turns = value if isinstance(value, list) and value else [None]
            texts = [turn.get("text") if isinstance(turn, dict) and "speaker" in turn else None for turn in turns]
        else:
            texts = [value]
        if not all(isinstance(text, str) and text.strip() for text in texts):
            problems.append(record.problem(f"field '{name}' is missing or empty", "write it"))
        elif name in allowed and value not in allowed[name]:
            problems.append(record.problem(f"unknown {name} '{value}'", "correct it, or add it to the study"))
    return problems
