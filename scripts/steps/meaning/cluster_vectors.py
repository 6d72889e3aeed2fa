"""Clusters of the emotion vectors against the registered families, and cosines of opposite emotions (A09)."""

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.meaning import emotion_vectors, geometry, story_cells
from emotion_vectors.models import layers
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.stimuli import tables


def main(
    inputs,
    clusters_file: str,
    cosines_file: str,
    evidence_file: str,
    *,
    depth,
    starts,
    runs,
    clusterings,
    bootstraps,
    seed,
):
    story_vectors = emotion_vectors.load(inputs.vectors)
    emotions = story_vectors.emotions
    layer = layers.main_layer(story_vectors.values.shape[1], depth)
    here = story_vectors.at(layer)
    families = tables.load_clusters(inputs.families, emotions=emotions)
    family_of = {emotion: name for name, members in families.items() for emotion in members}
    codes = [list(families).index(family_of[emotion]) for emotion in emotions]
    shuffled = load_file(inputs.shuffled_main)["vectors"][:, :, 0]

    labels = geometry.cluster(here, len(families), starts=starts, seed=seed)
    clusters = pd.DataFrame(
        {"emotion": emotions, "family": [family_of[emotion] for emotion in emotions], "cluster": labels}
    )
    files.write_table(clusters, clusters_file, layer=layer)
    limit = float(np.quantile([geometry.family_contrast(one, codes) for one in shuffled], 0.95))
    beside = (
        f"mean cosine within families minus between them {geometry.family_contrast(here, codes):.3f} "
        f"(95th percentile of its null {limit:.3f})"
    )
    matrix = (
        pd.DataFrame(geometry.cosine_matrix(here), index=emotions, columns=emotions).rename_axis("left").reset_index()
    )
    files.write_table(matrix.melt("left", var_name="right", value_name="cosine"), cosines_file, layer=layer)

    def agreement(directions: torch.Tensor) -> float:
        return geometry.cluster_agreement(directions, codes, runs=runs, seed=seed)

    stories = story_cells.load(inputs.activations, inputs.neutral, inputs.stories, emotions)[:, :, layer]
    interval = resampling.bootstrap(
        stories, lambda topics: agreement(emotion_vectors.from_cells(stories[topics])), clusterings, seed
    )
    null = [agreement(one) for one in shuffled[:clusterings]]
    found = effects.effect(
        agreement(here), interval, null, n=len(stories), scale=effects.Scale(of="topics", unit="adjusted Rand index")
    )
    opposed = antonym_effect(here, shuffled, emotions, inputs.antonyms, bootstraps, seed)
    rows = [
        judging.evidence("A09", "clusters match families", found, beside=beside),
        judging.evidence("A09", "antonyms oppose", opposed),
    ]
    files.write_table(pd.DataFrame(rows), evidence_file)


def antonym_effect(here, shuffled, emotions, antonyms_file, bootstraps: int, seed: int) -> effects.Effect:
    """Mean cosine of the registered opposites; interval over emotions, since some stand in several pairs."""
    named = tables.load_antonyms(antonyms_file, emotions=emotions)
    pairs = [(emotions.index(left), emotions.index(right)) for left, right in named]
    cosines = geometry.pair_cosines(here, pairs)
    interval = resampling.pair_bootstrap(cosines, pairs, len(emotions), bootstraps, seed)
    null = [geometry.pair_cosines(one, pairs).mean() for one in shuffled]
    return effects.effect(
        cosines.mean(), interval, null, n=len(pairs), scale=effects.Scale(of="pairs", unit="cosine", two_sided=True)
    )


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.clusters, snakemake.output.cosines, snakemake.output.evidence,
            depth=snakemake.params.depth, starts=snakemake.params.starts, runs=snakemake.params.runs,
            clusterings=snakemake.params.clusterings, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
