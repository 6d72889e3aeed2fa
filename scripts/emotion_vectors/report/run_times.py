"""Wall-clock time, processor time and peak memory of every step, from the benchmark files that Snakemake writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.statistics.wording import number

# Steps that print the table cannot be in it.
AFTER_THE_TABLE = {
    "write_macros",
    "write_tables",
    "typeset_paper",
    "write_readme",
    "write_pages",
    "reference",
    "record_run_times",
    "check_results",
}

HEAD = ("Jobs", "Wall clock", "Processor")


def read_run_times(folders: Iterable[str | Path], models: Sequence[str]) -> pd.DataFrame:
    """Jobs of a study: step, model (empty where a step is of no model), seconds, processor_seconds (over all cores), peak_megabytes, and
    the time at which they ended; processor time and memory are 0 where a job was too short to be seen.

    Args:
        folders: benchmark folders; one given twice counts once. They may also hold jobs of models outside the study.
        models: models of the study.
    """
    jobs: dict[Path, dict[str, Any]] = {}
    for folder in map(Path, folders):
        for file in sorted(folder.rglob("*.jsonl")):
            step, *rest = file.relative_to(folder).with_suffix("").parts
            model = _model_of("/".join(rest), models)
            if step not in AFTER_THE_TABLE and (not rest or model):
                jobs[file.resolve()] = {"step": step, "model": model, **_job(file), "ended": file.stat().st_mtime}
    columns = ["step", "model", "seconds", "processor_seconds", "peak_megabytes", "ended"]
    return pd.DataFrame(list(jobs.values()), columns=columns)


def _model_of(name: str, models: Sequence[str]) -> str:
    of_study = (model for model in models if name == model or name.startswith((f"{model}/", f"{model}_")))
    return next(of_study, "")


def record(jobs: pd.DataFrame) -> dict[str, Any]:
    """Times of a study for `run_times.json`: when its last job ended, elapsed minutes, sums, and wall and processor seconds of each step
    and model."""
    steps: dict[str, dict[str, dict[str, float]]] = {}
    for (step, model), group in jobs.groupby(["step", "model"]):
        steps.setdefault(str(step), {})[str(model) or "study"] = {
            "jobs": len(group),
            "wall_seconds": round(float(group["seconds"].sum()), 1),
            "processor_seconds": round(float(group["processor_seconds"].sum()), 1),
        }
    return {
        **(
            {"ended": datetime.fromtimestamp(jobs["ended"].max(), UTC).isoformat(timespec="seconds")}
            if len(jobs)
            else {}
        ),
        "elapsed_minutes": round(elapsed_minutes(jobs), 1),
        "wall_seconds": round(float(jobs["seconds"].sum()), 1),
        "processor_seconds": round(float(jobs["processor_seconds"].sum()), 1),
        "steps": steps,
    }


def elapsed_minutes(jobs: pd.DataFrame, gap: float = 60.0) -> float:
    """Minutes in which a study was running: its jobs joined across gaps shorter than `gap` seconds, so that pauses do not count."""
    total, end = 0.0, float("-inf")
    for begin, stop in sorted(zip(jobs["ended"] - jobs["seconds"], jobs["ended"], strict=True)):
        if begin - end > gap:
            total += stop - begin
        else:
            total += max(0.0, stop - end)
        end = max(end, stop)
    return total / 60


def _job(file: Path) -> dict[str, float]:
    """Last repetition in a benchmark file."""
    lines = file.read_text(encoding="utf-8").split("\n")
    try:
        record = json.loads([line for line in lines if line.strip()][-1])
        return {
            "seconds": float(record["s"]),
            "processor_seconds": _number_or_zero(record.get("cpu_time")),
            "peak_megabytes": _number_or_zero(record.get("max_rss")),
        }
    except (IndexError, KeyError, ValueError) as error:
        raise ValueError(f"{file}: no benchmark of Snakemake ({error!r}); delete it and run the step again") from error


def _number_or_zero(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def longest_steps(study: Mapping[str, Any], longest: int) -> list[list[str]]:
    """Rows of text for a table: step, jobs, wall-clock and processor time, over all models.

    The `longest` steps, all others in one row, and the sum.

    Args:
        study: as `record` made it.
    """
    steps = sorted(
        ((name, _sum(of.values())) for name, of in study["steps"].items()), key=lambda one: (-one[1][1], one[0])
    )
    shorter = [times for _, times in steps[longest:]]
    rows = [*steps[:longest]]
    if shorter:
        rows.append((f"{len(shorter)} shorter steps", _total(shorter)))
    rows.append(("all steps", _total([times for _, times in steps])))
    return [[name, number(jobs, 0), duration(wall), duration(processor)] for name, (jobs, wall, processor) in rows]


def _sum(of_models: Iterable[Mapping[str, float]]) -> tuple[float, float, float]:
    return _total([(one["jobs"], one["wall_seconds"], one["processor_seconds"]) for one in of_models])


def _total(times: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    jobs, wall, processor = map(sum, zip(*times, strict=True))
    return jobs, wall, processor


def duration(seconds: float) -> str:
    """For instance "1 h 05 min", "3 min 20 s", "12 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
