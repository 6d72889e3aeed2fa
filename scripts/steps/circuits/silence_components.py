"""Emotion scores when the top neurons or heads of a layer are silenced or driven, beside random ones (step 7 of W; W04-W06)."""

import pandas as pd
import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import curves, handful, scores, stored
from emotion_vectors.models.sublayers import HEADS, NEURONS, POINT_OF, POINTS
from emotion_vectors.statistics import grouping


def curves_of(kind: str, prompts, scored, half) -> curves.Curves:
    """Curves of all layers of one kind of component."""
    name, parts = kind[:-1], scored[f"{kind[:-1]}_scores"].shape[-1]
    counts = sorted({*curves.ladder(parts), min(curves.FEW, parts)})
    layers = [
        curves.layer_curves(
            prompts.inputs(kind, layer), scored[f"{name}_scales"][:, :, layer],
            scored[f"{name}_scores_halves"][:, :, layer], scored[f"{name}_writes_halves"][:, :, layer], half, counts,
        )
        for layer in range(scored.layers)
    ]  # fmt: skip
    norms = scored["norms"][POINTS.index(POINT_OF[kind])]
    return curves.gather(kind, counts, layers, norms, prompts.scenarios)


def main(inputs, outputs, *, permuted: int | None, bootstraps: int, draws: int, seed: int):
    scored = stored.load_tensors(inputs.components)
    prompts = stored.load_prompts(inputs.prompts, scored.used, permuted)
    half = grouping.halves(prompts.scenarios)
    neurons, heads = (curves_of(kind, prompts, scored, half) for kind in (NEURONS, HEADS))
    known = [handful.curve_table(each, scored.emotions, bootstraps, seed) for each in (neurons, heads)]
    files.write_table(pd.concat(known, ignore_index=True), outputs.curves)
    by_layer = [handful.layer_table(each, scored.emotions) for each in (neurons, heads)]
    files.write_table(pd.concat(by_layer, ignore_index=True), outputs.by_layer)
    ten = handful.ten_heads(
        scored["head_scores_as_coded_by_event"],
        prompts.scenarios,
        scored["mean_falls_as_coded"],
        bootstraps,
        draws,
        seed,
    )
    along = stored.load_tensors(inputs.directions)["directions"][:, POINTS.index(POINT_OF[HEADS])]
    others = handful.share_of_other_directions(scored["mean_falls_as_coded"], along)
    uncoded = scores.share_of_top(torch.flatten(scored["head_scores"], 1), handful.TEN).mean()
    beside = f"without the norm before the MLP {uncoded:.2f}, along the directions of the other emotions {others:.2f}"
    rows = handful.rows_of(neurons, heads, ten, beside, bootstraps, draws, seed)
    files.write_table(pd.DataFrame(rows), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, permuted=snakemake.params.permuted,
            bootstraps=snakemake.params.bootstraps, draws=snakemake.params.draws, seed=snakemake.params.seed,
        )  # fmt: skip
