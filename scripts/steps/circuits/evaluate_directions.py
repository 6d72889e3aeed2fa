"""Do six emotions have directions of their own, whatever the situation, from 40 % of depth on; which lie close? (W01, W10)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, pair_cosines, prompt_states, separation
from emotion_vectors.models.points import MLP, POINTS
from emotion_vectors.statistics.resampling import Draws


def main(
    fit: Path,
    held_out: Path,
    directions: Path,
    accuracy: Path,
    cosines: Path,
    evidence: Path,
    *,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    draws, used = Draws(bootstraps, shuffles, seed), emotion_directions.load(directions).used
    fitted = prompt_states.load(fit, used, permuted=placebo)
    tested = prompt_states.load(held_out, permuted=placebo)
    separated = separation.separate(fitted, tested, draws)
    files.write_table(separated.table(draws), accuracy)
    curves = {point: pair_cosines.cosine_curves(fitted.streams(point), fitted.scenarios, draws) for point in POINTS}
    tables = [curve.table(fitted.emotions).assign(point=point) for point, curve in curves.items()]
    files.write_table(pd.concat(tables, ignore_index=True), cosines)
    scenarios = len(set(fitted.scenarios))
    rows = [
        *separated.evidence(len(fitted.emotions), draws),
        *pair_cosines.cosine_evidence(curves[MLP], fitted.emotions, scenarios),
    ]
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
