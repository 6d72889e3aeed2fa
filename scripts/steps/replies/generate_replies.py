"""Sampled replies to the situations of a behaviour set without steering, on which the gate of generation is measured."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import doses
from emotion_vectors.models import language_model
from emotion_vectors.replies import sampled
from emotion_vectors.stimuli import experiments, situations


def main(
    scenarios: Path,
    weights: Path,
    transcript: Path,
    *,
    behaviour: str,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    partial: str,
    settings: Mapping[str, Any],
    code_sha256: str,
    seed: int,
) -> None:
    answered = sampled.sampled_items(situations.load_items(scenarios), experiments.of_rows(rows), behaviour)
    chosen = doses.some_situations(answered, settings["situations"])
    model = language_model.load(weights, **row)
    sampler = sampled.Sampler(model, sampled.sampling_of(settings), code_sha256)
    lines = sampled.sample(sampler, behaviour, chosen, settings["samples"], seed, partial)
    files.write_json_lines(lines, transcript, model_sha256=model.sha256)
    Path(partial).unlink(missing_ok=True)


if __name__ == "__main__":
    step.run(main, snakemake)
