"""Importance of every neuron and head for every emotion, without silencing any (steps 5 and 6 of W)."""

from collections.abc import Mapping
from pathlib import Path

import torch
from tqdm import tqdm

from emotion_vectors.artefacts import step
from emotion_vectors.circuits import emotion_directions, prompt_states, scores
from emotion_vectors.models import language_model, sublayers
from emotion_vectors.statistics import grouping


def main(
    prompts: Path, directions: Path, weights: Path, components: Path, *, row: Mapping[str, str], placebo: int | None
) -> None:
    known = emotion_directions.load(directions)
    states = prompt_states.load(prompts, known.used, permuted=placebo)
    model = language_model.load(weights, **row)
    sublayers.check_sublayers(model)
    sets, half = torch.cat([known.directions[None], known.halves]), grouping.halves(states.scenarios)
    layers = [
        scores.score_layer(model, states, sets[:, :, :, layer], layer, half)
        for layer in tqdm(range(model.layers), desc=f"{model.name} components", mininterval=5)
    ]
    scores.save(layers, known, components, model_sha256=model.sha256)


if __name__ == "__main__":
    step.run(main, snakemake)
