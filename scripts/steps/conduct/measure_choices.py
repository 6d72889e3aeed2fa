"""Choice readout of one behaviour set: comprehension first and, where its gate is passed, choices and their slopes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import choices, directions, doses, gates, slopes
from emotion_vectors.conduct.gates import GateLimits
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import experiments, situations


def main(
    scenarios: Path,
    weights: Path,
    vectors: Path,
    shuffled_main: Path,
    answers: Path,
    effects: Path,
    comprehension: Path,
    *,
    behaviour: str,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    depth: float,
    limits: GateLimits,
    nulls: int,
    bootstraps: int,
    seed: int,
) -> None:
    chosen = doses.some_situations(situations.load_items(scenarios), limits.situations)
    model = language_model.load(weights, **row)
    known = directions.load(vectors, shuffled_main, depth)
    gaussian = known.gaussian(nulls, seed)
    answered = [choices.ask_all(model, chosen)]
    conditions = gates.choice_gates(behaviour, answered[0], limits, bootstraps, seed)
    slopes_of = [pd.DataFrame(columns=[*slopes.EFFECT_COLUMNS, "experiment"])]
    if gates.passed(conditions):
        slopes_of = []
        for experiment in experiments.of_rows(rows):
            asked = situations.of_experiment(chosen, experiment)
            preferences, gradients = choices.act_on_all(model, experiment, asked, known.main)
            answered.append(preferences)
            slopes_of_choices = slopes.effects(known, gaussian, gradients, bootstraps, seed)
            slopes_of.append(slopes_of_choices.assign(experiment=experiment.name))
    files.write_table(pd.concat(answered, ignore_index=True), answers, layer=known.main)
    files.write_table(gates.table(conditions), comprehension)
    files.write_table(pd.concat(slopes_of, ignore_index=True), effects)


if __name__ == "__main__":
    step.run(main, snakemake)
