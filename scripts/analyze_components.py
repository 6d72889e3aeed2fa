"""Principal components of the emotion vectors against human valence and arousal, by layer (A06, A07, A08)."""

import pandas as pd
from safetensors.torch import load_file

from emotion_vectors import claims, geometry, models, provenance, stats, stimuli, vectors

PC1, PC2_OR_PC3 = (0,), (1, 2)


def main(inputs, scores_file: str, correlations_file: str, evidence_file: str, *, depth, bootstraps, seed, run):
    emotion_vectors = vectors.load(inputs.vectors)
    norms = stimuli.load_norms(inputs.norms).set_index("emotion").loc[emotion_vectors.emotions]
    ratings = norms[["valence_1to9", "arousal_1to9"]].set_axis(["valence", "arousal"], axis=1)
    layers = emotion_vectors.values.shape[1]
    layer = models.main_layer(layers, depth)

    by_layer = [geometry.principal_components(emotion_vectors.at(index)) for index in range(layers)]
    correlations = pd.concat(
        [geometry.component_correlations(found, ratings).assign(layer=index) for index, found in enumerate(by_layer)]
    )
    readout = {name: geometry.linear_readout(emotion_vectors.at(layer), ratings[name].to_numpy()) for name in ratings}
    provenance.write_table(correlations, correlations_file, run, layer=layer, leave_one_out_readout_r=readout)

    here = by_layer[layer]
    scores = pd.DataFrame(here.scores[:, :3], columns=["pc1", "pc2", "pc3"]).assign(
        emotion=emotion_vectors.emotions, layer=layer
    )
    provenance.write_table(scores.join(ratings.reset_index(drop=True)), scores_file, run)

    shuffled = [geometry.principal_components(one[:, 0]) for one in load_file(inputs.shuffled_main)["vectors"]]
    rows = [
        correlation_evidence(claim, part, here, shuffled, ratings[norm].to_numpy(), components, bootstraps, seed)
        for claim, part, norm, components in (
            ("A06", "PC1 and valence", "valence", PC1),
            ("A07", "PC2 or PC3 and arousal", "arousal", PC2_OR_PC3),
        )
    ]
    rows.append(share_evidence(inputs, layer, here, shuffled, bootstraps, seed))
    provenance.write_table(pd.DataFrame(rows), evidence_file, run)


def correlation_evidence(claim, part, here, shuffled, ratings, components, bootstraps: int, seed: int) -> dict:
    """|r| of the best of the candidate components; interval over emotions for that component, its sign fixed on the full set."""
    best, strength = geometry.strongest(here.scores, ratings, components)
    column = here.scores[:, best]
    sign = 1.0 if stats.pearson(column, ratings) >= 0 else -1.0
    interval = stats.bootstrap(column, lambda rows: sign * stats.pearson(column[rows], ratings[rows]), bootstraps, seed)
    null = [geometry.strongest(one.scores, ratings, components)[1] for one in shuffled]
    found = stats.effect(strength, interval, null, n=len(column), of="emotions", unit=f"|r|, PC{best + 1}")
    return claims.evidence(claim, part, found)


def share_evidence(inputs, layer: int, here, shuffled, bootstraps: int, seed: int) -> dict:
    """Variance share of the first two components; interval over topics, from which the vectors are computed anew."""
    cells = vectors.load_cells(inputs, stimuli.load_emotions(inputs.norms))[:, :, layer]

    def share(topics) -> float:
        return float(geometry.principal_components(vectors.from_cells(cells[topics])).shares[:2].sum())

    interval = stats.bootstrap(cells, share, bootstraps, seed)
    null = [one.shares[:2].sum() for one in shuffled]
    found = stats.effect(float(here.shares[:2].sum()), interval, null, n=len(cells), of="topics", unit="variance share")
    return claims.evidence("A08", "share of PC1 and PC2", found)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output.scores, snakemake.output.correlations, snakemake.output.evidence,
            depth=snakemake.params.depth, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed, run=run,
        )  # fmt: skip
