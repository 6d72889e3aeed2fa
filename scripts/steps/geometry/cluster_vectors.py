"""Clusters of the emotion vectors against the registered families, and cosines of opposite emotions (A09)."""

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
    families: Path,
    antonyms: Path,
    clusters: Path,
    cosines: Path,
    evidence: Path,
    *,
    depth: float,
    starts: int,
    runs: int,
    clusterings: int,
    bootstraps: int,
    seed: int,
) -> None:
    story_vectors = emotion_vectors.load(vectors)
    emotions, layer = story_vectors.emotions, main_layer(story_vectors.values.shape[1], depth)
    judged, shuffled = story_vectors.at(layer), emotion_vectors.load_shuffled(shuffled_main)[:, :, 0]
    members = tables.load_clusters(families, emotions=emotions)
    family_of = {emotion: family for family, names in members.items() for emotion in names}
    named = [family_of[emotion] for emotion in emotions]
    labels = geometry.cluster(judged, len(members), starts=starts, seed=seed)
    table = pd.DataFrame({"emotion": emotions, "family": named, "cluster": labels})
    files.write_table(table, clusters, layer=layer)
    files.write_table(geometry.cosine_table(judged, emotions), cosines, layer=layer)

    grouping = geometry.Grouping([list(members).index(family) for family in named], runs, seed)
    cells = story_cells.load(activations, neutral, stories, emotions)[:, :, layer]
    opposites = tables.load_antonyms(antonyms, emotions=emotions)
    pairs = [(emotions.index(left), emotions.index(right)) for left, right in opposites]
    rows = [
        geometry_evidence.on_clusters(judged, shuffled, cells, grouping, clusterings),
        geometry_evidence.on_opposites(judged, shuffled, pairs, bootstraps, seed),
    ]
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
