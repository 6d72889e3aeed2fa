"""Replies of a model to the events to fit on, one in the voice of each of the six emotions."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.models import language_model
from emotion_vectors.replies import prompted, sampled
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.files import set_digest
from emotion_vectors.weights import table


def main(inputs, output_file: str, partial_file: str, *, row, circuits, side_by_side: int, seed: int):
    chosen = events.some_scenarios(events.load(inputs.events), circuits["scenarios"]["fit"])
    items = prompted.items_of(chosen, list(events.EMOTIONS))
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    settings, code = prompted.settings_of(circuits, side_by_side), set_digest(inputs.code, ".")
    sampler = sampled.Sampler(model, sampled.sampling_of(settings), code)
    lines = sampled.sample(sampler, prompted.SET, items, settings["samples"], seed, partial_file)
    files.write_json_lines(lines, output_file, model_sha256=model.sha256)
    Path(partial_file).unlink(missing_ok=True)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], snakemake.params.partial,
            row=table.read_model(snakemake.input.models, snakemake.wildcards.model), circuits=snakemake.params.circuits,
            side_by_side=snakemake.params.side_by_side, seed=snakemake.params.seed,
        )  # fmt: skip
