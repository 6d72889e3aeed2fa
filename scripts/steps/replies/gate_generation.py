"""Gates of the generation readout on one behaviour set, from the labelled replies that a model gave without steering."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import gates
from emotion_vectors.conduct.gates import Agreement, Gate, GateLimits
from emotion_vectors.stimuli import experiments


def main(
    labels: Path,
    validation: Path,
    table: Path,
    *,
    behaviour: str,
    rows: list[Mapping[str, Any]],
    limits: GateLimits,
    bootstraps: int,
    seed: int,
) -> None:
    replies, facts = files.read_table(labels), files.provenance_of(validation)
    agreement, mirrored = Agreement.of(facts["agreement"][behaviour]), facts.get("mirrored", {})
    conditions: list[Gate] = []
    for experiment in experiments.of_rows(rows):
        in_variants = replies[replies["variant"].isin(experiment.variants)]
        conditions += gates.generation_gates(experiment, in_variants, agreement, limits, bootstraps, seed)
        if behaviour in mirrored:
            conditions.append(gates.mirrored_gate(experiment, mirrored[behaviour], limits))
    # Experiments on one set share what is said of all replies.
    files.write_table(gates.table(conditions).drop_duplicates("quantity"), table)


if __name__ == "__main__":
    step.run(main, snakemake)
