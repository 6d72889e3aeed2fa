"""How far the judge of replies can be trusted: predictions for situations that it never saw, and their agreement with the labels."""

import pandas as pd

from emotion_vectors import agreement, encoder, provenance, replies, reply_judge


def main(replies_file: str, schema_file: str, encoder_folder: str, table_file: str, *, bootstraps, seed, run):
    labelled, reader = replies.load(replies_file, schema_file), encoder.load(encoder_folder)
    tables = {name: reply_judge.validate(labelled, name, reader, seed) for name in replies.CLASSES}
    facts = {
        name: agreement.summarise(table, replies.CLASSES[name], bootstraps, seed) for name, table in tables.items()
    }
    # A class that a behaviour does not have is not possible there.
    table = pd.concat(tables.values(), ignore_index=True)
    chances = [column for column in table.columns if column.startswith("p_")]
    table[chances] = table[chances].fillna(0.0)
    provenance.write_table(table, table_file, run, agreement=facts)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input.replies, snakemake.input.schema, snakemake.input.encoder, snakemake.output[0],
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed, run=run,
        )  # fmt: skip
