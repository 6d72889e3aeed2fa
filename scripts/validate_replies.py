"""How far the judge of replies can be trusted: predictions for situations that it never saw, and their agreement with the labels."""

import pandas as pd

from emotion_vectors import agreement, encoder, provenance, replies, reply_judge


def main(inputs, table_file: str, *, bootstraps, seed, run):
    labelled, reader = replies.load(inputs.replies, inputs.schema), encoder.load(inputs.encoder)
    tables = {name: reply_judge.validate(labelled, name, reader, seed) for name in replies.CLASSES}
    facts = {
        name: agreement.summarise(table, replies.CLASSES[name], bootstraps, seed) for name, table in tables.items()
    }
    mirrored = {
        name: agreement.counts_by_side(reply_judge.fit(labelled, name, reader, seed).classify, file)
        for name, file in zip(replies.CLASSES, inputs.mirrored, strict=True)
    }
    # A class that a behaviour does not have is not possible there.
    table = pd.concat(tables.values(), ignore_index=True)
    chances = [column for column in table.columns if column.startswith("p_")]
    table[chances] = table[chances].fillna(0.0)
    provenance.write_table(table, table_file, run, agreement=facts, mirrored=mirrored)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0], bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed, run=run
        )  # fmt: skip
