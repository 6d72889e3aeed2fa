"""Top-3 rate on implicit messages by depth with its null, mean readings for the heat map, and the evidence on A02."""

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.meaning import decoding, emotion_vectors, messages
from emotion_vectors.models import layers
from emotion_vectors.statistics import effects, resampling


def top_rates(ranks: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Top-1 and top-3 rate and mean rank for each method, position and layer; interval of the top-3 rate (hierarchical)."""
    rows = []
    for (method, position, layer), group in ranks.groupby(["method", "position", "layer"], sort=False):
        top3 = decoding.top_table(group, 3)
        low, high = resampling.hierarchical_bootstrap(top3, resamples, seed)
        rank = group["rank"]
        rows.append((method, position, layer, (rank == 1).mean(), top3.mean(), low, high, rank.mean(), len(group)))
    columns = [
        "method",
        "position",
        "layer",
        "top1_rate",
        "top3_rate",
        "top3_low",
        "top3_high",
        "mean_rank",
        "messages",
    ]
    return pd.DataFrame(rows, columns=columns)


def shuffled_rates(states: torch.Tensor, sets: torch.Tensor, truth: list[int]) -> np.ndarray:
    """Top-3 rate [set, layer] with shuffled vector sets [set, candidate, layer, d_model]."""
    return np.stack(
        [(decoding.ranks_of_truth(decoding.read(states, vectors_of), truth) <= 3).mean(1) for vectors_of in sets]
    )


def main(inputs, rates_file: str, heatmap_file: str, evidence_file: str, *, depth, bootstraps, seed):
    story_vectors = emotion_vectors.load(inputs.vectors)
    measured = messages.load(inputs.messages)
    states, candidates, classes = measured.reply_token, measured.candidates, measured.classes
    columns = [story_vectors.emotions.index(emotion) for emotion in candidates]
    layer = layers.main_layer(states.shape[1], depth)
    by_depth = shuffled_rates(states, load_file(inputs.shuffled_all)["vectors"][:, columns], classes)
    null = shuffled_rates(states[:, [layer]], load_file(inputs.shuffled_main)["vectors"][:, columns], classes)[:, 0]

    ranks = pd.concat([pd.read_parquet(inputs.ranks), pd.read_parquet(inputs.words)], ignore_index=True)
    rates = top_rates(ranks, bootstraps, seed)
    band = {layer: value for layer, value in enumerate(np.quantile(by_depth, 0.95, axis=0))}
    rates["null_95"] = rates["layer"].map(band | {decoding.NO_LAYER: float(np.quantile(null, 0.95))})
    files.write_table(rates, rates_file)

    readings = decoding.read(states[:, [layer]], story_vectors.of(candidates)[:, [layer]])[0].numpy()
    means = pd.DataFrame(readings, columns=candidates).groupby(np.array(measured.truth), sort=False).mean()
    heatmap = (
        means.rename_axis("message_emotion")
        .reset_index()
        .melt("message_emotion", var_name="vector", value_name="cosine")
    )
    files.write_table(heatmap, heatmap_file, layer=layer)

    top3 = decoding.top_table(messages.before_reply(ranks, "vectors", layer), 3)
    rate = effects.effect(
        top3.mean(),
        resampling.hierarchical_bootstrap(top3, bootstraps, seed),
        null,
        n=top3.size,
        scale=effects.Scale(of="messages", unit="top-3 rate", reference=3 / len(candidates)),
    )
    words = (pd.read_parquet(inputs.words)["rank"] <= 3).mean()
    evidence = judging.evidence("A02", "top-3 rate", rate, beside=f"word counts {words:.2f}")
    files.write_table(pd.DataFrame([evidence]), evidence_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.rates, snakemake.output.heatmap, snakemake.output.evidence,
            depth=snakemake.params.depth, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
