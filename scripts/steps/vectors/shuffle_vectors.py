"""Vectors from the same stories with labels permuted within each topic: the null of everything that uses vectors.

Few sets at all layers serve the curves over depth, many at the main layer alone serve percentiles.
"""

import json

import numpy as np
import pandas as pd
import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import emotion_vectors, story_cells
from emotion_vectors.models import layers
from emotion_vectors.statistics import permutation
from emotion_vectors.stimuli import tables


def main(
    activations_file: str,
    neutral_file: str,
    stories_file: str,
    norms_file: str,
    output_file: str,
    *,
    depth,
    sets,
    seed,
):
    """Shuffle at all layers when `depth` is None, else at the layer of that depth only."""
    emotions = tables.load_emotions(norms_file)
    activations = story_cells.load_activations(activations_file)
    cells = story_cells.cells_of(
        activations, pd.read_parquet(stories_file), emotions, emotion_vectors.load_bases(neutral_file)
    )
    if depth is not None:
        cells = cells[:, :, [layers.main_layer(cells.shape[2], depth)]]
    generator = np.random.default_rng(seed)
    shuffled = torch.stack(
        [emotion_vectors.from_cells(permutation.shuffle_labels(cells, generator)) for _ in range(sets)]
    )
    files.write_tensors({"vectors": shuffled}, output_file, emotions=json.dumps(emotions), **activations.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.activations, snakemake.input.neutral, snakemake.input.stories, snakemake.input.norms,
            snakemake.output[0], depth=snakemake.params.depth, sets=snakemake.params.sets, seed=snakemake.params.seed,
        )  # fmt: skip
