"""Accuracy of story decoding by depth with its interval and null, and the evidence on A01."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.meaning import decoding, story_cells
from emotion_vectors.models import layers
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.stimuli import tables


def shuffled_accuracies(cells, folds, sets: int, generator) -> np.ndarray:
    """Held-out accuracy [set, layer] with labels permuted within topics."""
    return np.stack(
        [decoding.held_out_hits(permutation.shuffle_labels(cells, generator), folds).mean((1, 2)) for _ in range(sets)]
    )


def main(inputs, accuracy_file: str, evidence_file: str, *, depth, sets, shuffles, bootstraps, seed):
    emotions = tables.load_emotions(inputs.norms)
    cells = story_cells.load(inputs.activations, inputs.neutral, inputs.stories, emotions)
    layer = layers.main_layer(cells.shape[2], depth)
    folds = decoding.leave_one_out(len(cells))
    generator = np.random.default_rng(seed)
    by_depth = shuffled_accuracies(cells, folds, sets, generator)
    null = shuffled_accuracies(cells[:, :, [layer]], folds, shuffles, generator)[:, 0]

    hits, words = pd.read_parquet(inputs.hits), pd.read_parquet(inputs.words)
    curve = decoding.accuracy_curve(pd.concat([hits, words], ignore_index=True), bootstraps, seed)
    band = pd.DataFrame({"layer": range(by_depth.shape[1]), "null_95": np.quantile(by_depth, 0.95, axis=0)})
    band = pd.concat([band, pd.DataFrame({"layer": [decoding.NO_LAYER], "null_95": [float(np.quantile(null, 0.95))]})])
    files.write_table(curve.merge(band, on="layer"), accuracy_file, null_sets=sets)

    ours = decoding.hit_table(hits, "vectors", layer)
    theirs = decoding.hit_table(words, "words", decoding.NO_LAYER)
    chance = 1 / len(emotions)
    above_chance = effects.effect(
        ours.mean(),
        resampling.crossed_bootstrap(ours, bootstraps, seed),
        null,
        n=ours.size,
        scale=effects.Scale(of="stories", unit="accuracy", reference=chance),
    )
    difference = ours - theirs
    interval = resampling.crossed_bootstrap(difference, bootstraps, seed)
    above_words = effects.paired_effect(
        difference, interval, shuffles, seed, scale=effects.Scale(of="stories", unit="accuracy difference")
    )
    rows = [judging.evidence("A01", "above chance", above_chance), judging.evidence("A01", "above words", above_words)]
    files.write_table(pd.DataFrame(rows), evidence_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.accuracy, snakemake.output.evidence,
            depth=snakemake.params.depth, sets=snakemake.params.sets, shuffles=snakemake.params.shuffles,
            bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
