"""Gates of every readout of one model: what was measured without steering, beside the limit it must keep."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import gates, responses
from emotion_vectors.stimuli.experiments import Experiment, load_experiments


def unsteered(measured: responses.Responses, experiments: list[Experiment]) -> dict:
    """Log-odds of the experiments on one set without steering, averaged over variants: [situation] by contrast."""
    found = {}
    for experiment in experiments:
        odds = measured.log_odds[measured.rows(experiment), measured.column(experiment)]
        by_situation = odds.reshape(-1, len(experiment.variants) or 1).mean(1)
        found[f"{experiment.target} against {experiment.alternative}"] = by_situation.double().numpy()
    return found


def beside(file: str) -> list[gates.Gate]:
    """Agreement of a judge of replies that labels nothing in this study: shown among the gates, closing none."""
    quantity = "the same agreement of the encoder, which labels nothing here, kappa"
    return [
        gates.Gate(
            name, gates.GENERATION, quantity, facts["kappa"], *facts["kappa_interval"], n=facts["replies"],
            of="hand-labelled replies", limit="none", passed=True,
        )
        for name, facts in files.provenance_of(file)["agreement"].items()
    ]  # fmt: skip


def main(inputs, output_file: str, *, sets: list[str], limits, bootstraps: int, seed: int):
    table = load_experiments(inputs.experiments, inputs.schema)
    likelihood = []
    for name, file in zip(sets, inputs.responses, strict=True):
        experiments = [each for each in table.values() if each.items == name]
        found = unsteered(responses.load(file), experiments)
        likelihood += gates.likelihood_gates(name, found, limits, bootstraps, seed)
    tables = [gates.table(likelihood), *map(pd.read_parquet, [*inputs.choices, *inputs.generation, inputs.expression])]
    tables += [gates.table(beside(file)) for file in inputs.beside]
    files.write_table(pd.concat(tables, ignore_index=True), output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], sets=snakemake.params.sets, limits=snakemake.params.limits,
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
