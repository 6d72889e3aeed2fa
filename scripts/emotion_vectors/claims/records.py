"""Claims and parts of a study as JSON: the form of claims.json and of the reference files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from emotion_vectors.claims.evidence import unmark
from emotion_vectors.claims.judging import Row

CLAIM_KEYS = ("estimate", "low", "high", "null_percentile", "n", "unit", "verdict", "why")
PART_KEYS = (*CLAIM_KEYS, "reference", "null_95", "of", "guard", "unconfirmed", "beside", "step", "opposite")


def claim_records(judged: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Claims of one model: claim -> numbers and verdict; numbers of claims not measured are None."""
    return {row["claim"]: _without_nan(row, CLAIM_KEYS) for row in unmark(judged).to_dict("records")}


def part_records(parts: pd.DataFrame) -> dict[str, dict[str, dict[str, Any]]]:
    """Parts of one model: claim -> part -> everything that its verdict follows from, and the verdict."""
    records: dict[str, dict[str, dict[str, Any]]] = {}
    for row in unmark(parts).to_dict("records"):
        records.setdefault(row["claim"], {})[row["part"]] = _without_nan(row, PART_KEYS)
    return records


def rows_of(content: Row) -> Iterator[tuple[str, str, str, Row]]:
    """Model, claim, part (empty for the claim as a whole) and its numbers."""
    for model, claims in content["claims"].items():
        for claim, row in claims.items():
            yield model, claim, "", row
    for model, parts_by_claim in content["parts"].items():
        for claim, parts in parts_by_claim.items():
            for part, row in parts.items():
                yield model, claim, part, row


def nonmodel_rows(content: Row) -> Iterator[tuple[str, str, str, Row]]:
    """The same of what is no model, whose name stands before that of the part."""
    for model, claims in content.get("nonmodels", {}).items():
        for claim, entered in claims.items():
            for nonmodel, parts in entered.items():
                for part, row in parts.items():
                    yield model, claim, f"{nonmodel}: {part}", row


def _without_nan(row: Mapping[Any, Any], keys: Sequence[str]) -> dict[str, Any]:
    record = {key: None if pd.isna(row[key]) else row[key] for key in keys}
    return record | ({"n": int(record["n"])} if record["n"] is not None else {})
