"""Verdict on every registered claim for one model, from the evidence of the study and the rule registered with the claim."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging


def main(
    claim_files: list[str],
    schema_file: str,
    evidence_files: list[str],
    judged_file: str,
    parts_file: str,
    *,
    model: str,
    permuted: bool,
):
    registered = judging.load(claim_files, schema_file)
    evidence = [judging.unmark(pd.read_parquet(file)).assign(step=Path(file).stem) for file in evidence_files]
    rows = pd.concat(evidence, ignore_index=True)
    if permuted:
        rows = judging.close_unlabelled(registered, rows)
    judged, parts = judging.judge(registered, rows)
    files.write_table(judging.mark_missing(judged).assign(model=model), judged_file)
    files.write_table(judging.mark_missing(parts).assign(model=model), parts_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.claims, snakemake.input.schema, snakemake.input.evidence,
            snakemake.output.judged, snakemake.output.parts, model=snakemake.wildcards.model, permuted=snakemake.params.permuted,
        )  # fmt: skip
