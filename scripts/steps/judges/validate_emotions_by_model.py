"""How far a language model can be trusted as a second judge of emotions: what it makes of labelled replies."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import model_judge
from emotion_vectors.models import language_model
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli import labelled_emotions
from emotion_vectors.weights import table as weights


def main(inputs, table_file: str, *, row, bootstraps: int, seed: int):
    labelled = labelled_emotions.load(inputs.replies)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    judged = model_judge.Judge(model, model_judge.EMOTION).classify([reply.text for reply in labelled])
    facts = [{"id": reply.id, "situation": reply.situation, "label": reply.label} for reply in labelled]
    table = pd.concat([pd.DataFrame(facts), judged], axis=1)
    found = {"six or none": agreement.summarise(table, labelled_emotions.CLASSES, bootstraps, seed)}
    files.write_table(table, table_file, agreement=found, judge=row.name, model_sha256=model.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
