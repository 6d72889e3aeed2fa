"""Vectors of the same stories under other choices, corpora side by side, and activations without what words predict (S05)."""

import json
from collections.abc import Sequence
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.decoding import word_baselines
from emotion_vectors.geometry import arrangement
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    variants: Path,
    comparison: Path,
    residual: Path,
    *,
    corpora: Sequence[str],
) -> None:
    emotions, labels = tables.load_emotions(norms), files.read_table(stories)
    measured, bases = story_cells.load_activations(activations), emotion_vectors.load_bases(neutral)
    facts = {"emotions": json.dumps(emotions), **measured.sha256}
    vectors = story_cells.variants(measured, labels, emotions, bases)
    files.write_tensors(vectors, variants, **facts)
    files.write_table(arrangement.compare_variants(vectors, corpora), comparison)
    cells = story_cells.cells_of(measured, labels, emotions, bases)
    embeddings = story_cells.arrange(measured.embedding, measured.story_ids, labels, emotions)
    files.write_tensors({"cells": word_baselines.word_residual_cells(cells, embeddings)}, residual, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
