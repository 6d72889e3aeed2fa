"""Choice readout of one behaviour set: comprehension first and, where its gate is passed, choices and their slopes."""

import pandas as pd
import torch
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import choices, doses, gates, slopes
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import situations
from emotion_vectors.stimuli.experiments import Experiment, load_experiments
from emotion_vectors.weights import table as weights

COMPREHENSION = "comprehension"
ANSWERS = ["experiment", "scenario", "variant", "log_odds_nats", "order_bias_nats"]


def ask(model, items: list[situations.Item]) -> pd.DataFrame:
    """Preference for the right answer to every question about the prompts, and leaning to the first letter."""
    rows = []
    for item in tqdm(items, desc=f"{model.name} questions", unit="item", mininterval=5):
        for question in item.comprehension:
            found = choices.comprehend(model, item, question)
            rows.append((COMPREHENSION, item.scenario, item.variant, found.log_odds, found.order_bias))
    return pd.DataFrame(rows, columns=ANSWERS)


def act(model, experiment: Experiment, items: list[situations.Item], layer: int):
    """Preference for the target side of an experiment: table of answers, and gradients [scenario, variant, d_model]."""
    rows, gradients = [], []
    for item in tqdm(items, desc=f"{model.name} {experiment.name}", unit="item", mininterval=5):
        found = choices.act(model, item, experiment.target, experiment.alternative, [layer])
        rows.append((experiment.name, item.scenario, item.variant, found.log_odds, found.order_bias))
        gradients.append(found.gradients[0])
    stacked = torch.stack(gradients).reshape(-1, len(experiment.variants) or 1, model.width)
    return pd.DataFrame(rows, columns=ANSWERS), stacked


def main(inputs, outputs, *, row, name: str, depth: float, limits, statistics, seed: int):
    table = load_experiments(inputs.experiments, inputs.schema)
    items = doses.some_situations(situations.load_items(inputs.situations), limits["situations"])
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    directions = slopes.load_directions(inputs, depth, statistics["shuffles"], seed)
    # Questions are about what all variants share, so one variant is asked.
    answers = [ask(model, [item for item in items if item.variant == items[0].variant])]
    found = gates.choice_gates(name, answers[0], limits, statistics["bootstraps"], seed)
    effects = []
    if gates.passed(found):
        for experiment in (each for each in table.values() if each.items == name):
            chosen, gradients = act(model, experiment, situations.of_experiment(items, experiment), directions.main)
            answers.append(chosen)
            effect = directions.effects(gradients, statistics["bootstraps"], seed)
            effects.append(effect.assign(experiment=experiment.name))
    files.write_table(pd.concat(answers, ignore_index=True), outputs.answers, layer=directions.main)
    files.write_table(gates.table(found), outputs.gates)
    columns = [*slopes.EFFECT_COLUMNS, "experiment"]
    empty = pd.DataFrame(columns=columns)
    files.write_table(pd.concat(effects, ignore_index=True) if effects else empty, outputs.effects)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output,
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), name=snakemake.wildcards.behaviour,
            depth=snakemake.params.depth, limits=snakemake.params.limits, statistics=snakemake.params.statistics,
            seed=snakemake.params.seed,
        )  # fmt: skip
