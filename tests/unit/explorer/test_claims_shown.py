"""What the explorer shows of claims."""

from __future__ import annotations

from pathlib import Path

import yaml

from emotion_vectors.explorer import claims_shown

SCHEMA = Path(__file__).resolve().parents[3] / "workflow/schemas/claim.schema.yaml"


def keys_of(schema: object) -> set[str]:
    """Every key that a schema describes, at any depth."""
    if not isinstance(schema, dict):
        return set()
    return {*schema.get("properties", {})}.union(*map(keys_of, schema.values()))


def test_rules_of_a_part_are_keys_that_can_be_registered():
    assert {*claims_shown.RULES} <= keys_of(yaml.safe_load(SCHEMA.read_text(encoding="utf-8")))
