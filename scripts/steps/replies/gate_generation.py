"""Gates of the generation readout on one behaviour set, from the labelled replies that a model gave without steering."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import gates
from emotion_vectors.replies import rates
from emotion_vectors.stimuli.experiments import load_experiments


def agreement_of(file: str, name: str) -> rates.Agreement:
    """Agreement of the classes with hand labels, from the facts beside a table of validation."""
    found = files.provenance_of(file)["agreement"][name]
    return rates.Agreement(found["kappa"], *found["kappa_interval"], n=found["replies"])


def main(inputs, output_file: str, *, name: str, limits, bootstraps: int, seed: int):
    table = load_experiments(inputs.experiments, inputs.schema)
    labels, agreement = pd.read_parquet(inputs.labels), agreement_of(inputs.validation, name)
    mirrored = files.provenance_of(inputs.validation).get("mirrored", {})
    found = []
    for experiment in (each for each in table.values() if each.items == name):
        found += rates.generation_gates(
            name,
            experiment.target,
            labels[labels["variant"].isin(experiment.variants)],
            agreement,
            limits,
            bootstraps,
            seed,
        )
        if name in mirrored:
            found.append(rates.mirrored_gate(name, experiment.target, experiment.alternative, mirrored[name], limits))
    # Experiments on one set share what is said of all replies.
    files.write_table(gates.table(found).drop_duplicates("quantity"), output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], name=snakemake.wildcards.behaviour, limits=snakemake.params.limits,
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
