"""Which emotion every reply of every arm voices, by a judge that does not see which was meant, and its relevance and fluency."""

from emotion_vectors import (
    arm_judgements,
    emotion_judge,
    encoder,
    events,
    models,
    provenance,
    transcripts,
    weights,
)


def main(inputs, output_file: str, *, row, run):
    model = models.load(inputs.weights, template=row.template, dtype=row.dtype)
    table = arm_judgements.table(
        transcripts.load(inputs.transcript), events.load(inputs.events), emotion_judge.load(inputs.judge),
        encoder.load(inputs.encoder), model,
    )  # fmt: skip
    provenance.write_table(table, output_file, run, model_sha256=model.sha256)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), run=run,
        )  # fmt: skip
