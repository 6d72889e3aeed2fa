"""Likelihood of written replies in the voice of each emotion: unprompted, with an emotion named, and its gradients."""

from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.expression import likelihood
from emotion_vectors.models import language_model, layers


def main(
    events: Path,
    expressions: Path,
    weights: Path,
    readings: Path,
    *,
    row: Mapping[str, str],
    scenarios: int,
    depth: float,
) -> None:
    chosen = likelihood.chosen_events(events, scenarios)
    model = language_model.load(weights, **row)
    bar = tqdm(chosen, desc=f"{model.name} expressions", unit="event", mininterval=5)
    layer = layers.main_layer(model.layers, depth)
    tensors, facts = likelihood.measure(model, bar, likelihood.load_replies(expressions), layer)
    files.write_tensors(tensors, readings, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
