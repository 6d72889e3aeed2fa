"""Do six emotions have directions of their own, whatever the situation, from 40 % of depth on; which lie close? (W01, W10)."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import directions, prompt_states, separation
from emotion_vectors.circuits.prompt_states import MLP, POINTS
from emotion_vectors.claims import judging
from emotion_vectors.statistics import effects, resampling

PAIRS = {"anger and disgust": ("anger", "disgust"), "sadness and fear": ("sadness", "fear")}


def curve_table(curves: dict[str, list[separation.Curve]], bootstraps: int, seed: int) -> pd.DataFrame:
    """Accuracy and silhouette at both points of every layer."""
    tables = [
        curve.table(bootstraps, seed).assign(measure=measure, point=point)
        for measure, at_points in curves.items()
        for point, curve in zip(POINTS, at_points, strict=True)
    ]
    table = pd.concat(tables, ignore_index=True)
    return table.assign(depth=(table["layer"] + 1) / (table["layer"].max() + 1))


def pair_evidence(found: separation.PairCosines, emotions, scenarios: int) -> list[dict]:
    """Evidence on W10; the reference is the mean cosine that centring forces on the directions."""
    weights, rows = separation.deep_weights(len(found.values)), []
    means, shuffled = weights @ found.values, f"95 % of shuffled labels {found.shuffled_95():.2f}"
    named = {part: found.pairs.index(tuple(sorted(map(emotions.index, names)))) for part, names in PAIRS.items()}
    for part, pair in named.items():
        interval = resampling.percentile_interval(np.einsum("l,rl->r", weights, found.resampled[:, :, pair]))
        effect = effects.effect(
            means[pair],
            interval,
            found.of_others(list(named.values())),
            n=scenarios,
            scale=effects.Scale(of="scenarios", unit="cosine", reference=-1 / (len(emotions) - 1)),
        )
        others = np.delete(means, pair)
        place = f"place {1 + int((others > means[pair]).sum())} of {len(means)} pairs"
        beside = f"{place}; others {others.min():.2f} to {others.max():.2f}; {shuffled}"
        rows.append(judging.evidence("W10", part, effect, beside=beside))
    return rows


def main(inputs, outputs, *, placebo, statistics, seed: int):
    fit = prompt_states.load(inputs.fit, permuted=placebo)
    held_out = prompt_states.load(inputs.held_out, permuted=placebo)
    rows = directions.load(inputs.directions).rows_of(fit)
    scenarios, sets = [fit.scenarios[row] for row in rows], statistics["shuffles"]
    curves = {"accuracy": [], "silhouette": []}
    cosines = []
    for point in range(len(POINTS)):
        used, tested = fit.residual[rows, :, point], held_out.residual[:, :, point]
        curves["accuracy"].append(
            separation.accuracy_curve(used, tested, used.mean((0, 1)), held_out.scenarios, sets, seed)
        )
        curves["silhouette"].append(separation.silhouette_curve(tested, held_out.scenarios, sets, seed))
        cosines.append(separation.cosine_curves(used, scenarios, sets, statistics["bootstraps"], seed))
    files.write_table(curve_table(curves, statistics["bootstraps"], seed), outputs.accuracy)
    tables = [found.table(fit.emotions).assign(point=point) for found, point in zip(cosines, POINTS, strict=True)]
    files.write_table(pd.concat(tables, ignore_index=True), outputs.cosines)

    layers, accuracy, silhouette = fit.residual.shape[3], curves["accuracy"][MLP], curves["silhouette"][MLP]
    deep, contrast = separation.deep_weights(layers), separation.contrast_weights(layers)
    beside = f"after the attention sublayer {(deep @ curves['accuracy'][1 - MLP].values).mean():.2f}"
    of, drawn = "held-out scenarios", {"bootstraps": statistics["bootstraps"], "seed": seed}
    decoded = accuracy.effect(deep, scale=effects.Scale(of, "accuracy", 1 / len(fit.emotions)), **drawn)
    clusters = silhouette.effect(deep, scale=effects.Scale(of, "silhouette"), **drawn)
    deeper = accuracy.effect(contrast, scale=effects.Scale(of, "accuracy difference", two_sided=True), **drawn)
    evidence = [
        judging.evidence("W01", "held-out accuracy", decoded, beside=beside),
        judging.evidence("W01", "silhouette", clusters),
        judging.evidence("W01", "deeper minus shallower accuracy", deeper),
        *pair_evidence(cosines[MLP], fit.emotions, len(set(scenarios))),
    ]
    files.write_table(pd.DataFrame(evidence), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, placebo=snakemake.params.placebo,
            statistics=snakemake.params.statistics, seed=snakemake.params.seed,
        )  # fmt: skip
