"""Made-up claims and studies whose verdicts other thresholds and choices change in known ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from emotion_vectors.multiverse import comparing
from emotion_vectors.multiverse.choices import REGISTERED

PART = {"prediction": "positive", "at_least": 0.2, "smallest_effect": 0.2, "null_percentile": 95}
CLAIMS = {
    "A01": {"parts": [PART | {"name": "size"}]},
    "A01b": {"parts": [PART | {"name": "size"}], "registration": 2, "supersedes": "A01"},
    "A02": {"parts": [PART | {"name": "near the null"}, PART | {"name": "second"}]},
    "A03": {"parts": [PART | {"name": "small"}]},
    "A04": {"parts": [PART | {"name": "nothing"}]},
    "W01": {"parts": [PART | {"name": "closed"}]},
    "O07": {"parts": [PART | {"name": "described"}], "descriptive": True},
}


def row(estimate: float, percentile: float = 99.9, **others: Any) -> dict[str, Any]:
    """Numbers of a part, its interval a tenth to either side."""
    ends = {"low": estimate - 0.1, "high": estimate + 0.1, "null_percentile": percentile, "null_95": 0.1}
    texts = {"guard": "", "unconfirmed": "", "reference": 0.0, "n": 10, "unit": "story"}
    return {"estimate": estimate, **ends, **texts, **others}


def study(models: Sequence[str], changes: Mapping[tuple[str, str], Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Content of a claims.json: A01 is replicated with little to spare, A02 lies near the 95th percentile, W01 is closed.

    A03 is too small by little, and A04 lies inside the null with an interval that excludes an effect.

    Args:
        changes: (claim, part) -> numbers in place of these, alike for all models.
    """
    parts = {
        "A01": {"size": row(0.3)},
        "A02": {"near the null": row(0.9, 97), "second": row(0.9)},
        "A03": {"small": row(0.15)},
        "A04": {"nothing": row(-0.05, 50)},
        "W01": {"closed": row(0.9, guard="the gate is closed")},
        "O07": {"described": row(0.9)},
    }
    for (claim, part), numbers in (changes or {}).items():
        parts.setdefault(claim, {})[part] = dict(numbers)
    environment = {"precision": "bfloat16", "processor": "one"}
    return {"tier": "test", "parts": dict.fromkeys(models, parts), "nonmodels": {}, "environment": environment}


def analysed(models: Sequence[str]) -> dict[str, Any]:
    """The study under its own choices and two others: one turns A01 round, one closes its gate; neither touches another claim."""
    return {
        REGISTERED: study(models),
        "deeper_layer": study(models, {("A01", "size"): row(-0.3)}),
        "unprojected": study(models, {("A01", "size"): row(0.3, guard="nothing is decoded")}),
    }


def table(models: Sequence[str]) -> pd.DataFrame:
    """All choices of the made-up study; in float32 W01 is not closed."""
    exact = study(models, {("W01", "closed"): row(0.9)})
    return comparing.compare(CLAIMS, study(models), analysed(models), exact)
