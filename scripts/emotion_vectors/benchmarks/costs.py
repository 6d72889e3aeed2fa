"""What a study costs on models of other sizes: as recorded where it ran on them, else in proportion to their parameters.

A forward pass takes two operations for each parameter and token, and a study reads the same texts with every model. So the time of steps
that run a model is taken to grow with its parameters, and that of all other steps is taken as it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emotion_vectors.artefacts import precision
from emotion_vectors.claims.reference import WHOLE_STUDY

JUDGING = frozenset({"judge_arms_by_model", "label_replies", "validate_emotions", "validate_replies"})
"""Steps that run a judge in the place of the model whose replies they read."""
RUNS_MODEL = (precision.MAY_ROUND | precision.IN_FLOAT32.keys()) - JUDGING
"""Steps whose time grows with the model under study."""
OPERATIONS = 2
"""Of a forward pass, for each parameter and token (Kaplan et al. 2020, section 2.1)."""
ACCELERATOR, PEAK_TERA, ASSUMED_SHARE = "NVIDIA A100", 312, 0.2
"""An assumption, not a measurement: an accelerator, its peak in bfloat16 (1e12 operations a second), and the share that is reached."""
HOUR = 3600.0


@dataclass(frozen=True)
class JobSeconds:
    """Seconds of jobs, summed: of processors, over all cores, and of the clock."""

    processor: float = 0.0
    wall: float = 0.0

    @classmethod
    def of(cls, study: Mapping[str, Any], model: str, *, running: bool) -> JobSeconds:
        """Jobs of one model in the steps that run it, or in all others."""
        jobs = [of[model] for step, of in study["steps"].items() if model in of and (step in RUNS_MODEL) == running]
        return cls(sum(job["processor_seconds"] for job in jobs), sum(job["wall_seconds"] for job in jobs))


@dataclass(frozen=True)
class ModelCost:
    """Hours of a study on one model.

    Attributes:
        measured_on: model whose recorded times these come from: itself where the study ran on it, the nearest in size where not.
        running, others: processor hours of the steps that run the model, and of its others.
        elapsed: hours of the machine of the recorded study: its elapsed time is divided by what jobs took of the clock.
        accelerator: hours of the operations of the steps that run the model on one accelerator of the assumed speed, a floor; None where
            nothing says how many tokens a study reads.
    """

    measured_on: str
    running: float
    others: float
    elapsed: float
    accelerator: float | None


def model_costs(
    study: Mapping[str, Any], engine: Mapping[str, Any], millions: Mapping[str, int]
) -> dict[str, ModelCost]:
    """Costs of models by name; none where the study has no recorded time of a step that runs one of them.

    Args:
        study: run times as `report.run_times.record` made them.
        engine: as the step `benchmark_engine` made it; empty where the engine was not timed.
        millions: parameters of models, in millions.
    """
    running = {model: JobSeconds.of(study, model, running=True) for model in millions}
    measured = [model for model, seconds in running.items() if seconds.processor > 0]
    if not measured:
        return {}
    elapsed = 60 * study["elapsed_minutes"] / study["wall_seconds"]
    tokens = tokens_read(study, engine)
    costs = {}
    for model, size in millions.items():
        known = min(measured, key=lambda other: (other != model, abs(math.log(size / millions[other]))))
        factor, others = size / millions[known], JobSeconds.of(study, known, running=False)
        costs[model] = ModelCost(
            measured_on=known,
            running=factor * running[known].processor / HOUR,
            others=others.processor / HOUR,
            elapsed=elapsed * (factor * running[known].wall + others.wall) / HOUR,
            accelerator=None if tokens is None else accelerator_hours(tokens, size),
        )
    return costs


def tokens_read(study: Mapping[str, Any], engine: Mapping[str, Any]) -> float | None:
    """Tokens whose bare forward pass takes as long as all steps that run the model that the engine was timed on.

    What these steps do besides forward passes counts as such, so this is more than the tokens of the texts. None where the engine was not
    timed, was timed on an accelerator, or on a model without recorded times.
    """
    if engine.get("machine", {}).get("device") != "cpu":
        return None
    seconds = JobSeconds.of(study, engine["sizes"]["model"], running=True).processor
    return seconds * engine["tokens_per_second"]["bare_forward"] / engine["machine"]["threads"] or None


def accelerator_hours(tokens: float, millions: int) -> float:
    """Hours in which the assumed accelerator reads so many tokens with a model of so many million parameters."""
    return OPERATIONS * millions * 1e6 * tokens / (ASSUMED_SHARE * PEAK_TERA * 1e12) / HOUR


def hours_of_no_model(study: Mapping[str, Any]) -> float:
    """Processor hours of the jobs that a study has once, whatever its models."""
    return sum(JobSeconds.of(study, WHOLE_STUDY, running=running).processor for running in (True, False)) / HOUR
