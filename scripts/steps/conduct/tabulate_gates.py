"""Gates of every readout of one model: what was measured without steering, and the limit that it must keep."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import gates, responses
from emotion_vectors.conduct.gates import Agreement, Gate, GateLimits
from emotion_vectors.stimuli.experiments import load_experiments

SHOWN = "the same agreement of the encoder, which labels nothing here, kappa"
"""Agreement of a judge that labels no reply of the study: a gate that closes nothing."""


def main(
    experiments: Path,
    schema: Path,
    measured: list[Path],
    choices: list[Path],
    generation: list[Path],
    expression: Path,
    shown: list[Path],
    table: Path,
    *,
    limits: GateLimits,
    bootstraps: int,
    seed: int,
) -> None:
    rows = load_experiments(experiments, schema).values()
    likelihood: list[Gate] = []
    for file in measured:
        of_set = responses.load(file)
        odds = {
            f"{row.target} against {row.alternative}": of_set.by_situation(row)
            for row in rows
            if row.items == file.stem
        }
        likelihood += gates.likelihood_gates(file.stem, odds, limits, bootstraps, seed)
    closing_nothing = [
        gates.agreement_gate(name, SHOWN, Agreement.of(facts), None)
        for file in shown
        for name, facts in files.provenance_of(file)["agreement"].items()
    ]
    tables = [gates.table(likelihood), *map(files.read_table, [*choices, *generation, expression])]
    tables += [gates.table(closing_nothing)] if closing_nothing else []
    files.write_table(pd.concat(tables, ignore_index=True), table)


if __name__ == "__main__":
    step.run(main, snakemake)
