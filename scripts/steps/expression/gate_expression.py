"""Gates of expression: prompted replies and the judge, and whether the likelihood of written replies follows the order."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct.gates import Agreement
from emotion_vectors.conduct.gates import table as gate_table
from emotion_vectors.expression import likelihood
from emotion_vectors.expression.gates import expression_gates, order_gates


def main(
    prompted: Path,
    validation: Path,
    readings: Path,
    gates: Path,
    orders: Path,
    *,
    least_rate: float,
    least_kappa: float,
    least_nats: float,
    least_share: float,
    bootstraps: int,
    seed: int,
) -> None:
    agreement = Agreement.of(files.provenance_of(validation)["agreement"]["six or none"])
    replies = files.read_table(prompted)
    conditions = expression_gates(replies, agreement, least_rate, least_kappa, bootstraps, seed)
    followed = order_gates(likelihood.load(readings), least_nats, least_share, bootstraps, seed)
    files.write_table(gate_table(conditions), gates)
    files.write_table(gate_table([*conditions, *followed]), orders)


if __name__ == "__main__":
    step.run(main, snakemake)
