"""The file on the validity of a study: what is kept of the one that lies in the repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, provenance

BY_MODEL = ("above_bar", "claims", "parts")
"""Rows of counted placebos, each of one model."""


def as_committed(file: Path) -> dict[str, Any]:
    """Content of the file that an earlier run left behind, without what it says of that run; empty where there is none."""
    content = files.read_json(file) if file.exists() else {}
    return {key: value for key, value in content.items() if key != provenance.KEY}


def placebo_with(known: Mapping[str, Any], counts: Mapping[str, Any], run: Collection[str]) -> dict[str, Any]:
    """Counts of placebos, with what is known already of models that were not run.

    Pooled shares stay those of the models that were run, which `pooled_over` names where there are others.

    Args:
        known: earlier counts; counts: as `placebos.counting.summary` makes them; run: models that were run.
    """
    earlier = {name: [row for row in known.get(name, []) if row["model"] not in run] for name in BY_MODEL}
    if not any(earlier.values()):
        return dict(counts)
    together = {
        name: sorted([*counts[name], *rows], key=lambda row: -float(row["share"])) for name, rows in earlier.items()
    }
    return {**counts, **together, "pooled_over": list(run)}
