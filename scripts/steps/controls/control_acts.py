"""Controls of the rules on acts: effects of known size planted into gradients, and sides of replies exchanged at random by scenario."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from emotion_vectors.acts import responses
from emotion_vectors.acts.measurements import ActMeasurements
from emotion_vectors.acts.slopes import Resamples, StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.conduct import directions
from emotion_vectors.controls import exchanged, plants
from emotion_vectors.statistics import random_directions
from emotion_vectors.stimuli.acts.table import FIRST, load_acts
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
    planted: Path,
    judged: Path,
    *,
    depth: float,
    draws: int,
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
    files.write_table(planted_effects(measured, plants.planned(registered, draws)), planted, layer=known.main)
    by_seed = (
        exchanged.verdicts(measured, registered, placebo)
        for placebo in tqdm(placebos, desc="sides exchanged", unit="seed", mininterval=5)
    )
    files.write_table(pd.DataFrame(row for rows in by_seed for row in rows), judged)


def planted_effects(measured: ActMeasurements, planned: Iterable[plants.Plant]) -> pd.DataFrame:
    """What the rules make of each plant; all plants of an act share its resamples."""
    of_acts = {
        name: measured.gradients[act.items].difference(act, FIRST)[:, :, measured.main]
        for name, act in measured.acts.items()
    }
    topics = len(measured.directions.cells)
    resamples = {
        name: Resamples.draw(*of_act.shape[:2], topics, measured.bootstraps, measured.seed)
        for name, of_act in of_acts.items()
    }
    generator, rows = np.random.default_rng(measured.seed), []
    for plant in planned:
        act = plant.asked["experiment"]
        rows.append(plants.judged(plant, of_acts[act], measured.directions, resamples[act], generator))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    step.run(main, snakemake)
