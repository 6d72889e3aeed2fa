"""Principal components of the emotion vectors against human valence and arousal, by layer (A06, A07, A08)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import emotion_vectors, geometry, geometry_evidence, story_cells
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli import tables


def main(
    vectors: Path,
    shuffled_main: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    scores: Path,
    correlations: Path,
    evidence: Path,
    *,
    depth: float,
    bootstraps: int,
    seed: int,
) -> None:
    story_vectors, emotions = emotion_vectors.load(vectors), tables.load_emotions(norms)
    ratings = tables.load_norms(norms).set_index("emotion").loc[story_vectors.emotions]
    ratings = ratings[["valence_1to9", "arousal_1to9"]].set_axis(["valence", "arousal"], axis=1)
    layers = story_vectors.values.shape[1]
    layer = main_layer(layers, depth)
    files.write_table(geometry.correlations_by_layer(story_vectors.values, ratings), correlations, layer=layer)
    files.write_table(geometry.score_table(story_vectors.at(layer), ratings, layer), scores)

    shuffled = emotion_vectors.load_shuffled(shuffled_main)[:, :, 0]
    rows = geometry_evidence.on_ratings(story_vectors.at(layer), shuffled, ratings, bootstraps, seed)
    measured, labels = story_cells.load_activations(activations), files.read_table(stories)
    cells = story_cells.cells_of(measured, labels, emotions, emotion_vectors.load_bases(neutral))[:, :, layer]
    embeddings = story_cells.arrange(measured.embedding, measured.story_ids, labels, emotions)
    rows.append(geometry_evidence.on_variance(story_vectors.at(layer), shuffled, cells, embeddings))
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
