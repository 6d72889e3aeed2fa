"""Clusters of the emotion vectors against the registered families, and cosines of opposite emotions (A09, A09b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.geometry import arrangement, geometry_evidence
from emotion_vectors.models.layers import main_layer
from emotion_vectors.sources import arranged, cluster_evidence, study
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
    families: Path,
    antonyms: Path,
    clusters: Path,
    cosines: Path,
    evidence: Path,
    nonmodels: Path,
    *,
    depth: float,
    starts: int,
    runs: int,
    clusterings: int,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    story_vectors = emotion_vectors.load(vectors)
    emotions, layer = story_vectors.emotions, main_layer(story_vectors.values.shape[1], depth)
    judged, shuffled = story_vectors.at(layer), emotion_vectors.load_shuffled(shuffled_main)[:, :, 0]
    members = tables.load_clusters(families, emotions=emotions)
    family_of = {emotion: family for family, names in members.items() for emotion in names}
    named = [family_of[emotion] for emotion in emotions]
    labels = arrangement.cluster(judged, len(members), starts=starts, seed=seed)
    table = pd.DataFrame({"emotion": emotions, "family": named, "cluster": labels})
    files.write_table(table, clusters, layer=layer)
    files.write_table(arrangement.cosine_table(judged, emotions), cosines, layer=layer)

    grouping = arrangement.Grouping([list(members).index(family) for family in named], runs, seed)
    cells = story_cells.load(activations, neutral, stories, emotions)[:, :, layer]
    opposites = tables.load_antonyms(antonyms, emotions=emotions)
    pairs = [(emotions.index(left), emotions.index(right)) for left, right in opposites]
    rows = [
        geometry_evidence.on_clusters(judged, shuffled, cells, grouping, clusterings),
        geometry_evidence.on_opposites(judged, shuffled, pairs, bootstraps, seed),
    ]

    order = study.load_labels(stories, second_stories, emotions)
    sources = study.gather(study.ReadFiles(activations, neutral), study.ReadFiles(twin, twin_neutral), order, depth)
    of_vectors, of_nonmodels = cluster_evidence.on_clusters_and_antonyms(
        arranged.of_sources(sources, order.topics),
        grouping,
        pairs,
        arranged.SharedDraws.draw(order.topics, len(emotions), Draws(bootstraps, shuffles, seed)),
        clusterings,
    )
    files.write_table(pd.DataFrame(rows + of_vectors), evidence)
    files.write_table(pd.DataFrame(of_nonmodels), nonmodels)


if __name__ == "__main__":
    step.run(main, snakemake)
