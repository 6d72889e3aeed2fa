"""Emotion vectors: mean story activation minus the mean over emotions, neutral components projected out (section 1.1 of A)."""

import json

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import emotion_vectors, story_cells
from emotion_vectors.stimuli import tables


def main(activations_file: str, neutral_file: str, stories_file: str, norms_file: str, output_file: str):
    emotions = tables.load_emotions(norms_file)
    activations = story_cells.load_activations(activations_file)
    cells = story_cells.cells_of(
        activations, pd.read_parquet(stories_file), emotions, emotion_vectors.load_bases(neutral_file)
    )
    files.write_tensors(
        {"vectors": emotion_vectors.from_cells(cells), "norms": activations.norms}, output_file,
        emotions=json.dumps(emotions), layer_convention=emotion_vectors.LAYER_CONVENTION, **activations.sha256,
    )  # fmt: skip


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.activations, snakemake.input.neutral, snakemake.input.stories, snakemake.input.norms,
            snakemake.output[0],
        )  # fmt: skip
