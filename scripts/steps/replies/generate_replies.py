"""Sampled replies to the situations of a behaviour set without steering, on which the gate of generation is measured."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import doses
from emotion_vectors.models import language_model
from emotion_vectors.replies import sampled
from emotion_vectors.stimuli import situations
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.stimuli.files import set_digest
from emotion_vectors.weights import table


def main(inputs, output_file: str, partial_file: str, *, row, name: str, settings, seed: int):
    experiments = load_experiments(inputs.experiments, inputs.schema)
    items = sampled.items_of(situations.load_items(inputs.situations), experiments.values(), name)
    chosen = doses.some_situations(items, settings["situations"])
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    code = set_digest(inputs.code, ".")
    lines = sampled.sample(model, name, chosen, settings, seed, partial_file, code)
    files.write_json_lines(lines, output_file, model_sha256=model.sha256)
    Path(partial_file).unlink(missing_ok=True)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], snakemake.params.partial,
            row=table.read_model(snakemake.input.models, snakemake.wildcards.model), name=snakemake.wildcards.behaviour,
            settings=snakemake.params.settings, seed=snakemake.params.seed,
        )  # fmt: skip
