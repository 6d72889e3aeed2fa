"""Reference files: what a complete run found, in the form that later runs are held against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, provenance
from emotion_vectors.claims.judging import REPLICATED, STOPPED, Row

WHOLE_STUDY = "study"
"""Stands in run times for the model of steps that are of none."""
OF_THE_RUN = ("python", "libraries", "device", "threads", "git_commit", "config_sha256")


def reference_of(results: Row) -> dict[str, Any]:
    """Content of a reference file from claims.json of a complete run.

    Args:
        results: `tier`, `claims` (model -> claim -> numbers), `parts` (model -> claim -> part -> numbers), `nonmodels` (the same for
            what is no model: model -> claim -> non-model -> part -> numbers), `measured`, `replicated`, `environment` (processor
            and precision), `provenance`.
    """
    origin = results["provenance"]
    environment = {key: origin[key] for key in OF_THE_RUN} | dict(results["environment"])
    content = {key: results[key] for key in ("claims", "parts", "nonmodels")} | {"environment": environment}
    return content | ({"placebo": placebo_share(results)} if results["tier"] == "placebo" else {})


def placebo_share(results: Row) -> dict[str, float]:
    """How many claims, and how many of their parts, are judged replicated under permuted labels, of those that could be."""
    replicated, measured = results["replicated"], results["measured"]
    judged = [
        row["verdict"] for claims in results["parts"].values() for parts in claims.values() for row in parts.values()
    ]
    verdicts = [verdict for verdict in judged if verdict not in STOPPED]
    return {
        "replicated": replicated,
        "measured": measured,
        "share": replicated / max(1, measured),
        "parts_replicated": verdicts.count(REPLICATED),
        "parts_measured": len(verdicts),
    }


def studies_with(times_file: Path, study: Row) -> dict[str, Any]:
    """Run times of every study in the file, with those of one more in the place of its older ones."""
    known = files.read_json(times_file)["studies"] if times_file.exists() else {}
    return {**known, study["tier"]: {key: value for key, value in study.items() if key not in ("tier", provenance.KEY)}}


def minutes_by_model(times: Row) -> dict[str, float]:
    """Wall-clock minutes of the steps of each model, summed over its jobs.

    Args:
        times: content of run_times.json: step -> model -> `wall_seconds`.
    """
    seconds: dict[str, float] = {}
    for models in times["steps"].values():
        for model, of_model in models.items():
            seconds[model] = seconds.get(model, 0.0) + of_model["wall_seconds"]
    return {model: round(total / 60, 1) for model, total in seconds.items() if model != WHOLE_STUDY}
