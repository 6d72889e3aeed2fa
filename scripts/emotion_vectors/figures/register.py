"""The register of figures: what each shows, which claims it serves, and the files that it is drawn from.

A figure is a script, an entry here, and the place of the text where it is printed. Nothing here loads what draws: the workflow reads
the register whenever it is planned.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.artefacts import schemas
from emotion_vectors.artefacts.errors import MendableError

REGISTER, SCHEMA = "workflow/report/figures.yaml", "workflow/schemas/figures.schema.yaml"
SCRIPTS = "scripts/steps/figures"
ALL = "all"
PLACEHOLDERS = ("model", "behaviour")


class RegisterError(MendableError, ValueError):
    """The register is malformed, or names what does not exist."""


@dataclass(frozen=True)
class Entry:
    """One figure of the register.

    claims: ids, or `ALL`; inputs: parameter of the script -> pattern of its files below the results folder; files: parameter ->
    file of the repository; references: parameter -> file below workflow/reference, absent where it does not exist or is not of this
    study.
    """

    title: str
    caption: str
    category: str
    claims: list[str] | str
    inputs: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> dict[str, str]:
        """Title and caption, as the script puts them into the figure."""
        return {"title": self.title, "caption": " ".join(self.caption.split())}

    def data(self, root: str, references: str = "", **values: Sequence[str]) -> dict[str, str | list[str]]:
        """Parameter -> file or files that the figure is drawn from.

        Args:
            root: the results folder, or a copy of its tables; references: folder of reference files, empty where none belong to the
                study; values: what each placeholder stands for, in order.
        """
        below = {name: _files(f"{root}/{pattern}", values) for name, pattern in self.inputs.items()}
        known = {name: f"{references}/{file}" for name, file in self.references.items()}
        there = {name: [file] if references and Path(file).is_file() else [] for name, file in known.items()}
        return below | dict(self.files) | there


def _files(pattern: str, values: Mapping[str, Sequence[str]]) -> str | list[str]:
    """The file of a pattern without placeholders, else one for every combination of their values, the first placeholder slowest."""
    names = [name for name in PLACEHOLDERS if f"{{{name}}}" in pattern]
    if not names:
        return pattern
    combinations = product(*(values[name] for name in names))
    return [pattern.format(**dict(zip(names, chosen, strict=True))) for chosen in combinations]


def load(
    claims: Collection[str], register: str = REGISTER, schema: str = SCHEMA, scripts: str = SCRIPTS
) -> dict[str, Entry]:
    """Figures by name, in the order of the register.

    Args:
        claims: ids of the registered claims.
    Raises:
        RegisterError: an entry breaks the schema, serves an unknown claim, has no script or asks for data in an unknown way; figure,
            key and remedy are named.
    """
    try:
        content = yaml.safe_load(Path(register).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RegisterError(f"{register}: cannot be read: {error}; mend the file") from error
    errors = schemas.validator(schema).iter_errors(content)
    faults = [f"{_key(error)}: {error.message}; see {schema}" for error in errors]
    if not faults:
        entries = {name: Entry(**entry) for name, entry in content.items()}
        faults = [fault for name, entry in entries.items() for fault in _faults(name, entry, claims, scripts)]
    if faults:
        raise RegisterError("\n".join(f"{register}: {fault}" for fault in faults))
    return entries


def _key(error: Any) -> str:
    return ".".join(map(str, error.absolute_path)) or "register"


def _faults(name: str, entry: Entry, claims: Collection[str], scripts: str) -> list[str]:
    """What is wrong with an entry that fits the schema."""
    unknown = [] if entry.claims == ALL else sorted(set(entry.claims) - set(claims))
    faults = (
        [f"{name}: claims: {', '.join(unknown)} not registered in workflow/claims; correct the ids"] if unknown else []
    )
    script = Path(scripts, f"plot_{name}.py")
    if not script.is_file():
        faults.append(f"{name}: no script {script}; write it or remove the entry")
    for key, pattern in entry.inputs.items():
        if strange := sorted(set(re.findall(r"{(.*?)}", pattern)) - set(PLACEHOLDERS)):
            known = " or ".join(f"{{{placeholder}}}" for placeholder in PLACEHOLDERS)
            faults.append(f"{name}: inputs.{key}: {{{strange[0]}}} is unknown; use {known}")
    faults += [
        f"{name}: files.{key}: no file {file}; correct the path"
        for key, file in entry.files.items()
        if not Path(file).is_file()
    ]
    keys = [*entry.inputs, *entry.files, *entry.references]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    return faults + [f"{name}: {key} names two inputs; rename one" for key in twice]
