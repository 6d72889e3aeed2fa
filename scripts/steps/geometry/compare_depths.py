"""Similarity of the emotion structure between depths, from different stories on the two sides (A10)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import geometry, geometry_evidence, story_cells
from emotion_vectors.models.layers import from_depth
from emotion_vectors.stimuli import tables


def main(
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    twin: Path,
    twin_neutral: Path,
    similarity: Path,
    evidence: Path,
    *,
    resamples: int,
    seed: int,
) -> None:
    emotions = tables.load_emotions(norms)
    cells = story_cells.load(activations, neutral, stories, emotions)
    of_twin = story_cells.load(twin, twin_neutral, stories, emotions)
    matrix = geometry.similarity_of_halves(cells)
    raw, reliability = geometry.stability(matrix, from_depth(len(matrix), geometry_evidence.HALF))
    table = pd.DataFrame(matrix).rename_axis("left_layer").reset_index()
    table = table.melt("left_layer", var_name="right_layer", value_name="r")
    files.write_table(table, similarity, raw_similarity=raw, reliability=reliability)
    row = geometry_evidence.on_depth(cells, of_twin, resamples, seed)
    files.write_table(pd.DataFrame([row]), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
