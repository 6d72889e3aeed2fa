"""Wall-clock time, processor time and peak memory of every step, from the benchmark files that Snakemake writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
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
    "write_results",
    "write_reference",
    "record_run_times",
    "publish_tables",
    "check_results",
    "verify_reference",
}

HEAD = ("Jobs", "Wall clock", "Processor", "Longest job", "Peak memory")


def read(folders: Iterable[str | Path], models: Sequence[str]) -> pd.DataFrame:
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
    """Times of a study for `run_times.json`: elapsed minutes, sums, and wall and processor seconds of each step and model."""
    steps: dict[str, dict[str, dict[str, float]]] = {}
    for (step, model), group in jobs.groupby(["step", "model"]):
        steps.setdefault(str(step), {})[str(model) or "study"] = {
            "jobs": len(group),
            "wall_seconds": round(float(group["seconds"].sum()), 1),
            "processor_seconds": round(float(group["processor_seconds"].sum()), 1),
        }
    return {
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
    lines = file.read_text().split("\n")
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


def summarise(jobs: pd.DataFrame, longest: int) -> list[list[str]]:
    """Rows of text: step, jobs, wall-clock and processor time of all, longest job, peak memory.

    The `longest` steps, all others in one row, and the sum.
    """
    if jobs.empty:
        return []
    steps = jobs.groupby("step").agg(
        jobs=("step", "size"),
        total=("seconds", "sum"),
        processor=("processor_seconds", "sum"),
        most=("seconds", "max"),
        peak=("peak_megabytes", "max"),
    )
    steps = steps.reset_index().sort_values(["total", "step"], ascending=[False, True])
    rows = [_row(str(one["step"]), one) for _, one in steps.head(longest).iterrows()]
    rest = steps.iloc[longest:]
    if len(rest):
        rows.append(_row(f"{len(rest)} shorter steps", _together(rest)))
    return [*rows, _row("all steps", _together(steps))]


def _together(steps: pd.DataFrame) -> Any:
    return pd.Series(
        {
            "jobs": steps["jobs"].sum(),
            "total": steps["total"].sum(),
            "processor": steps["processor"].sum(),
            "most": steps["most"].max(),
            "peak": steps["peak"].max(),
        }
    )


def _row(name: str, values: Any) -> list[str]:
    memory = f"{number(values.peak / 1024, 1)} GiB" if values.peak else "not seen"
    times = [duration(each) for each in (values.total, values.processor, values.most)]
    return [name, number(values.jobs, 0), *times, memory]


def duration(seconds: float) -> str:
    """For instance "1 h 05 min", "3 min 20 s", "12 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
