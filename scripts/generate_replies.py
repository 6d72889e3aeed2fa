"""Sampled replies to the situations of a behaviour set, unsteered and, when asked for, under emotion vectors (A19-A29)."""

import hashlib
from dataclasses import asdict, fields
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch

from emotion_vectors import behaviours, doses, generate, models, provenance, transcripts, vectors, weights
from emotion_vectors.intervene import Addition, Edit
from emotion_vectors.stimulus_files import set_digest


class Steering(NamedTuple):
    """Which emotion vectors are added, at which strengths (with their signs)."""

    vectors_file: str
    emotions: list[str]
    strengths: list[float]
    depth: float


def steered_conditions(steering: Steering) -> tuple[list[transcripts.Condition], int, torch.Tensor]:
    """Every emotion at every strength, the main layer, and the vector of each condition [condition, d_model]."""
    emotion_vectors = vectors.load(steering.vectors_file)
    layer = models.main_layer(emotion_vectors.values.shape[1], steering.depth)
    directions = dict(zip(steering.emotions, emotion_vectors.of(steering.emotions)[:, layer], strict=True))
    pairs = product(steering.emotions, steering.strengths)
    conditions = [transcripts.Condition(emotion, doses.EMOTION, strength) for emotion, strength in pairs]
    return conditions, layer, doses.additions(pd.DataFrame(conditions), directions, emotion_vectors.norms[layer])


def main(inputs, output_file: str, partial_file: str, *, row, name: str, settings, seed, run, steering=None):
    items = doses.some_situations(behaviours.load_items(inputs.situations), settings["situations"])
    sampling = generate.Sampling(**{field.name: settings[field.name] for field in fields(generate.Sampling)})
    model = models.load(inputs.weights, template=row.template, dtype=row.dtype)
    prompts = [behaviours.prompt_of(model, item) for item in items]
    conditions, layer, added = [transcripts.UNSTEERED], 0, torch.zeros(1, model.width)
    if steering:
        steered, layer, vectors_added = steered_conditions(steering)
        conditions, added = conditions + steered, torch.cat([added, vectors_added])

    plan = list(product(range(len(items)), range(len(conditions)), range(settings["samples"])))
    samples = [
        transcripts.sample_of(name, items[item], prompts[item], conditions[condition], number, seed)
        for item, condition, number in plan
    ]
    edits: list[Edit] = [Addition(layer, added[[condition for _, condition, _ in plan]])] if steering else []
    facts = {"model_sha256": model.sha256, "layer": layer if steering else None}
    decisive = {
        "sampling": asdict(sampling), **facts, "dtype": row.dtype, "code_sha256": set_digest(inputs.code, "."),
        "vectors_sha256": hashlib.sha256(added.numpy().tobytes()).hexdigest(),
    }  # fmt: skip
    with transcripts.Partial(partial_file, samples, decisive) as partial:
        read, seeds = [prompts[item] for item, _, _ in plan], [sample.seed for sample in samples]
        for replies in generate.generate(model, read, seeds, sampling, edits, done=partial.stored):
            partial.append(replies)
    provenance.write_json_lines(partial.lines(), output_file, run, **facts)
    Path(partial_file).unlink()


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0], snakemake.params.partial,
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), name=snakemake.wildcards.behaviour,
            settings=snakemake.params.settings, seed=snakemake.params.seed, run=run,
        )  # fmt: skip
