"""Registered claims: their files, held against the schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.artefacts import schemas
from emotion_vectors.artefacts.errors import MendableError

LATER = "b"
"""Ends the id of a claim of the second registration that takes the place of one of the first."""
Faults = Callable[[dict[str, Any]], Iterable[str]]


class ClaimError(MendableError, ValueError):
    """A claims file is malformed, or evidence does not fit the claims."""


def load(
    files: Iterable[str | Path], schema_file: str | Path, faults: Faults = lambda entry: ()
) -> dict[str, dict[str, Any]]:
    """Registered claims by id, by letter in the order of the files, then by number.

    Args:
        faults: what else is wrong in an entry that fits the schema, such as `experiments.claim_faults`.
    Raises:
        ClaimError: an entry breaks the schema or has faults (file, claim and key are named), or an id occurs twice.
    """
    validator = schemas.validator(schema_file)
    claims: dict[str, dict[str, Any]] = {}
    for file in files:
        for number, entry in enumerate(_entries(Path(file)), start=1):
            name = entry.get("id", f"entry {number}") if isinstance(entry, dict) else f"entry {number}"
            for error in validator.iter_errors(entry):
                key = ".".join(map(str, error.absolute_path)) or "entry"
                quoted = "put it in quotes, and " if isinstance(error.instance, date) else ""
                raise ClaimError(f"{file}: {name}: {key}: {error.message}; {quoted}see {schema_file}")
            for fault in (*_repeated_names(entry), *_foreign_name(entry), *faults(entry)):
                raise ClaimError(f"{file}: {name}: {fault}")
            if name in claims:
                raise ClaimError(f"{file}: claim {name} is registered twice; give it an id of its own")
            claims[name] = entry
    return in_order(claims)


def in_order(claims: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Claims by letter, in the order in which letters come first, then by number: one of a later registration follows the earlier."""
    letters = list(dict.fromkeys(name[0] for name in claims))
    return dict(sorted(claims.items(), key=lambda item: (letters.index(item[0][0]), item[0])))


def _repeated_names(entry: dict[str, Any]) -> Iterator[str]:
    names = [part["name"] for part in entry["parts"]]
    if len(set(names)) < len(names):
        yield "two parts have the same name; rename one"


def _foreign_name(entry: dict[str, Any]) -> Iterator[str]:
    if entry.get("supersedes", "") not in ("", entry["id"].removesuffix(LATER)):
        yield f"supersedes: '{entry['supersedes']}' is not '{entry['id'].removesuffix(LATER)}', whose later form the id says it is"


def superseded_by(claim: str, measured: Collection[str]) -> str | None:
    """The measured claim of the second registration that takes the place of one of the first; None where there is none."""
    return f"{claim}{LATER}" if f"{claim}{LATER}" in measured else None


def _entries(file: Path) -> list[Any]:
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ClaimError(f"{file}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise ClaimError(f"{file}: not YAML: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise ClaimError(f"{file}: holds no list of claims; see workflow/claims/README.md")
    return entries
