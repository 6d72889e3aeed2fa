"""Story activations without what the stories' mean input embeddings predict linearly, as cells (S05)."""

import json

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import emotion_vectors, story_cells, word_baselines
from emotion_vectors.stimuli import tables


def main(activations_file: str, neutral_file: str, stories_file: str, norms_file: str, output_file: str):
    emotions, stories = tables.load_emotions(norms_file), pd.read_parquet(stories_file)
    activations = story_cells.load_activations(activations_file)
    cells = story_cells.cells_of(activations, stories, emotions, emotion_vectors.load_bases(neutral_file))
    embeddings = story_cells.arrange(activations.embedding, activations.story_ids, stories, emotions)
    residual = word_baselines.word_residual_cells(cells, embeddings)
    files.write_tensors({"cells": residual}, output_file, emotions=json.dumps(emotions), **activations.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.activations, snakemake.input.neutral, snakemake.input.stories, snakemake.input.norms,
            snakemake.output[0],
        )  # fmt: skip
