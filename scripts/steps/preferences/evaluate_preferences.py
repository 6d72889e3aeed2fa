"""Evidence on preferences: readings beside Elo, Elo under additions, the one against the other over emotions, behind gates (A16-A18)."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions
from emotion_vectors.conduct import gates as readout_gates
from emotion_vectors.preferences import evidence, measurements, tables
from emotion_vectors.preferences.association import AtMain
from emotion_vectors.preferences.evidence import JudgedPreferences
from emotion_vectors.preferences.gates import preference_gates
from emotion_vectors.statistics import random_directions
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.tables import load_norms
from emotion_vectors.vectors import story_cells


def main(
    measured: Path,
    steered: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_main: Path,
    norms: Path,
    gates: Path,
    emotions: Path,
    activities: Path,
    table: Path,
    *,
    depth: float,
    order_bias_nats: float,
    least_elo: Mapping[str, float],
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    preferences, known = measurements.load(measured), directions.load(vectors, shuffled_main, depth)
    conditions = preference_gates(preferences, order_bias_nats, bootstraps, seed)
    shown = readout_gates.table(conditions)
    closed = readout_gates.closed(
        [{str(name): value for name, value in gate.items()} for gate in shown.to_dict("records")]
    )
    cells = story_cells.load(activations, neutral, stories, known.names)
    gaussian = random_directions.gaussian((shuffles, cells.shape[-1]), seed)
    judged = JudgedPreferences(
        AtMain.of(preferences, known.main, float(known.main_norm)),
        StoryDirections.at_main(known, cells, gaussian),
        Draws(bootstraps, shuffles, seed),
        closed,
    )
    valence = load_norms(norms).set_index("emotion")["valence_1to9"][known.names].to_list()
    files.write_table(shown, gates)
    files.write_table(tables.emotion_table(judged), emotions, layer=known.main)
    files.write_table(tables.activity_table(judged), activities, layer=known.main)
    rows = evidence.rows(judged, files.read_table(steered), valence, least_elo)
    files.write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    step.run(main, snakemake)
