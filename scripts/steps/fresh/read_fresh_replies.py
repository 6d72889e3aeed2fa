"""Likelihood of replies written in the voice of each emotion to events that no direction and no judge has met, and its gradients."""

from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.expression import likelihood
from emotion_vectors.models import language_model, layers


def main(
    events: Path,
    weights: Path,
    readings: Path,
    *,
    row: Mapping[str, str],
    scenarios: int,
    depth: float,
) -> None:
    asked, replies = likelihood.load_fresh(events, scenarios)
    model = language_model.load(weights, **row)
    bar = tqdm(asked, desc=f"{model.name} fresh events", unit="event", mininterval=5)
    tensors, facts = likelihood.measure(model, bar, replies, layers.main_layer(model.layers, depth))
    files.write_tensors(tensors, readings, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
