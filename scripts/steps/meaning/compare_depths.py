"""Similarity of the emotion structure between depths, from different stories on the two sides (A10)."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.artefacts.files import write_table
from emotion_vectors.claims import judging
from emotion_vectors.meaning import emotion_vectors, geometry, story_cells
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.stimuli import tables

LEAST_RELIABILITY = 1e-3
"""Divisor where the reliability is nil; the percentile of the null, not the ratio, decides there."""


def deeper_half(layers: int) -> list[int]:
    """Layers at depth one half and beyond."""
    return [layer for layer in range(layers) if (layer + 1) / layers >= 0.5]


def shallower_half(layers: int) -> list[int]:
    """Layers before depth one half."""
    return [layer for layer in range(layers) if layer not in deeper_half(layers)]


def similarity_of(cells) -> np.ndarray:
    """Similarity of the structure between layers, [layer, layer], each side from its own half of the topics."""
    return geometry.structure_similarity(*map(emotion_vectors.from_cells, story_cells.halves(cells)))


def corrected(similarity, layers) -> float:
    """Similarity between different layers of a range over the reliability within layers."""
    raw, reliability = geometry.stability(similarity, layers)
    return raw / max(reliability, LEAST_RELIABILITY)


def beside_twin(inputs, trained: np.ndarray) -> str:
    """The same measure on the re-initialised twin, which ends at the main layer: what the residual stream gives without training."""
    emotions = tables.load_emotions(inputs.norms)
    twin = similarity_of(story_cells.load(inputs.twin, inputs.twin_neutral, inputs.stories, emotions))
    shared = [layer for layer in deeper_half(len(trained)) if layer < len(twin)]
    return (
        f"depth one half to the main layer {corrected(trained, shared):.2f}; there, re-initialised twin, "
        f"{corrected(twin, shared):.2f} (reliability {geometry.stability(twin, shared)[1]:.2f})"
    )


def main(inputs, similarity_file: str, evidence_file: str, *, resamples: int, seed: int):
    cells = story_cells.load(inputs.activations, inputs.neutral, inputs.stories, tables.load_emotions(inputs.norms))
    similarity = similarity_of(cells)
    layers = deeper_half(cells.shape[2])
    raw, reliability = geometry.stability(similarity, layers)
    table = (
        pd.DataFrame(similarity)
        .rename_axis("left_layer")
        .reset_index()
        .melt("left_layer", var_name="right_layer", value_name="r")
    )
    write_table(table, similarity_file, raw_similarity=raw, reliability=reliability)

    deep = cells[:, :, layers]
    generator = np.random.default_rng(seed)
    half, within = len(cells) // 2, range(len(layers))

    def resampled() -> float:
        """Topics resampled within each half, so that no story stands on both sides."""
        order = np.stack(
            [2 * generator.integers(0, half, half), 2 * generator.integers(0, half, half) + 1], axis=1
        ).ravel()
        return corrected(similarity_of(deep[order]), within)

    # The null is divided by the measured reliability too, so that its percentile is that of the raw similarity.
    divisor = max(reliability, LEAST_RELIABILITY)
    shuffled = (similarity_of(permutation.shuffle_labels(deep, generator)) for _ in range(resamples))
    null = [geometry.stability(one, within)[0] / divisor for one in shuffled]
    interval = resampling.percentile_interval([resampled() for _ in range(resamples)])
    found = effects.effect(
        raw / divisor, interval, null, n=len(cells), scale=effects.Scale(of="topics", unit="r over reliability")
    )
    shallower = corrected(similarity, shallower_half(cells.shape[2]))
    beside = f"shallower half {shallower:.2f}; {beside_twin(inputs, similarity)}"
    write_table(pd.DataFrame([judging.evidence("A10", "similarity across depth", found, beside=beside)]), evidence_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.similarity, snakemake.output.evidence,
            resamples=snakemake.params.resamples, seed=snakemake.params.seed,
        )  # fmt: skip
