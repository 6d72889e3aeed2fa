"""Class of every sampled reply of a set that has labelled replies, by the judge fitted on all of them."""

import pandas as pd

from emotion_vectors import encoder, provenance, replies, reply_judge, transcripts

KEPT = ["scenario", "variant", "direction", "kind", "strength_norm_fraction", "sample"]


def classify(judge: reply_judge.Judge, texts: list[str]) -> list[str]:
    """Class of each text; one without a word is incoherent, and no sentence to embed."""
    written = [place for place, text in enumerate(texts) if text.strip()]
    found = [replies.INCOHERENT] * len(texts)
    if written:
        judged = judge.classify([texts[place] for place in written])
        for place, label in zip(written, judged["predicted"], strict=True):
            found[place] = label
    return found


def main(inputs, output_file: str, *, name: str, seed: int, run):
    sampled = transcripts.load(inputs.transcript)
    judge = reply_judge.fit(replies.load(inputs.labelled, inputs.schema), name, encoder.load(inputs.encoder), seed)
    labels = classify(judge, list(sampled["text"]))
    table = sampled[KEPT].assign(label=pd.Series(labels, dtype="object"), side=pd.Series(labels, dtype="object"))
    table = table.assign(coherent=table["label"] != replies.INCOHERENT)
    provenance.write_table(table, output_file, run)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output[0], name=snakemake.wildcards.behaviour, seed=snakemake.params.seed, run=run
        )  # fmt: skip
