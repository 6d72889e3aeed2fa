"""Both sides of the replies exchanged at random by scenario, and what the rules of acts make of the rest (A19b-A29b, S04b, S08)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.acts import responses
from emotion_vectors.acts.measurements import ActMeasurements
from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.conduct import directions
from emotion_vectors.controls import exchanged
from emotion_vectors.statistics import random_directions
from emotion_vectors.stimuli.acts.table import load_acts
from emotion_vectors.vectors import story_cells


def main(
    acts: Path,
    schema: Path,
    claims: list[Path],
    claim_schema: Path,
    replies: list[Path],
    gradients: list[Path],
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_main: Path,
    judged: Path,
    *,
    depth: float,
    placebos: list[int],
    nulls: int,
    bootstraps: int,
    seed: int,
) -> None:
    registered, known = registry.load(claims, claim_schema), directions.load(vectors, shuffled_main, depth)
    cells = story_cells.load(activations, neutral, stories, known.names)
    gaussian = random_directions.gaussian((nulls, cells.shape[-1]), seed)
    measured = ActMeasurements(
        acts=load_acts(acts, schema),
        effects=pd.DataFrame(),
        gates=pd.DataFrame(),
        replies={file.stem: files.read_table(file) for file in replies},
        readings={file.stem: responses.load_readings(file) for file in gradients},
        gradients={file.stem: responses.load_gradients(file) for file in gradients},
        finite=None,
        directions=StoryDirections.at_main(known, cells, gaussian),
        main=known.main,
        bootstraps=bootstraps,
        flips=nulls,
        seed=seed,
    )
    rows = [row for placebo in placebos for row in exchanged.verdicts(measured, registered, placebo)]
    files.write_table(pd.DataFrame(rows), judged)


if __name__ == "__main__":
    step.run(main, snakemake)
