"""What is wrong in a configuration, in one line for each key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from emotion_vectors.artefacts import schemas

CONFIGURATION_REMEDY = "see workflow/config/README.md"


def configuration_faults(settings: Mapping[str, Any], schema_file: str | Path) -> str:
    """Every key that breaks the schema with what is wrong in it, a line each; empty when all is well."""
    errors = schemas.validator(schema_file).iter_errors(settings)
    return "\n".join(f"{key}: {fault}; {CONFIGURATION_REMEDY}" for error in errors for key, fault in _faults(error))


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
