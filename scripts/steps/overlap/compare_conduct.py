"""Slopes of three behaviours along the directions of Wang et al., and along the story vectors (O05)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.conduct.responses import load as load_responses
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import layers
from emotion_vectors.models.sublayers import MLP, POINTS
from emotion_vectors.overlap import conduct
from emotion_vectors.statistics.algebra import centred
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.stimuli.experiments import load_experiments


def main(
    experiments: Path,
    schema: Path,
    responses: list[Path],
    vectors: Path,
    fit: Path,
    directions: Path,
    slopes: Path,
    evidence: Path,
    *,
    sets: list[str],
    depth: float,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    known, draws = emotion_directions.load(directions), Draws(bootstraps, shuffles, seed)
    stories, states = emotion_vectors.load(vectors), prompt_states.load(fit, known.used, permuted=placebo)
    layer = layers.main_layer(stories.values.shape[1], depth)
    compared = conduct.Sets(
        instructions=known.directions[:, POINTS.index(MLP), layer],
        stories=centred(stories.of([EMOTIONS[name] for name in known.emotions])[:, layer]),
        null=conduct.null_sets(centred(states.streams(MLP, layer), axis=1), shuffles, seed),
    )
    table, measured = (
        load_experiments(experiments, schema),
        dict(zip(sets, map(load_responses, responses), strict=True)),
    )
    by_experiment = {}
    for name in conduct.PARTS:
        gradients = measured[table[name].items].gradients_of(table[name])[..., layer, :]
        by_experiment[name] = conduct.measure(gradients, compared, stories.norms[layer])
    tables = [
        conduct.slope_table(measured_slopes, list(EMOTIONS), draws).assign(experiment=name)
        for name, measured_slopes in by_experiment.items()
    ]
    files.write_table(pd.concat(tables, ignore_index=True), slopes, layer=layer)
    files.write_table(pd.DataFrame(conduct.conduct_evidence(by_experiment, draws)), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
