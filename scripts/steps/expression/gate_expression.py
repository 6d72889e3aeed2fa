"""Gate of the expression readout, from the prompted replies of a model and the agreement of the judge with hand labels."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import gates
from emotion_vectors.expression import gates as expression_gates


def main(inputs, output_file: str, *, least_rate: float, least_kappa: float, bootstraps: int, seed: int):
    found = files.provenance_of(inputs.validation)["agreement"]["six or none"]
    agreement = gates.Agreement.of(found)
    table = gates.table(
        expression_gates.expression_gates(
            pd.read_parquet(inputs.prompted), agreement, least_rate, least_kappa, bootstraps, seed
        )
    )
    files.write_table(table, output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], least_rate=snakemake.params.least_rate,
            least_kappa=snakemake.params.least_kappa, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
