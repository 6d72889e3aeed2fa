"""Heads silenced in earnest, one forward pass each, and their scores from one pass: how far they differ, passes and seconds."""

from collections.abc import Mapping
from pathlib import Path

import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.benchmarks import heads as head_scoring
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.engine.prompts import of_event
from emotion_vectors.models import families, language_model, points, sublayers
from emotion_vectors.statistics.resampling import evenly_spaced
from emotion_vectors.stimuli.events import load_events

TOLERANCE = {"float32": 1e-3, "bfloat16": 1e-1}
"""Largest difference, as a share of the largest score, that rounding may make."""


def main(
    directions: Path, events: Path, weights: Path, comparison: Path, *, row: Mapping[str, str], prompts: int, heads: int
) -> None:
    known = emotion_directions.load(directions)
    model = language_model.load(weights, **row)
    by_name = {event.name: event for event in load_events(events)}
    used = [known.used[number] for number in evenly_spaced(len(known.used), prompts)]
    sample = [(by_name[name], number % len(known.emotions)) for number, name in enumerate(used)]
    texts = [of_event(model, event, known.emotions[emotion]) for event, emotion in sample]
    point = points.POINTS.index(points.ATTENTION)
    along = torch.stack([known.directions[emotion, point] for _, emotion in sample])
    sublayers.check_sublayers(model)
    compared = head_scoring.compare(model, texts, along, head_scoring.spread_heads(model, heads))
    worst = max(compared["largest_difference"].values())
    if not worst <= TOLERANCE[row["dtype"]]:
        raise families.ModelError(
            f"{model.name}: scores of heads differ from those of heads that are silenced by {worst:.1e} of the largest one; say in "
            "emotion_vectors/models/sublayers.py how its family writes, or leave the model out"
        )
    names = [{"event": event.name, "emotion": known.emotions[emotion]} for event, emotion in sample]
    files.write_json(compared | {"sample": names}, comparison, model_sha256=model.sha256)


if __name__ == "__main__":
    step.run(main, snakemake)
