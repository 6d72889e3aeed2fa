"""Likelihood of written replies in the voice of each emotion: unprompted, with an emotion named, and its gradients."""

from tqdm import tqdm

from emotion_vectors import depths, expression_readings, models, provenance, weights


def main(inputs, output_file: str, *, row, scenarios: int, depth: float, run):
    chosen = expression_readings.chosen_events(inputs.events, scenarios)
    model = models.load(inputs.weights, template=row.template, dtype=row.dtype)
    bar = tqdm(chosen, desc=f"{model.name} expressions", unit="event", mininterval=5)
    replies = expression_readings.load_replies(inputs.expressions)
    layer = depths.main_layer(model.layers, depth)
    tensors, facts = expression_readings.measure(model, bar, replies, layer)
    provenance.write_tensors(tensors, output_file, run, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
            scenarios=snakemake.params.scenarios, depth=snakemake.params.depth, run=run,
        )  # fmt: skip
