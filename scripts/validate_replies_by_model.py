"""How far a language model can be trusted as judge of replies: what it makes of labelled ones, and the agreement with their labels."""

import pandas as pd

from emotion_vectors import agreement, model_judge, models, provenance, replies, weights


def main(inputs, table_file: str, *, row, bootstraps: int, seed: int, run):
    labelled = replies.load(inputs.replies, inputs.schema)
    model = models.load(inputs.weights, template=row.template, dtype=row.dtype)
    judges = {name: model_judge.Judge(model, name) for name in replies.CLASSES}
    tables = {name: model_judge.validate(judge, labelled) for name, judge in judges.items()}
    facts = {
        name: agreement.summarise(table, replies.CLASSES[name], bootstraps, seed) for name, table in tables.items()
    }
    mirrored = {
        name: agreement.counts_by_side(judge.classify, file)
        for (name, judge), file in zip(judges.items(), inputs.mirrored, strict=True)
    }
    # A class that a behaviour does not have is not possible there.
    table = pd.concat(tables.values(), ignore_index=True).fillna(0.0)
    provenance.write_table(
        table, table_file, run, agreement=facts, mirrored=mirrored, judge=row.name, model_sha256=model.sha256
    )


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model),
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed, run=run,
        )  # fmt: skip
