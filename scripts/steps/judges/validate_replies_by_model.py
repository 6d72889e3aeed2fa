"""How far a language model can be trusted as judge of replies: what it makes of labelled ones, and the agreement with their labels."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import model_judge, validation
from emotion_vectors.models import language_model
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli import labelled_conduct
from emotion_vectors.weights import table as weights


def main(inputs, table_file: str, *, row, bootstraps: int, seed: int):
    labelled = labelled_conduct.load(inputs.replies, inputs.schema)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    judges = {name: model_judge.Judge(model, name) for name in labelled_conduct.CLASSES}
    tables = {name: model_judge.validate(judge, labelled) for name, judge in judges.items()}
    facts = {
        name: agreement.summarise(table, labelled_conduct.CLASSES[name], bootstraps, seed)
        for name, table in tables.items()
    }
    mirrored = {
        name: validation.counts_by_side(judge.classify, file)
        for (name, judge), file in zip(judges.items(), inputs.mirrored, strict=True)
    }
    # A class that a behaviour does not have is not possible there.
    table = pd.concat(tables.values(), ignore_index=True).fillna(0.0)
    files.write_table(table, table_file, agreement=facts, mirrored=mirrored, judge=row.name, model_sha256=model.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
