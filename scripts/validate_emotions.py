"""How far the judge of emotions can be trusted: its verdicts on replies with hand labels, none of which it was fitted on."""

from emotion_vectors import emotion_judge, emotion_replies, encoder, provenance


def main(inputs, table_file: str, *, bootstraps: int, seed: int, run):
    judge, labelled = emotion_judge.load(inputs.judge), emotion_replies.load(inputs.replies)
    table = emotion_judge.validate(judge, labelled, encoder.load(inputs.encoder))
    facts = emotion_judge.agreement_with_labels(table, bootstraps, seed)
    provenance.write_table(table, table_file, run, agreement=facts)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0], bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed, run=run
        )  # fmt: skip
