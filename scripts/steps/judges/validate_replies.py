"""How far the judge of replies can be trusted: predictions for situations that it never saw, and their agreement with the labels."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import conduct_judge, validation
from emotion_vectors.models import sentence_encoder
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli import labelled_conduct


def main(inputs, table_file: str, *, bootstraps, seed):
    labelled, reader = labelled_conduct.load(inputs.replies, inputs.schema), sentence_encoder.load(inputs.encoder)
    tables = {name: conduct_judge.validate(labelled, name, reader, seed) for name in labelled_conduct.CLASSES}
    facts = {
        name: agreement.summarise(table, labelled_conduct.CLASSES[name], bootstraps, seed)
        for name, table in tables.items()
    }
    mirrored = {
        name: validation.counts_by_side(conduct_judge.fit(labelled, name, reader, seed).classify, file)
        for name, file in zip(labelled_conduct.CLASSES, inputs.mirrored, strict=True)
    }
    # A class that a behaviour does not have is not possible there.
    table = pd.concat(tables.values(), ignore_index=True)
    chances = [column for column in table.columns if column.startswith("p_")]
    table[chances] = table[chances].fillna(0.0)
    files.write_table(table, table_file, agreement=facts, mirrored=mirrored)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed
        )  # fmt: skip
