"""Elo of activities when emotion vectors and null directions are added on their words, main layer (A17)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.acts import finite
from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions
from emotion_vectors.conduct.doses import Doses
from emotion_vectors.models import language_model
from emotion_vectors.preferences import measurements, steering
from emotion_vectors.preferences.steering import FiniteAdditions
from emotion_vectors.statistics import random_directions
from emotion_vectors.vectors import story_cells


def main(
    measured: Path,
    weights: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_main: Path,
    steered: Path,
    *,
    row: Mapping[str, Any],
    depth: float,
    chosen: FiniteAdditions,
    batch_tokens: int,
    seed: int,
) -> None:
    known, preferences = directions.load(vectors, shuffled_main, depth), measurements.load(measured)
    cells = story_cells.load(activations, neutral, stories, known.names)
    gaussian = random_directions.gaussian((chosen.nulls_of_each_kind, cells.shape[-1]), seed)
    at_main = StoryDirections.at_main(known, cells, gaussian)
    nulls = finite.some_nulls(at_main, chosen.nulls_of_each_kind, seed)
    planned = steering.plan({kind: list(of_kind) for kind, of_kind in nulls.items()}, chosen.strengths)
    added = Doses(known.main, finite.additions(planned, at_main, nulls), batch_tokens)
    asked = steering.tasks(preferences, chosen.steered_activities, chosen.steered_rounds)
    model = language_model.load(weights, **row)
    changes = steering.steer(model, preferences.activities, asked, added)
    names = [activity.name for activity in preferences.activities]
    files.write_table(steering.by_activity(planned, asked, changes, names), steered, layer=known.main)


if __name__ == "__main__":
    step.run(main, snakemake)
