"""Three heads, and three neurons of a layer, made to write an emotion on prompts whose labels are permuted (W04b, W05b)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.claims import registry
from emotion_vectors.contrasts import few_evidence, labellings, survey
from emotion_vectors.controls.writers import PlantedPrompts
from emotion_vectors.models import language_model
from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.models.sublayers import check_sublayers


def main(
    claims: list[Path],
    claim_schema: Path,
    prompts: Path,
    directions: Path,
    weights: Path,
    planted: Path,
    *,
    row: Mapping[str, str],
    sizes: list[float],
    draws: int,
    resamples: int,
    seed: int,
) -> None:
    registered = registry.load(claims, claim_schema)
    states = prompt_states.load(prompts, emotion_directions.load(directions).used)
    model = language_model.load(weights, **row)
    check_sublayers(model)
    sets = labellings.labellings(states.scenarios, len(states.emotions), resamples, resamples, seed)
    judged = few_evidence.Judged(sets, len(set(states.scenarios)), seed)
    heads = [survey.states_of(model, states, HEADS, layer) for layer in range(model.layers)]
    of_heads = PlantedPrompts(HEADS, heads, states.emotions, judged)
    rows = []
    for draw in range(draws):
        layer = int(np.random.default_rng([seed, draw]).integers(model.layers))
        neurons = survey.states_of(model, states, NEURONS, layer)
        for known in (of_heads, PlantedPrompts(NEURONS, [neurons], states.emotions, judged)):
            rows += known.sown_and_judged(registered, sizes, draw, seed)
    files.write_table(pd.DataFrame(rows), planted)


if __name__ == "__main__":
    step.run(main, snakemake)
