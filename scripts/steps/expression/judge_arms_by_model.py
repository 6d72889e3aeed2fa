"""Which emotion every reply of every arm voices, by a second judge, a language model, and how far it agrees with the first."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import model_judge
from emotion_vectors.models import language_model
from emotion_vectors.replies import transcripts
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli import labelled, reply_classes
from emotion_vectors.weights import table as weights

NAMES = ["arm", "direction", "dose", "event", "scenario", "valence", "emotion"]


def main(inputs, output_file: str, *, row, of: str, bootstraps: int, seed: int):
    first, transcript = pd.read_parquet(inputs.judged), transcripts.load(inputs.transcript)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    classes = reply_classes.load(inputs.classes)
    second = model_judge.ModelJudge(model, classes).classify(list(transcript["text"]))["predicted"]
    table = first[NAMES].assign(first=first["verdict"], verdict=second, accepted=second == first["emotion"])
    compared = table.rename(columns={"scenario": "situation", "first": "label"}).assign(predicted=second)
    found = {f"replies of {of}": agreement.summarise(compared, labelled.EMOTION_CLASSES, bootstraps, seed)}
    files.write_table(table, output_file, agreement=found, judge=row.name, model_sha256=model.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.judge), of=snakemake.wildcards.model,
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
