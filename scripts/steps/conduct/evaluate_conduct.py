"""Evidence on every claim about conduct: slopes confirmed at finite strengths, curvature, readings, pressure (A21-A24, A27-A29, S04)."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.conduct import evidence, responses
from emotion_vectors.conduct.slopes import load_directions
from emotion_vectors.stimuli.experiments import load_experiments


def main(inputs, evidence_file: str, *, sets, depth, statistics, guard_nats, seed):
    registered, effects = judging.load(inputs.claims, inputs.claim_schema), pd.read_parquet(inputs.effects)
    found = evidence.Evidence(
        experiments=load_experiments(inputs.experiments, inputs.schema),
        effects=effects,
        changes=pd.concat([pd.read_parquet(file) for file in inputs.steered], ignore_index=True),
        costs=pd.read_parquet(inputs.coherence),
        responses={name: responses.load(file) for name, file in zip(sets, inputs.responses, strict=True)},
        directions=load_directions(inputs, depth, statistics["shuffles"], seed),
        percentiles=evidence.holm_percentiles(registered, effects),
        guard_nats=guard_nats,
        bootstraps=statistics["bootstraps"],
        flips=statistics["shuffles"],
        seed=seed,
    )
    rows = []
    for claim, part, by in evidence.measured_parts(registered):
        effect, unconfirmed = evidence.measure(found, by)
        texts = {"guard": evidence.guard_of(found, by), "beside": evidence.beside(found, by)}
        rows.append(judging.evidence(claim, part, effect, unconfirmed=unconfirmed, **texts))
    files.write_table(pd.DataFrame(rows), evidence_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], sets=snakemake.params.sets, depth=snakemake.params.depth,
            statistics=snakemake.params.statistics, guard_nats=snakemake.params.guard_nats, seed=snakemake.params.seed,
        )  # fmt: skip
