"""Principal components of the emotion vectors against human valence and arousal, by layer (A06-A08, A06b-A08b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.geometry import arrangement, geometry_evidence
from emotion_vectors.models.layers import main_layer
from emotion_vectors.sources import arranged, component_evidence, study
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    vectors: Path,
    shuffled_main: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    second_stories: Path,
    twin: Path,
    twin_neutral: Path,
    norms: Path,
    scores: Path,
    correlations: Path,
    evidence: Path,
    nonmodels: Path,
    *,
    depth: float,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    story_vectors, emotions = emotion_vectors.load(vectors), tables.load_emotions(norms)
    ratings = tables.load_norms(norms).set_index("emotion").loc[story_vectors.emotions]
    ratings = ratings[["valence_1to9", "arousal_1to9"]].set_axis(["valence", "arousal"], axis=1)
    layers = story_vectors.values.shape[1]
    layer = main_layer(layers, depth)
    files.write_table(arrangement.correlations_by_layer(story_vectors.values, ratings), correlations, layer=layer)
    files.write_table(arrangement.score_table(story_vectors.at(layer), ratings, layer), scores)

    shuffled = emotion_vectors.load_shuffled(shuffled_main)[:, :, 0]
    rows = geometry_evidence.on_ratings(story_vectors.at(layer), shuffled, ratings, bootstraps, seed)
    measured, labels = story_cells.load_activations(activations), files.read_table(stories)
    cells = story_cells.cells_of(measured, labels, emotions, emotion_vectors.load_bases(neutral))[:, :, layer]
    embeddings = story_cells.arrange(measured.embedding, measured.story_ids, labels, emotions)
    rows.append(geometry_evidence.on_variance(story_vectors.at(layer), shuffled, cells, embeddings))

    order = study.load_labels(stories, second_stories, emotions)
    sources = study.gather(study.ReadFiles(activations, neutral), study.ReadFiles(twin, twin_neutral), order, depth)
    of_vectors, of_nonmodels = component_evidence.on_components(
        arranged.of_sources(sources, order.topics),
        arranged.without_words_and_style(sources, order.topics),
        ratings,
        arranged.SharedDraws.draw(order.topics, len(emotions), Draws(bootstraps, shuffles, seed)),
    )
    files.write_table(pd.DataFrame(rows + of_vectors), evidence)
    files.write_table(pd.DataFrame(of_nonmodels), nonmodels)


if __name__ == "__main__":
    step.run(main, snakemake)
