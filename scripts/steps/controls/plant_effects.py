"""Effects of known size planted into the gradients of acts, and what the rules of the claims on them make of each."""

from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.acts import responses
from emotion_vectors.acts.slopes import Resamples, StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.conduct import directions
from emotion_vectors.controls import plants
from emotion_vectors.statistics import random_directions
from emotion_vectors.stimuli.acts.table import FIRST, load_acts
from emotion_vectors.vectors import story_cells


def main(
    acts: Path,
    schema: Path,
    claims: list[Path],
    claim_schema: Path,
    gradients: list[Path],
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_main: Path,
    planted: Path,
    *,
    depth: float,
    draws: int,
    nulls: int,
    bootstraps: int,
    seed: int,
) -> None:
    registered, known = registry.load(claims, claim_schema), directions.load(vectors, shuffled_main, depth)
    cells = story_cells.load(activations, neutral, stories, known.names)
    gaussian = random_directions.gaussian((nulls, cells.shape[-1]), seed)
    at_main = StoryDirections.at_main(known, cells, gaussian)
    measured = {file.stem: responses.load_gradients(file) for file in gradients}
    of_acts = {
        name: measured[act.items].difference(act, FIRST)[:, :, known.main]
        for name, act in load_acts(acts, schema).items()
    }
    resamples = {
        name: Resamples.draw(*of_act.shape[:2], len(cells), bootstraps, seed) for name, of_act in of_acts.items()
    }
    generator = np.random.default_rng(seed)
    rows = []
    for plant in plants.planned(registered, draws):
        act = plant.asked["experiment"]
        rows.append(plants.judged(plant, of_acts[act], at_main, resamples[act], generator))
    files.write_table(pd.DataFrame(rows), planted, layer=known.main)


if __name__ == "__main__":
    step.run(main, snakemake)
