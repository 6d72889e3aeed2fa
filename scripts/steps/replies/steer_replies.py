"""Replies under the vectors whose rates claims ask for, beside null directions, where the gate of generation was passed."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.conduct import doses
from emotion_vectors.models import language_model
from emotion_vectors.replies import rates, sampled
from emotion_vectors.replies import steering as steering_directions
from emotion_vectors.stimuli import situations
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.stimuli.files import set_digest
from emotion_vectors.weights import table


def planned(asked: list[rates.Asked], nulls: dict[str, dict]) -> pd.DataFrame:
    """Every emotion at the strengths that its claims ask for, and every null direction at all of these strengths."""
    pairs = {(part.emotion, step) for part in asked for step in (part.strength, part.against) if step}
    rows = [(emotion, doses.EMOTION, step) for emotion, step in sorted(pairs)]
    steps = sorted({step for _, step in pairs})
    rows += [(name, kind, step) for kind, names in nulls.items() for name in names for step in steps]
    return pd.DataFrame(rows, columns=["direction", "kind", "strength_norm_fraction"])


def main(inputs, output_file: str, partial_file: str, *, row, name, depth, settings, nulls: int, seed: int):
    experiments = load_experiments(inputs.experiments, inputs.schema)
    parts = rates.asked_parts(judging.load(inputs.claims, inputs.claim_schema))
    asked = [part for _, _, part in parts if experiments[part.experiment].items == name]
    closed = rates.closed(pd.read_parquet(inputs.gates).to_dict("records"))
    lines: list[str] = []
    if asked and not closed:
        items = sampled.items_of(situations.load_items(inputs.situations), experiments.values(), name)
        model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
        directions = steering_directions.load(inputs.vectors, inputs.shuffled_main, depth, nulls, seed)
        steering = directions.steering(planned(asked, directions.nulls))
        chosen = doses.some_situations(items, settings["situations"])
        code = set_digest(inputs.code, ".")
        lines = sampled.sample(model, name, chosen, settings, seed, partial_file, code, steering)
    files.write_json_lines(lines, output_file, closed=closed)
    Path(partial_file).unlink(missing_ok=True)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], snakemake.params.partial,
            row=table.read_model(snakemake.input.models, snakemake.wildcards.model), name=snakemake.wildcards.behaviour,
            depth=snakemake.params.depth, settings=snakemake.params.settings, nulls=snakemake.params.nulls,
            seed=snakemake.params.seed,
        )  # fmt: skip
