"""All stimulus sets as they lie on disk, with file and line of everything, for the rules that check them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.stimuli.files import (
    Document,
    Entry,
    PathLike,
    Problem,
    Record,
    StimulusError,
    excerpt,
    read_document,
    read_json_lines,
    read_text,
)
from emotion_vectors.stimuli.tables import CORPORA, load_norms

# Set, its folder, and the schema of its lines.
RECORD_SETS = {
    "scenes": ("stories/scenes", "stories"),
    "plain": ("stories/plain", "stories"),
    "second": ("stories/second", "stories"),
    "dialogues": ("dialogues", "dialogues"),
    "messages": ("messages", "messages"),
}
# Stories by another hand, kept for tests across hands: checked with the others, but no vector is made of them.
KEPT_APART = ("second",)
# Schema, and the file that it describes.
DOCUMENTS = {
    "banned_stems": "stories/banned_stems.json",
    "topics": "stories/topics.yaml",
    "families": "words/families.yaml",
    "antonyms": "words/antonyms.yaml",
    "clusters": "words/clusters.yaml",
    "feels": "continuations/feels.yaml",
    "templates": "intensity/templates.yaml",
}
DATA_SUFFIXES = (".jsonl", ".json", ".yaml")


@dataclass(frozen=True)
class StimulusSets:
    """Everything that is readable and in the form of its schema; the rest is already a problem."""

    folder: Path
    norms_file: str
    valence: dict[str, float]
    stories: dict[str, tuple[Record, ...]]
    dialogues: tuple[Record, ...]
    messages: tuple[Record, ...]
    documents: dict[str, Document]

    @property
    def emotions(self) -> list[str]:
        """Emotions of the study, in the order of the norms table."""
        return list(self.valence)

    def texts(self) -> dict[str, tuple[Record, ...]]:
        """Records of every set of texts."""
        return {**self.stories, "dialogues": self.dialogues, "messages": self.messages}

    def value(self, document: str, default: Any) -> Any:
        """Content of a document, or `default` when it could not be used."""
        return self.documents[document].value if document in self.documents else default

    def topics(self, corpus: str) -> list[str]:
        """Topics of a corpus of stories according to topics.yaml."""
        return list(self.value("topics", {}).get(corpus, {}))

    def name(self, record_set: str) -> str:
        """Folder of a set, for messages."""
        return (self.folder / RECORD_SETS[record_set][0]).as_posix()

    def file_of(self, record_set: str, topic: str) -> str:
        """File in which a topic of a set belongs."""
        return f"{self.name(record_set)}/{topic}.jsonl"


def data_files(folder: PathLike) -> list[Path]:
    """Every data file below a folder, sorted."""
    return sorted(path for path in Path(folder).rglob("*") if path.suffix in DATA_SUFFIXES)


def read_sets(folder: PathLike, norms_file: PathLike) -> tuple[StimulusSets, list[Problem]]:
    """Read all stimulus sets; whatever cannot be read or differs from its schema becomes a problem and is left out."""
    root = Path(folder)
    norms = load_norms(norms_file)
    problems: list[Problem] = []
    records: dict[str, tuple[Record, ...]] = {}
    for name, (subfolder, schema_name) in RECORD_SETS.items():
        records[name], problems_of_set = _read_records(root / subfolder, schema_name)
        problems += problems_of_set
    documents = {}
    for name, file in DOCUMENTS.items():
        document, problems_of_set = _read_document(root / file, name)
        problems += problems_of_set
        if document is not None:
            documents[name] = document
    sets = StimulusSets(
        folder=root,
        norms_file=Path(norms_file).as_posix(),
        valence=dict(zip(norms["emotion"].astype(str), norms["valence_1to9"].astype(float), strict=True)),
        stories={corpus: records[corpus] for corpus in (*CORPORA, *KEPT_APART)},
        dialogues=records["dialogues"],
        messages=records["messages"],
        documents=documents,
    )
    return sets, problems


def encoding_problems(folder: PathLike) -> list[Problem]:
    """Byte order marks, control or invisible characters, and characters not in composed form (NFC), line by line."""
    problems = []
    for path in data_files(folder):
        try:
            text = read_text(path)
        except StimulusError:
            continue  # already a problem of the reader
        for number, line in enumerate(text.split("\n"), start=1):
            problems += [Problem(path.as_posix(), number, *fault) for fault in _character_faults(line)]
    return problems


def escaped_characters(sets: StimulusSets) -> list[Problem]:
    """The same characters written as escapes, which only show once the strings are decoded."""
    problems = []
    for records in sets.texts().values():
        for record in records:
            for _, text in _strings(record.value):
                problems += [record.problem(*fault) for fault in _character_faults(text)]
    for document in sets.documents.values():
        for path, text in _strings(document.value):
            problems += [document.problem(path, *fault) for fault in _character_faults(text)]
    return problems


def _read_records(folder: Path, schema_name: str) -> tuple[tuple[Record, ...], list[Problem]]:
    problems: list[Problem] = []
    valid: list[Record] = []
    validator = schema(schema_name)
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        reason = "no JSON Lines files here"
        problems.append(Problem(folder.as_posix(), None, reason, "restore them from the repository"))
    for file in files:
        try:
            records = read_json_lines(file)
        except StimulusError as error:
            problems += error.problems
            continue
        for record in records:
            faults = _schema_faults(validator, record.value)
            problems += [record.problem(reason, remedy) for reason, remedy, _ in faults]
            valid += [record] if not faults else []
    return tuple(valid), problems


def _read_document(file: Path, name: str) -> tuple[Document | None, list[Problem]]:
    try:
        document = read_document(file)
    except StimulusError as error:
        return None, list(error.problems)
    faults = _schema_faults(schema(name), document.value)
    return None if faults else document, [document.problem(path, reason, remedy) for reason, remedy, path in faults]


def _schema_faults(validator: Draft202012Validator, value: Any) -> list[tuple[str, str, Entry]]:
    remedy = "see the schema of the set in workflow/schemas"
    errors = sorted(validator.iter_errors(value), key=lambda error: error.json_path)
    return [(f"{error.json_path}: {excerpt(error.message)}", remedy, tuple(error.absolute_path)) for error in errors]


def _character_faults(text: str) -> list[tuple[str, str]]:
    """Reason and remedy for each kind of character that does not belong into a text."""
    faults = [("a byte order mark", "save without it")] if "\ufeff" in text else []
    invisible = sorted({c for c in text if unicodedata.category(c).startswith("C") and c != "\ufeff"})
    faults += [(f"the control or invisible character U+{ord(c):04X}", "remove it") for c in invisible]
    if not unicodedata.is_normalized("NFC", text):
        faults.append(("characters that are not in composed form (NFC)", "normalise the line to NFC"))
    return faults


def _strings(value: Any, path: Entry = ()) -> Iterator[tuple[Entry, str]]:
    """Every string of a decoded value, keys included, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield (*path, key), str(key)
            yield from _strings(entry, (*path, key))
    elif isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _strings(entry, (*path, position))
