"""Unsteered readouts, gradients and readings of a model on every item of one behaviour set."""

from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import doses, responses
from emotion_vectors.engine import prompts
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import situations as behaviours
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.weights import table as weights


def main(inputs, output_file: str, *, row, name: str, situations: int):
    table = load_experiments(inputs.experiments, inputs.schema)
    experiments = [experiment for experiment in table.values() if experiment.items == name]
    items = doses.some_situations(behaviours.load_items(inputs.situations), situations)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    # Every item is encoded before any is run, so that one that does not fit stops the step at once.
    packed = [prompts.encode(model, item) for item in items]
    bar = tqdm(packed, desc=f"{model.name} {name}", unit="item", mininterval=5)
    tensors, facts = responses.measure(model, items, bar, experiments)
    files.write_tensors(tensors, output_file, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
            name=snakemake.wildcards.behaviour, situations=snakemake.params.situations,
        )  # fmt: skip
