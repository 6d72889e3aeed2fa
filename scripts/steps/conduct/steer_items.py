"""Log-odds of a behaviour set under finite strengths of emotion vectors and null directions, main layer (A19-A29)."""

import pandas as pd
from safetensors.torch import load_file
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import doses
from emotion_vectors.engine import prompts
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import language_model, layers
from emotion_vectors.stimuli import situations
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.weights import table as weights


def main(inputs, output_file: str, *, row, name: str, depth, doses_of, batch_tokens, seed):
    table = load_experiments(inputs.experiments, inputs.schema)
    experiments = [experiment for experiment in table.values() if experiment.items == name]
    story_vectors = emotion_vectors.load(inputs.vectors)
    layer = layers.main_layer(story_vectors.values.shape[1], depth)
    named = sorted({emotion for experiment in experiments for emotion in experiment.emotions})
    nulls = doses.null_directions(
        load_file(inputs.shuffled_main)["vectors"][:, :, 0], doses_of["nulls_of_each_kind"], seed
    )
    directions = dict(zip(named, story_vectors.of(named)[:, layer], strict=True))
    for kind in nulls.values():
        directions |= kind
    planned = doses.conditions(experiments, {kind: list(each) for kind, each in nulls.items()}, doses_of["strengths"])
    added = doses.additions(planned, directions, story_vectors.norms[layer])

    items = doses.dosed_items(situations.load_items(inputs.situations), experiments, doses_of["dosed_situations"])
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    packed = [prompts.encode(model, item) for item in items]
    pairs = situations.contrasts_of(experiments)
    tables = []
    for item, text in zip(items, tqdm(packed, desc=f"{model.name} {name}", unit="item", mininterval=5), strict=True):
        changes = doses.respond_to_doses(model, item, text, experiments, layer, added, batch_tokens)
        for experiment in experiments:
            column = changes[:, pairs.index((experiment.target, experiment.alternative))]
            facts = {"experiment": experiment.name, "scenario": item.scenario, "variant": item.variant}
            tables.append(planned.assign(**facts, delta_logodds_nats=column.numpy()))
    files.write_table(pd.concat(tables, ignore_index=True), output_file, layer=layer)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0],
            row=weights.read_model(snakemake.input.models, snakemake.wildcards.model), name=snakemake.wildcards.behaviour,
            depth=snakemake.params.depth, doses_of=snakemake.params.doses, batch_tokens=snakemake.params.batch_tokens,
            seed=snakemake.params.seed,
        )  # fmt: skip
