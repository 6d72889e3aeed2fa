"""Evidence on every claim about acts: differences between contexts, graded pressure, readings, told feelings, finite strengths."""

from pathlib import Path

import pandas as pd

from emotion_vectors.acts import evidence, responses
from emotion_vectors.acts.measurements import ActMeasurements, FiniteStrengths
from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.claims.evidence import mark_missing
from emotion_vectors.conduct import directions
from emotion_vectors.statistics import random_directions
from emotion_vectors.stimuli.acts.table import load_acts
from emotion_vectors.vectors import story_cells


def main(
    acts: Path,
    schema: Path,
    claims: list[Path],
    claim_schema: Path,
    effects: Path,
    sensitivity_table: Path,
    steered: list[Path],
    coherence: list[Path],
    replies: list[Path],
    gradients: list[Path],
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_main: Path,
    table: Path,
    *,
    depth: float,
    guard_nats: float,
    nulls: int,
    flips: int,
    bootstraps: int,
    seed: int,
) -> None:
    registered, known = registry.load(claims, claim_schema), directions.load(vectors, shuffled_main, depth)
    cells = story_cells.load(activations, neutral, stories, known.names)
    gaussian = random_directions.gaussian((nulls, cells.shape[-1]), seed)
    measured = ActMeasurements(
        acts=load_acts(acts, schema),
        effects=files.read_table(effects),
        gates=files.read_table(sensitivity_table),
        replies={file.stem: files.read_table(file) for file in replies},
        readings={file.stem: responses.load_readings(file) for file in gradients},
        gradients={file.stem: responses.load_gradients(file) for file in gradients},
        finite=FiniteStrengths(files.read_tables(steered), files.read_tables(coherence), guard_nats)
        if steered
        else None,
        directions=StoryDirections.at_main(known, cells, gaussian),
        main=known.main,
        bootstraps=bootstraps,
        flips=flips,
        seed=seed,
    )
    files.write_table(mark_missing(pd.DataFrame(evidence.rows(measured, registered))), table)


if __name__ == "__main__":
    step.run(main, snakemake)
