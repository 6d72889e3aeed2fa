"""Evidence on what removed and clamped emotion subspaces cost, explain and protect from (S01-S03, S06)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.evidence import mark_missing
from emotion_vectors.removal import cost_evidence, framing_evidence, gate, pressure_evidence
from emotion_vectors.statistics.resampling import Draws


def main(
    falls: Path,
    answers: Path,
    first_order: Path,
    framed: Path,
    nulls: Path,
    clamped: Path,
    evidence_on_acts: Path,
    table: Path,
    *,
    accuracy: list[float],
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    draws = Draws(bootstraps, shuffles, seed)
    costs = cost_evidence.Costs(*(files.read_table(file) for file in (falls, answers, first_order)))
    asked = framing_evidence.Framed(files.read_table(framed), files.read_table(nulls))
    reasons = pressure_evidence.without_effect(files.read_table(evidence_on_acts))
    rows = cost_evidence.cost_rows(costs, accuracy, draws)
    rows += framing_evidence.framing_rows(asked, gate.closed(costs.answers, accuracy, draws), draws)
    rows += pressure_evidence.pressure_rows(files.read_table(clamped), reasons, costs, draws)
    files.write_table(mark_missing(pd.DataFrame(rows)), table)


if __name__ == "__main__":
    step.run(main, snakemake)
