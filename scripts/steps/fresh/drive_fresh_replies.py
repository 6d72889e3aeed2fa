"""Own replies to fresh events under orders, under steering and through circuits, in both at the same dose (W08b)."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.expression import likelihood
from emotion_vectors.fresh import arm_evidence
from emotion_vectors.fresh import arms as fresh_arms
from emotion_vectors.models import language_model, layers
from emotion_vectors.statistics.resampling import Draws


def main(
    events: Path,
    readings: Path,
    directions: Path,
    circuits: Path,
    weights: Path,
    arms: Path,
    changes: Path,
    evidence: Path,
    *,
    row: Mapping[str, str],
    scenarios: int,
    depth: float,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    asked, replies = likelihood.load_fresh(events, scenarios)
    model = language_model.load(weights, **row)
    known, parts = emotion_directions.load(directions), files.read_json(circuits)["circuits"]
    acting = fresh_arms.arms_of(model, known, parts)
    bar = tqdm(asked, desc=f"{model.name} fresh arms", unit="event", mininterval=5)
    measured = fresh_arms.measure(model, bar, replies, acting, layers.main_layer(model.layers, depth))
    by_arm = arm_evidence.changes(measured, likelihood.load(readings))
    files.write_table(measured, arms, model_sha256=model.sha256)
    draws = Draws(bootstraps, shuffles, seed)
    files.write_table(arm_evidence.change_table(by_arm, draws), changes)
    rows = arm_evidence.evidence(by_arm, measured, draws)
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
