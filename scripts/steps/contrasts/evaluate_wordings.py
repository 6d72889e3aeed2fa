"""Directions of one wording of the orders, tested under three others and beside voices without emotion (W01b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.contrasts import wordings
from emotion_vectors.models.points import MLP
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import load_orders


def main(
    fit: Path,
    worded: Path,
    directions: Path,
    orders: Path,
    accuracy: Path,
    evidence: Path,
    *,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    draws, used = Draws(bootstraps, shuffles, seed), emotion_directions.load(directions).used
    fitted = prompt_states.load(fit, used, permuted=placebo)
    tested, known = wordings.worded_states(prompt_states.load(worded), MLP), load_orders(orders)
    curves = wordings.wording_curves(fitted.streams(MLP), tested, known, draws)
    files.write_table(wordings.wording_table(curves, draws), accuracy)
    rows = wordings.wording_rows(curves, len(fitted.emotions), wordings.besides(tested, known), draws)
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
