"""Verdicts of made-up evidence by the registered rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.claims import judging

WIDER = Path(__file__).resolve().parents[3] / "workflow/claims/wider.yaml"
CLAIMS = {claim["id"]: claim for claim in yaml.safe_load(WIDER.read_text())}


def verdicts_on(claim: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Verdict on every part of a claim, which is to have evidence on each of them."""
    by_part = {row["part"]: row for row in rows if row["claim"] == claim}
    parts = {part["name"]: part for part in CLAIMS[claim]["parts"]}
    assert by_part.keys() == parts.keys()
    return {name: judging.verdict_on(CLAIMS[claim], part, by_part[name]).verdict for name, part in parts.items()}
