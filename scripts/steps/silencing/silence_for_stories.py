"""Do the circuits write the story vectors? Projections with a circuit's neurons or heads silenced, and with random ones (O06)."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import prompt_states
from emotion_vectors.models import language_model, layers
from emotion_vectors.models.points import HEADS, MLP, NEURONS
from emotion_vectors.silencing import whole_circuits
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.resampling import Draws, evenly_spaced
from emotion_vectors.stimuli.events import EMOTIONS, load_events
from emotion_vectors.vectors import emotion_vectors


def main(
    prompts: Path,
    circuits: Path,
    vectors: Path,
    events: Path,
    weights: Path,
    falls: Path,
    evidence: Path,
    *,
    row: Mapping[str, str],
    depth: float,
    story_events: int,
    batch_tokens: int,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    known, generator = prompt_states.load(prompts).events, torch.Generator().manual_seed(seed)
    used = [known[number] for number in evenly_spaced(len(known), story_events)]
    states = prompt_states.load(prompts, used, permuted=placebo)
    by_name = {event.name: event for event in load_events(events)}
    model, members = language_model.load(weights, **row), files.read_json(circuits)["circuits"]
    layer, stories = layers.main_layer(model.layers, depth), emotion_vectors.load(vectors)
    reading = whole_circuits.Reading(
        layer,
        directions=unit(stories.of([EMOTIONS[emotion] for emotion in states.emotions])[:, layer]),
        untouched=states.streams(MLP, layer),
        silenced={
            emotion: whole_circuits.conditions(members[emotion], model, layer, generator) for emotion in states.emotions
        },
    )
    table = whole_circuits.falls_of(model, states, [by_name[name] for name in states.events], reading, batch_tokens)
    files.write_table(table, falls, layer=layer)
    draws = Draws(bootstraps, shuffles, seed)
    rows = [whole_circuits.silencing_evidence(table, kind, draws) for kind in (NEURONS, HEADS)]
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
