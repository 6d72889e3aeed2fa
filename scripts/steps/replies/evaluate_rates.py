"""Evidence on every part of a claim that asks for a rate in sampled replies (A19, A20, A25, A26), or the gate that stopped it."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.artefacts.files import write_table
from emotion_vectors.claims import judging
from emotion_vectors.replies import rates
from emotion_vectors.stimuli.experiments import load_experiments


def evidence(
    claim: str, part: str, asked: rates.Asked, experiment, labels, closed: str, bootstraps: int, seed: int
) -> dict:
    """One row: the difference where the gate was passed, else what the gate measured."""
    if closed:
        return judging.untested(claim, part, closed)
    return judging.evidence(claim, part, rates.difference(labels, experiment.target, asked, bootstraps, seed))


def main(inputs, evidence_file: str, *, sets: list[str], bootstraps: int, seed: int):
    registered = judging.load(inputs.claims, inputs.claim_schema)
    experiments = load_experiments(inputs.experiments, inputs.schema)
    gates = {name: pd.read_parquet(file) for name, file in zip(sets, inputs.gates, strict=True)}
    labels = {
        name: pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
        for name, *files in zip(sets, inputs.unsteered, inputs.steered, strict=True)
    }
    rows = []
    for claim, part, asked in rates.asked_parts(registered):
        experiment = experiments[asked.experiment]
        closed = rates.closed(gates[experiment.items].to_dict("records"))
        rows.append(evidence(claim, part, asked, experiment, labels[experiment.items], closed, bootstraps, seed))
    write_table(judging.mark_missing(pd.DataFrame(rows)), evidence_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], sets=snakemake.params.sets, bootstraps=snakemake.params.bootstraps,
            seed=snakemake.params.seed,
        )  # fmt: skip
