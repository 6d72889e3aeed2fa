"""Likelihood of written replies in the voice of each emotion: unprompted, with an emotion named, and its gradients."""

from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.expression import likelihood
from emotion_vectors.models import language_model, layers
from emotion_vectors.weights import table


def main(inputs, output_file: str, *, row, scenarios: int, depth: float):
    chosen = likelihood.chosen_events(inputs.events, scenarios)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    bar = tqdm(chosen, desc=f"{model.name} expressions", unit="event", mininterval=5)
    replies = likelihood.load_replies(inputs.expressions)
    layer = layers.main_layer(model.layers, depth)
    tensors, facts = likelihood.measure(model, bar, replies, layer)
    files.write_tensors(tensors, output_file, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=table.read_model(snakemake.input.models, snakemake.wildcards.model),
            scenarios=snakemake.params.scenarios, depth=snakemake.params.depth,
        )  # fmt: skip
