"""Accuracy of story decoding by depth with its interval and null, and the evidence on A01."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.decoding import decoding_evidence, hit_tables
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import story_cells


def main(
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    hits: Path,
    words: Path,
    accuracy: Path,
    evidence: Path,
    *,
    depth: float,
    sets: int,
    shuffles: int,
    bootstraps: int,
    seed: int,
) -> None:
    cells = story_cells.load(activations, neutral, stories, tables.load_emotions(norms))
    layer = main_layer(cells.shape[2], depth)
    null = decoding_evidence.permuted_stories(cells, layer, sets=sets, shuffles=shuffles, seed=seed)
    by_vectors, by_words = files.read_table(hits), files.read_table(words)
    curve = hit_tables.accuracy_curve(pd.concat([by_vectors, by_words], ignore_index=True), bootstraps, seed)
    files.write_table(curve.assign(null_95=curve["layer"].map(null.bands())), accuracy, null_sets=sets)

    judged = hit_tables.hit_table(by_vectors, "vectors", layer)
    baseline = hit_tables.hit_table(by_words, "words", hit_tables.NO_LAYER)
    files.write_table(decoding_evidence.on_stories(judged, baseline, null, bootstraps, seed), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
