"""The one loader of the schemas in `workflow/schemas`."""

from __future__ import annotations

from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from emotion_vectors.artefacts.provenance import REPOSITORY

SCHEMAS = REPOSITORY / "workflow" / "schemas"


def validator(schema_file: str | Path) -> Draft202012Validator:
    """Validator of what a schema describes.

    Raises:
        jsonschema.SchemaError: the schema itself is wrong.
    """
    content = yaml.safe_load(Path(schema_file).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


def schema(name: str) -> Draft202012Validator:
    """Validator of a set by its name, such as "events"."""
    return validator(SCHEMAS / f"{name}.schema.yaml")
