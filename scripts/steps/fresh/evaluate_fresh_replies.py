"""Slopes of own replies to fresh events along the vectors of both methods (W02b, W03b, O04b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.conduct import directions as conduct_directions
from emotion_vectors.expression import likelihood
from emotion_vectors.expression.likelihood_slopes import main_layer_directions
from emotion_vectors.fresh import slopes as fresh_slopes
from emotion_vectors.models.points import MLP, POINTS
from emotion_vectors.overlap.conduct import null_sets
from emotion_vectors.statistics.algebra import centred
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import EMOTIONS


def main(
    readings: Path,
    fit: Path,
    directions: Path,
    vectors: Path,
    shuffled_main: Path,
    slopes: Path,
    evidence: Path,
    *,
    depth: float,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    known, told = emotion_directions.load(directions), conduct_directions.load(vectors, shuffled_main, depth)
    likelihood.check_layer(readings, told.main)
    stories, layer, draws = told.vectors, told.main, Draws(bootstraps, shuffles, seed)
    states = prompt_states.load(fit, known.used, permuted=placebo)
    names = [EMOTIONS[name] for name in known.emotions]
    nulls = null_sets(centred(states.streams(MLP, layer), axis=1), shuffles, seed)
    nulls[fresh_slopes.SHUFFLED_STORIES] = centred(told.shuffled_of(names), axis=1)
    instructions = known.directions[:, POINTS.index(MLP), layer]
    along = main_layer_directions(instructions, stories.of(names)[:, layer])
    measured = fresh_slopes.measure(likelihood.load(readings), along, nulls, stories.norms[layer])
    files.write_table(fresh_slopes.table(measured, draws), slopes, layer=layer)
    files.write_table(pd.DataFrame(fresh_slopes.rows(measured, draws)), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
