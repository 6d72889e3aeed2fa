"""Class of every sampled reply of a set that has labelled replies, by a language model that reads it."""

from emotion_vectors import model_judge, models, provenance, replies, transcripts, weights


def main(inputs, output_file: str, *, row, name: str, run):
    sampled = transcripts.load(inputs.transcript)
    model = models.load(inputs.weights, template=row.template, dtype=row.dtype)
    labels = model_judge.Judge(model, name).classify(list(sampled["text"]))["predicted"]
    table = sampled[transcripts.NAMES].assign(label=labels, side=labels, coherent=labels != replies.INCOHERENT)
    provenance.write_table(table, output_file, run, judge=row.name, model_sha256=model.sha256)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.params.judge), name=snakemake.wildcards.behaviour,
            run=run,
        )  # fmt: skip
