"""Which emotion every reply of every arm voices, by a judge that does not see which was meant, and its relevance and fluency."""

from emotion_vectors.artefacts import files, step
from emotion_vectors.expression import judgements
from emotion_vectors.judges import emotion_judge
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli import events
from emotion_vectors.weights import table as weights


def main(inputs, output_file: str, *, row):
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    encoder = sentence_encoder.load(inputs.encoder)
    table = judgements.table(
        transcripts.load(inputs.transcript), events.load(inputs.events), emotion_judge.load(inputs.judge, encoder),
        encoder, model,
    )  # fmt: skip
    files.write_table(table, output_file, model_sha256=model.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
        )  # fmt: skip
