"""Do the circuits write the story vectors? Projections with a circuit's neurons or heads silenced, beside random ones (O06)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import silencing, stored
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.models.sublayers import HEADS, MLP, NEURONS
from emotion_vectors.statistics import algebra
from emotion_vectors.stimuli import events
from emotion_vectors.weights import table as weights


def event_rows(model, prompts, place: int, event, settings) -> list[dict]:
    """Projections of one event under every emotion: untouched, and with each condition."""
    rows = []
    for number, emotion in enumerate(prompts.emotions):
        named = prompts.emotions[prompts.order[prompts.rows[place], number]]
        text = tokens.chat(model.tokenizer, events.messages(event, named), model.template)
        silenced = settings["silenced"][emotion]
        states = silencing.last_states(
            model, text, settings["layer"], list(silenced.values()), settings["batch_tokens"]
        )
        untouched = settings["directions"] @ settings["streams"][place][number]
        for (kind, choice), state in zip(silenced, states, strict=True):
            facts = {"event": event.name, "emotion": emotion, "kind": kind, "choice": choice}
            falls = untouched - settings["directions"] @ state
            others = float((falls.sum() - falls[number]) / (len(falls) - 1))
            measured = {"projection": float(untouched[number]), "fall": float(falls[number]), "fall_of_others": others}
            rows.append(facts | measured)
    return rows


def main(inputs, outputs, *, row, depth: float, count: int, settings, permuted, statistics, seed: int):
    circuits, generator = json.loads(Path(inputs.circuits).read_text())["circuits"], torch.Generator().manual_seed(seed)
    by_name = {event.name: event for event in events.load(inputs.events)}
    known = stored.load_prompts(inputs.prompts).events
    places = np.linspace(0, len(known) - 1, min(count, len(known))).round().astype(int)
    prompts = stored.load_prompts(inputs.prompts, [known[place] for place in places], permuted)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    layer, story_vectors = layers.main_layer(model.layers, depth), emotion_vectors.load(inputs.vectors)
    names = [events.EMOTIONS[emotion] for emotion in prompts.emotions]
    settings = settings | {
        "silenced": {
            emotion: silencing.conditions(circuits[emotion], model, layer, generator) for emotion in prompts.emotions
        },
        "layer": layer, "directions": algebra.unit(story_vectors.of(names)[:, layer]),
        "streams": prompts.stream(MLP, layer),
    }  # fmt: skip
    rows = []
    for place, name in enumerate(
        tqdm(prompts.events, desc=f"{model.name} circuits silenced", unit="event", mininterval=5)
    ):
        rows += event_rows(model, prompts, place, by_name[name], settings)
    table = pd.DataFrame(rows)
    files.write_table(table, outputs.falls, layer=layer)
    evidence = [silencing.evidence_of(table, kind, statistics, seed) for kind in (NEURONS, HEADS)]
    files.write_table(pd.DataFrame(evidence), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
            depth=snakemake.params.depth, count=snakemake.params.events, settings=snakemake.params.settings,
            permuted=snakemake.params.permuted, statistics=snakemake.params.statistics, seed=snakemake.params.seed,
        )  # fmt: skip
