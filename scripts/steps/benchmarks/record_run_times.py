"""How long the study took: elapsed minutes, wall and processor seconds of every step and model, and the machine.

Times of models whose tables were taken stand beside them as they were published.
"""

from pathlib import Path

from emotion_vectors.archive import taken
from emotion_vectors.artefacts import files, machine, step
from emotion_vectors.report import run_times


def main(
    told: list[Path], times: Path, *, tier: str, models: list[str], benchmark_folders: list[str], precision: str
) -> None:
    on = {
        "cpu": machine.processor(),
        "cores": machine.cores(),
        "memory_bytes": machine.memory_bytes(),
        "amx": machine.has_amx(),
    }
    study = run_times.record(run_times.read_run_times(benchmark_folders, models))
    content = {"tier": tier, "machine": on, "precision": precision, **study}
    files.write_json(taken.with_times(content, told), times)


if __name__ == "__main__":
    step.run(main, snakemake)
