"""Similarity of the emotion structure between depths, from different stories on the two sides (A10, A10b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.geometry import arrangement, geometry_evidence
from emotion_vectors.models.layers import from_depth
from emotion_vectors.sources import depth_evidence, study
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import story_cells


def main(
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    twin: Path,
    twin_neutral: Path,
    second_stories: Path,
    similarity: Path,
    evidence: Path,
    *,
    resamples: int,
    seed: int,
) -> None:
    emotions = tables.load_emotions(norms)
    cells = story_cells.load(activations, neutral, stories, emotions)
    of_twin = story_cells.load(twin, twin_neutral, stories, emotions)
    matrix = arrangement.similarity_of_halves(cells)
    raw, reliability = arrangement.stability(matrix, from_depth(len(matrix), geometry_evidence.HALF))
    table = pd.DataFrame(matrix).rename_axis("left_layer").reset_index()
    table = table.melt("left_layer", var_name="right_layer", value_name="r")
    files.write_table(table, similarity, raw_similarity=raw, reliability=reliability)
    second = study.load_second_cells(activations, neutral, second_stories, emotions)
    rows = [
        geometry_evidence.on_depth(cells, of_twin, resamples, seed),
        *depth_evidence.on_depth_contrasts(cells, of_twin, second, resamples, seed),
    ]
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
