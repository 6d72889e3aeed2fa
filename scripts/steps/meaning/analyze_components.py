"""Principal components of the emotion vectors against human valence and arousal, by layer (A06, A07, A08)."""

import numpy as np
import pandas as pd
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.meaning import emotion_vectors, geometry, story_cells
from emotion_vectors.models import layers as depths
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.stimuli import tables

PC1, PC2_OR_PC3 = (0,), (1, 2)
READOUT_SETS = 40
"""Label-shuffled sets for the null of the linear read-out, each of which takes a regression for every emotion."""


def main(inputs, scores_file: str, correlations_file: str, evidence_file: str, *, depth, bootstraps, seed):
    story_vectors = emotion_vectors.load(inputs.vectors)
    norms = tables.load_norms(inputs.norms).set_index("emotion").loc[story_vectors.emotions]
    ratings = norms[["valence_1to9", "arousal_1to9"]].set_axis(["valence", "arousal"], axis=1)
    layers = story_vectors.values.shape[1]
    layer = depths.main_layer(layers, depth)

    by_layer = [geometry.principal_components(story_vectors.at(index)) for index in range(layers)]
    correlations = pd.concat(
        [geometry.component_correlations(found, ratings).assign(layer=index) for index, found in enumerate(by_layer)]
    )
    files.write_table(correlations, correlations_file, layer=layer)

    here = by_layer[layer]
    scores = pd.DataFrame(here.scores[:, :3], columns=["pc1", "pc2", "pc3"]).assign(
        emotion=story_vectors.emotions, layer=layer
    )
    files.write_table(scores.join(ratings.reset_index(drop=True)), scores_file)

    sets = load_file(inputs.shuffled_main)["vectors"][:, :, 0]
    shuffled = [geometry.principal_components(one) for one in sets]
    readouts = {
        name: readout(story_vectors.at(layer), sets[:READOUT_SETS], correlations, layer, ratings[name])
        for name in ratings
    }
    rows = [
        correlation_evidence(
            claim, part, here, shuffled, ratings[norm].to_numpy(), components, bootstraps, seed, beside=readouts[norm]
        )
        for claim, part, norm, components in (
            ("A06", "PC1 and valence", "valence", PC1),
            ("A07", "PC2 or PC3 and arousal", "arousal", PC2_OR_PC3),
        )
    ]
    rows.append(share_evidence(inputs, layer, here, shuffled))
    files.write_table(pd.DataFrame(rows), evidence_file)


def readout(vectors_here, shuffled, correlations: pd.DataFrame, layer: int, ratings: pd.Series) -> str:
    """What is not judged: the best of all components, and a linear read-out of the rating with its label-shuffled null."""
    one = correlations[(correlations["layer"] == layer) & (correlations["norm"] == ratings.name)]
    best = one.loc[one["r"].abs().idxmax()]
    linear = geometry.linear_readout(vectors_here, ratings.to_numpy())
    null = np.quantile([geometry.linear_readout(each, ratings.to_numpy()) for each in shuffled], 0.95)
    return (
        f"best component PC{int(best['component'])}, |r| {abs(best['r']):.2f}; linear read-out, r {linear:.2f} "
        f"(95th percentile of its null {null:.2f})"
    )


def correlation_evidence(claim, part, here, shuffled, ratings, components, bootstraps, seed, *, beside: str) -> dict:
    """|r| of the best of the candidate components; interval over emotions for that component, its sign fixed on the full set."""
    best, strength = geometry.strongest(here.scores, ratings, components)
    column = here.scores[:, best]
    sign = 1.0 if effects.pearson(column, ratings) >= 0 else -1.0
    interval = resampling.bootstrap(
        column, lambda rows: sign * effects.pearson(column[rows], ratings[rows]), bootstraps, seed
    )
    null = [geometry.strongest(one.scores, ratings, components)[1] for one in shuffled]
    found = effects.effect(
        strength, interval, null, n=len(column), scale=effects.Scale(of="emotions", unit=f"|r|, PC{best + 1}")
    )
    return judging.evidence(claim, part, found, beside=beside)


def share_evidence(inputs, layer: int, here, shuffled) -> dict:
    """Variance share of the first two components; interval from leaving out one topic at a time."""
    cells = story_cells.load(inputs.activations, inputs.neutral, inputs.stories, tables.load_emotions(inputs.norms))[
        :, :, layer
    ]

    def share(topics) -> float:
        return float(geometry.principal_components(emotion_vectors.from_cells(cells[topics])).shares[:2].sum())

    interval = resampling.jackknife(len(cells), share)
    null = [one.shares[:2].sum() for one in shuffled]
    found = effects.effect(
        float(here.shares[:2].sum()),
        interval,
        null,
        n=len(cells),
        scale=effects.Scale(of="topics", unit="variance share"),
    )
    activations = story_cells.load_activations(inputs.activations)
    stories = pd.read_parquet(inputs.stories)
    emotions = tables.load_emotions(inputs.norms)
    embedded = story_cells.arrange(activations.embedding, activations.story_ids, stories, emotions)
    of_words = geometry.principal_components(emotion_vectors.from_cells(embedded)).shares[:2].sum()
    beside = (
        f"PC1 {here.shares[0]:.2f}, PC2 {here.shares[1]:.2f}; label-shuffled vectors {np.mean(null):.2f} on average; "
        f"mean input embeddings of the stories {of_words:.2f}"
    )
    return judging.evidence("A08", "share of PC1 and PC2", found, beside=beside)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.scores, snakemake.output.correlations, snakemake.output.evidence,
            depth=snakemake.params.depth, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
