"""Logit lens: own-family tokens in the unembedded vectors, by layer, and the evidence on A03 and A03b."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import lens
from emotion_vectors.models import language_model
from emotion_vectors.models.layers import main_layer
from emotion_vectors.sources import lens_evidence, study
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    weights: Path,
    families: Path,
    vectors: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    second_stories: Path,
    shuffled_all: Path,
    shuffled_main: Path,
    auc: Path,
    words: Path,
    evidence: Path,
    *,
    row: Mapping[str, str],
    depth: float,
    bootstraps: int,
    seed: int,
) -> None:
    model, story_vectors = language_model.load(weights, **row), emotion_vectors.load(vectors)
    emotions, layer = story_vectors.emotions, main_layer(model.layers, depth)
    reader = lens.family_lens(model, tables.load_families(families, emotions=emotions), emotions)
    table = lens.auc_by_layer(reader, story_vectors, emotion_vectors.load_shuffled(shuffled_all))
    files.write_table(table, auc, model_sha256=model.sha256)
    files.write_table(lens.top_words(model, story_vectors.at(layer), emotions), words, layer=layer)
    shuffled = emotion_vectors.load_shuffled(shuffled_main)[:, :, 0]
    judged = lens.evidence_on_families(reader, story_vectors.at(layer), shuffled, bootstraps, seed)
    cells = story_cells.load(activations, neutral, stories, emotions)[:, :, layer]
    second = study.load_second_cells(activations, neutral, second_stories, emotions)
    inputs = lens_evidence.LensInputs(cells, None if second is None else second[:, :, layer])
    later = lens_evidence.on_first_tokens(reader, inputs, bootstraps, seed)
    files.write_table(pd.DataFrame([judged, later]), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
