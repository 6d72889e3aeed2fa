"""Evidence on every claim about conduct: slopes confirmed at finite strengths, curvature, readings, pressure (A21-A24, A27-A29, S04)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.conduct import directions, evidence, responses
from emotion_vectors.stimuli.experiments import load_experiments


def main(
    experiments: Path,
    schema: Path,
    claims: list[Path],
    claim_schema: Path,
    effects: Path,
    steered: list[Path],
    coherence: Path,
    measured: list[Path],
    vectors: Path,
    shuffled_main: Path,
    table: Path,
    *,
    depth: float,
    flips: int,
    bootstraps: int,
    guard_nats: float,
    seed: int,
) -> None:
    registered, slopes = registry.load(claims, claim_schema), files.read_table(effects)
    measurements = evidence.Evidence(
        experiments=load_experiments(experiments, schema),
        effects=slopes,
        changes=files.read_tables(steered),
        costs=files.read_table(coherence),
        responses={file.stem: responses.load(file) for file in measured},
        directions=directions.load(vectors, shuffled_main, depth),
        percentiles=evidence.holm_percentiles(registered, slopes),
        guard_nats=guard_nats,
        bootstraps=bootstraps,
        flips=flips,
        seed=seed,
    )
    files.write_table(pd.DataFrame(evidence.rows(measurements, registered)), table)


if __name__ == "__main__":
    step.run(main, snakemake)
