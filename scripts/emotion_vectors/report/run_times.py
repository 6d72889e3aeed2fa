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
    "write_reference",
    "verify_reference",
}

HEAD = ("Jobs", "Wall clock", "Processor", "Longest job", "Peak memory")


def read(folders: Iterable[str | Path], models: Sequence[str]) -> pd.DataFrame:
    """Jobs of a study: step, seconds, processor_seconds (over all cores) and peak_megabytes; the last two are 0 where a job was too
    short to be seen.

    Args:
        folders: benchmark folders; one given twice counts once. They may also hold jobs of models outside the study.
        models: models of the study.
    """
    jobs: dict[Path, dict[str, Any]] = {}
    for folder in map(Path, folders):
        for file in sorted(folder.rglob("*.jsonl")):
            step, *rest = file.relative_to(folder).with_suffix("").parts
            if step not in AFTER_THE_TABLE and (not rest or _of_study("/".join(rest), models)):
                jobs[file.resolve()] = {"step": step, **_job(file)}
    return pd.DataFrame(list(jobs.values()), columns=["step", "seconds", "processor_seconds", "peak_megabytes"])


def _of_study(name: str, models: Sequence[str]) -> bool:
    return any(name == model or name.startswith((f"{model}/", f"{model}_")) for model in models)


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
