"""Further answers to coding tasks, each after the output of the visible tests, up to the attempts of the configuration."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, provenance, step
from emotion_vectors.coding import revisions, task_runner
from emotion_vectors.coding.revisions import Rounds
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.conduct import directions
from emotion_vectors.models import language_model
from emotion_vectors.replies import sampled, transcripts
from emotion_vectors.replies.steering import steering_again
from emotion_vectors.stimuli import situations


def main(
    transcript: Path,
    tasks: Path,
    weights: Path,
    vectors: list[Path],
    shuffled_main: list[Path],
    revised: Path,
    *,
    row: Mapping[str, Any],
    partial: str,
    depth: float,
    settings: Mapping[str, Any],
    attempts: int,
    minimum: str,
    nulls: int,
    code_sha256: str,
    seed: int,
) -> None:
    table = transcripts.load(transcript)
    samples, first = sampled.parts_of(table)
    isolation = sandbox.available(minimum)
    if isolation and samples:
        # Steered answers alone depend on vectors.
        known = [directions.load(*pair, depth) for pair in zip(vectors, shuffled_main, strict=True)]
        steering = steering_again(known[0], table, nulls, seed) if known else None
        # A run that followed other first answers is not continued.
        digest = provenance.digest({"code": code_sha256, "first": list(table["text"])})
        sampler = sampled.Sampler(language_model.load(weights, **row), sampled.sampling_of(settings), digest, steering)
        rounds = Rounds(sampler, samples, first, task_runner.load_tasks(tasks), minimum, Path(partial))
        made = rounds.work(situations.load_items(tasks), attempts)
    else:
        made = [revisions.not_run(sample, reply) for sample, reply in zip(samples, first, strict=True)]
    lines = [revisions.line_of(sample, answers) for sample, answers in zip(samples, made, strict=True)]
    files.write_json_lines(lines, revised, isolation=isolation.means if isolation else None)
    shutil.rmtree(partial, ignore_errors=True)


if __name__ == "__main__":
    step.run(main, snakemake)
