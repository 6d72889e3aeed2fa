"""Class of every sampled reply of a set that has labelled replies, by the judge fitted on all of them."""

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import conduct_judge
from emotion_vectors.models import sentence_encoder
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli import labelled_conduct

KEPT = ["scenario", "variant", "direction", "kind", "strength_norm_fraction", "sample"]


def main(inputs, output_file: str, *, name: str, seed: int):
    sampled = transcripts.load(inputs.transcript)
    judge = conduct_judge.fit(
        labelled_conduct.load(inputs.labelled, inputs.schema), name, sentence_encoder.load(inputs.encoder), seed
    )
    labels = judge.classify(list(sampled["text"]))["predicted"]
    table = sampled[KEPT].assign(label=labels, side=labels, coherent=labels != labelled_conduct.INCOHERENT)
    files.write_table(table, output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], name=snakemake.wildcards.behaviour, seed=snakemake.params.seed
        )  # fmt: skip
