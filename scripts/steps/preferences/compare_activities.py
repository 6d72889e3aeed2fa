"""Preferences of a model between activities, their gradients at the words of each, and its states on them (A16-A18)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.models import language_model
from emotion_vectors.models.layers import main_layer
from emotion_vectors.preferences import measurements, tournament
from emotion_vectors.stimuli.function.activities import load_activities, load_gate_pairs


def main(
    activities: Path,
    gate_pairs: Path,
    weights: Path,
    measured: Path,
    *,
    row: Mapping[str, Any],
    depth: float,
    rounds: int,
    batch_tokens: int,
    seed: int,
) -> None:
    offered, known = load_activities(activities), load_gate_pairs(gate_pairs)
    pairs = tournament.schedule(len(offered), rounds, seed).reshape(-1, 2)
    model = language_model.load(weights, **row)
    layer = main_layer(model.layers, depth)
    tensors = measurements.measure(model, offered, pairs, layer, batch_tokens)
    tensors["known"] = measurements.known_better(model, known, layer, batch_tokens)
    files.write_tensors(tensors, measured, model_sha256=model.sha256, **measurements.facts_of(offered))


if __name__ == "__main__":
    step.run(main, snakemake)
