"""Vectors from the same stories with labels permuted within each topic: the null of everything that uses vectors.

Few sets at all layers serve the curves over depth, many at the main layer alone serve percentiles.
"""

import json
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    shuffled: Path,
    *,
    depth: float | None,
    sets: int,
    seed: int,
) -> None:
    """Shuffle at all layers when `depth` is None, else at the layer of that depth only."""
    emotions, measured = tables.load_emotions(norms), story_cells.load_activations(activations)
    bases = emotion_vectors.load_bases(neutral)
    cells = story_cells.cells_of(measured, files.read_table(stories), emotions, bases)
    if depth is not None:
        cells = cells[:, :, [main_layer(cells.shape[2], depth)]]
    vectors = story_cells.shuffled_vectors(cells, sets, seed)
    files.write_tensors({"vectors": vectors}, shuffled, emotions=json.dumps(emotions), **measured.sha256)


if __name__ == "__main__":
    step.run(main, snakemake)
