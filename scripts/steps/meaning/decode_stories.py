"""Top-1 hits of emotion vectors on stories of topics that took no part in them, at every layer (A01, S05)."""

import pandas as pd
import torch
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import decoding, emotion_vectors, story_cells
from emotion_vectors.statistics import algebra
from emotion_vectors.stimuli import tables as stimuli


def cells_by_method(activations, bases, stories, emotions, residual_file: str | None) -> dict[str, torch.Tensor]:
    """Cells [topic, emotion, layer, d_model] of the main method, of its ablations, and without words where given."""
    early = story_cells.arrange(activations.early, activations.story_ids, stories, emotions)
    methods = {
        "vectors": story_cells.cells_of(activations, stories, emotions, bases),
        "without neutral projection": story_cells.cells_of(activations, stories, emotions, None),
        "from the first token": algebra.project_out(early, bases),
    }
    return methods | ({"word-residual": load_file(residual_file)["cells"]} if residual_file else {})


def main(activations_file, neutral_file, stories_file, norms_file, residual_file, output_file: str):
    emotions, stories = stimuli.load_emotions(norms_file), pd.read_parquet(stories_file)
    activations, bases = story_cells.load_activations(activations_file), emotion_vectors.load_bases(neutral_file)
    topics = stories.drop_duplicates("topic")
    names = topics["topic"].to_numpy()
    half = {decoding.BOTH: [(list(range(0, len(names), 2)), list(range(1, len(names), 2)))]}
    tables = []
    for method, cells in cells_by_method(activations, bases, stories, emotions, residual_file).items():
        found = decoding.schemes(list(topics["corpus"]))
        for scheme, folds in found.items():
            hits = decoding.held_out_hits(cells, folds)
            tested = [names[topic] for _, test in folds for topic in test]
            tables.append(decoding.tabulate_hits(hits, tested, emotions, method=method, scheme=scheme))
        if method == "vectors":
            hits = decoding.held_out_hits(cells, half[decoding.BOTH])
            tables.append(
                decoding.tabulate_hits(hits, names[1::2], emotions, method="half the topics", scheme=decoding.BOTH)
            )
    files.write_table(pd.concat(tables, ignore_index=True), output_file, **activations.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.activations, snakemake.input.neutral, snakemake.input.stories, snakemake.input.norms,
            snakemake.input.get("residual"), snakemake.output[0],
        )  # fmt: skip
