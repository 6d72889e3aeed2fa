"""Unsteered readouts, gradients and readings of a model on every item of one behaviour set (A19-A29, S04)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import doses, responses
from emotion_vectors.engine import prompts
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import experiments, situations


def main(
    scenarios: Path,
    weights: Path,
    measured: Path,
    *,
    behaviour: str,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    at_most: int,
) -> None:
    chosen = doses.some_situations(situations.load_items(scenarios), at_most)
    model = language_model.load(weights, **row)
    packed = prompts.encode_all(model, chosen, behaviour)
    tensors, facts = responses.measure(model, chosen, packed, experiments.of_rows(rows))
    files.write_tensors(tensors, measured, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
