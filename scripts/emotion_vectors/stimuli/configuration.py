"""What is wrong in a configuration, in one line for each key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema

from emotion_vectors.artefacts import schemas

CONFIGURATION_REMEDY = "see workflow/config/README.md"


def configuration_faults(settings: Mapping[str, Any], schema_file: str | Path) -> str:
    """Every key that breaks the schema with what is wrong in it, a line each; empty when all is well."""
    errors = schemas.validator(schema_file).iter_errors(settings)
    return "\n".join(f"{key}: {fault}; {CONFIGURATION_REMEDY}" for error in errors for key, fault in _faults(error))


STUDY = "study"
"""Source under which rows of the study's own vectors stand beside those of imported ones."""


def imported_fault(imported: Mapping[str, Mapping[str, Any]], run: Sequence[str], published: Sequence[str]) -> str:
    """What is wrong about files of imported vectors without a look into them, in one line; empty when all is well.

    Args:
        imported: name -> file and models. run, published: models of the study that are run, and those whose tables are taken.
    """
    return next(_imported_faults(imported, run, published), "")


def _imported_faults(
    imported: Mapping[str, Mapping[str, Any]], run: Sequence[str], published: Sequence[str]
) -> Iterator[str]:
    for name, row in imported.items():
        key = f"imported.{name}"
        if name in (STUDY, *run, *published):
            yield f"{key}: rows of the study bear this name; choose another"
        if not Path(row["file"]).is_file():
            yield f"{key}.file: no file {row['file']}; correct the path"
        for model in row["models"]:
            if model in published:
                yield f"{key}.models: '{model}' is taken from published tables, without activations; take it out of `published`"
            elif model not in run:
                yield f"{key}.models: '{model}' not in `models`; add it there, or correct the name"


def _faults(error: jsonschema.ValidationError) -> Iterator[tuple[str, str]]:
    known, instance = error.schema.get("properties", {}), error.instance
    if error.validator == "additionalProperties":
        yield from ((_key(error, name), "unknown key") for name in instance if name not in known)
    elif error.validator == "required":
        yield _key(error, *(name for name in error.validator_value if f"'{name}'" in error.message)), "missing"
    else:
        yield _key(error), error.message


def _key(error: jsonschema.ValidationError, *names: str) -> str:
    return ".".join(map(str, (*error.absolute_path, *names)))
