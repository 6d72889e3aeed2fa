"""Slopes of three behaviours along the directions of Wang et al., and along the story vectors (O05, O05b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.acts.evidence import closed_gates
from emotion_vectors.acts.responses import load_gradients
from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.conduct.responses import load as load_responses
from emotion_vectors.models import layers
from emotion_vectors.models.points import MLP, POINTS
from emotion_vectors.overlap import conduct
from emotion_vectors.statistics.algebra import centred
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.acts.table import FIRST, load_acts
from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.vectors import emotion_vectors


def main(
    experiments: Path,
    schema: Path,
    responses: list[Path],
    vectors: Path,
    fit: Path,
    directions: Path,
    acts: Path,
    act_schema: Path,
    gradients: list[Path],
    sensitivity_table: Path,
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
        of_items = measured[table[name].items].gradients_of(table[name])[..., layer, :]
        by_experiment[name] = conduct.measure(of_items, compared, stories.norms[layer])
    act_table, of_sets = load_acts(acts, act_schema), {file.stem: load_gradients(file) for file in gradients}
    controls = {}
    for name in conduct.ACT_PARTS:
        act, of_set = act_table[name], of_sets[act_table[name].items]
        difference = of_set.difference(act, FIRST)[..., layer, :]
        by_experiment[name] = conduct.measure_act(difference, compared, stories.norms[layer])
        if (control := of_set.control(act)) is not None:
            controls[name] = conduct.measure_act(control, compared, stories.norms[layer])
    guards = {name: closed_gates(files.read_table(sensitivity_table), act_table[name]) for name in conduct.ACT_PARTS}
    tables = [
        conduct.slope_table(measured_slopes, list(EMOTIONS), draws).assign(experiment=name)
        for name, measured_slopes in by_experiment.items()
    ]
    files.write_table(pd.concat(tables, ignore_index=True), slopes, layer=layer)
    rows = conduct.conduct_evidence("O05", conduct.PARTS, by_experiment, draws, {}, {})
    rows += conduct.conduct_evidence("O05b", conduct.ACT_PARTS, by_experiment, draws, guards, controls)
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
