"""Claims and parts of a study as JSON: the form of claims.json and of the reference files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from emotion_vectors.claims.evidence import unmark

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


def _without_nan(row: Mapping[Any, Any], keys: Sequence[str]) -> dict[str, Any]:
    record = {key: None if pd.isna(row[key]) else row[key] for key in keys}
    return record | ({"n": int(record["n"])} if record["n"] is not None else {})
