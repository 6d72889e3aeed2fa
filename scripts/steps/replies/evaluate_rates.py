"""Evidence on every part of a claim that asks for a rate in sampled replies (A19, A20, A25, A26), or the gate that stopped it."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.claims.evidence import mark_missing
from emotion_vectors.conduct import gates
from emotion_vectors.replies import rates
from emotion_vectors.stimuli.experiments import load_experiments


def main(
    experiments: Path,
    schema: Path,
    claims: list[Path],
    claim_schema: Path,
    generation: list[Path],
    unsteered: list[Path],
    steered: list[Path],
    table: Path,
    *,
    sets: list[str],
    bootstraps: int,
    seed: int,
) -> None:
    closed = {
        name: gates.closed(files.read_table(file).to_dict("records"))
        for name, file in zip(sets, generation, strict=True)
    }
    labels = {name: files.read_tables(of_set) for name, *of_set in zip(sets, unsteered, steered, strict=True)}
    registered = registry.load(claims, claim_schema)
    rows = rates.evidence(registered, load_experiments(experiments, schema), labels, closed, bootstraps, seed)
    files.write_table(mark_missing(pd.DataFrame(rows)), table)


if __name__ == "__main__":
    step.run(main, snakemake)
