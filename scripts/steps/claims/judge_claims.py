"""Verdict on every registered claim for one model, from the evidence of the study and the rule registered with the claim."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging, registry
from emotion_vectors.claims.evidence import close_unlabelled, mark_missing, unmark


def main(
    evidence: list[Path], claims: list[Path], schema: Path, judged: Path, parts: Path, *, model: str, permuted: bool
) -> None:
    registered = registry.load(claims, schema)
    rows = pd.concat([unmark(files.read_table(file)).assign(step=file.stem) for file in evidence], ignore_index=True)
    if permuted:
        rows = close_unlabelled(registered, rows)
    verdicts, verdicts_on_parts = judging.judge(registered, rows)
    files.write_table(mark_missing(verdicts).assign(model=model), judged)
    files.write_table(mark_missing(verdicts_on_parts).assign(model=model), parts)


if __name__ == "__main__":
    step.run(main, snakemake)
