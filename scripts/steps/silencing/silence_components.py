"""Emotion scores when the top neurons or heads of a layer are silenced or driven, and random ones (step 7 of W; W04-W06)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states, scores
from emotion_vectors.models.points import HEADS, NEURONS, POINT_OF, POINTS
from emotion_vectors.silencing import handful
from emotion_vectors.silencing.curves import curves_of
from emotion_vectors.statistics.resampling import Draws


def main(
    prompts: Path,
    directions: Path,
    components: Path,
    curves: Path,
    by_layer: Path,
    evidence: Path,
    *,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    scored, draws = scores.load(components), Draws(bootstraps, shuffles, seed)
    states = prompt_states.load(prompts, scored.used, permuted=placebo)
    kinds = [curves_of(kind, states, scored) for kind in (NEURONS, HEADS)]
    tables = [handful.curve_table(kind, scored.emotions, draws) for kind in kinds]
    files.write_table(pd.concat(tables, ignore_index=True), curves)
    tables = [handful.layer_table(kind, scored.emotions) for kind in kinds]
    files.write_table(pd.concat(tables, ignore_index=True), by_layer)
    along = emotion_directions.load(directions).directions[:, POINTS.index(POINT_OF[HEADS])]
    rows = handful.handful_evidence(*kinds, scored, along, states.scenarios, draws)
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
