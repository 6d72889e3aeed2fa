"""Gate of the expression readout, from the prompted replies of a model and the agreement of the judge with hand labels."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct.gates import Agreement
from emotion_vectors.conduct.gates import table as gate_table
from emotion_vectors.expression.gates import expression_gates


def main(
    prompted: Path, validation: Path, gates: Path, *, least_rate: float, least_kappa: float, bootstraps: int, seed: int
) -> None:
    agreement = Agreement.of(files.provenance_of(validation)["agreement"]["six or none"])
    replies = files.read_table(prompted)
    conditions = expression_gates(replies, agreement, least_rate, least_kappa, bootstraps, seed)
    files.write_table(gate_table(conditions), gates)


if __name__ == "__main__":
    step.run(main, snakemake)
