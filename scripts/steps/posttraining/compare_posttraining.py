"""Evidence on what tuning shifts: readings of a model before the reply minus those of its base, on two sets of prompts (A30)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.evidence import mark_missing
from emotion_vectors.conduct import directions
from emotion_vectors.posttraining import evidence, shifts
from emotion_vectors.statistics.resampling import Draws


def main(
    states: list[Path],
    vectors: list[Path],
    shuffled_main: list[Path],
    emotions: Path,
    table: Path,
    *,
    model: str,
    base: str,
    pairs: list[tuple[str, str]],
    depth: float,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    if not states:
        files.write_table(pd.DataFrame(columns=evidence.COLUMNS), emotions)
        files.write_table(mark_missing(pd.DataFrame(evidence.untested(model, base, pairs))), table)
        return
    known = [directions.load(*of_model, depth) for of_model in zip(vectors, shuffled_main, strict=True)]
    pair = shifts.TunedPair.of(model, base, [shifts.load(file) for file in states], known)
    measured = evidence.Shifted(pair, Draws(bootstraps, shuffles, seed))
    files.write_table(evidence.emotion_shifts(measured), emotions, layer=known[0].main)
    files.write_table(pd.DataFrame(evidence.rows(measured)), table)


if __name__ == "__main__":
    step.run(main, snakemake)
