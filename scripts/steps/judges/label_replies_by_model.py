"""Class of every sampled reply of a set that has labelled replies, by a language model that reads it."""

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import model_judge
from emotion_vectors.models import language_model
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli import labelled_conduct
from emotion_vectors.weights import table as weights


def main(inputs, output_file: str, *, row, name: str):
    sampled = transcripts.load(inputs.transcript)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    labels = model_judge.Judge(model, name).classify(list(sampled["text"]))["predicted"]
    table = sampled[transcripts.NAMES].assign(label=labels, side=labels, coherent=labels != labelled_conduct.INCOHERENT)
    files.write_table(table, output_file, judge=row.name, model_sha256=model.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.params.judge), name=snakemake.wildcards.behaviour,
        )  # fmt: skip
