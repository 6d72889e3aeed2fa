"""Circuits of all emotions, and how much they share: across emotions, halves of the data, and chance (step 11 of W; W09)."""

import pandas as pd
import torch
from safetensors.torch import load_file
from tqdm import tqdm

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import assembly, sharing, stored
from emotion_vectors.circuits import scores as components
from emotion_vectors.models.sublayers import HEADS, NEURONS
from emotion_vectors.statistics import grouping


def sums_by_scenario(kind: str, prompts, scored) -> list[torch.Tensor]:
    """What decides the ranks of a kind, summed over the prompts of each scenario: for every layer [scenario, emotion, part]."""
    found = []
    for layer in tqdm(range(scored.layers), desc=kind, mininterval=5):
        if kind == HEADS:
            each = scored["head_scores_by_event"][:, :, layer]
        else:
            writes, scales = scored["neuron_writes"][:, layer], scored["neuron_scales"][:, :, layer]
            each = components.contributions(prompts.inputs(kind, layer), writes, scales, writes.shape[-1])
        found.append(grouping.sums(each, prompts.scenarios))
    return found


def indices(
    kind: str, scores, counts, prompts, scored, resamples: int, draws: int, seed: int
) -> dict[str, torch.Tensor]:
    """Jaccard indices of one kind: [1] as found, under resampled scenarios, of random circuits, and between halves."""
    sums, layers = sums_by_scenario(kind, prompts, scored), range(scored.layers)
    quota = [[each[layer] for each in counts] for layer in layers]
    drawn = grouping.resamples(resamples, len(sums[0]), seed)
    first = sharing.splits(len(sums[0]), resamples, seed)

    def taken(layer: int, weights: torch.Tensor) -> torch.Tensor:
        return assembly.members(sharing.weighted_scores(sums[layer], weights), quota[layer])

    return {
        "found": sharing.pair_indices(assembly.members(scores[:, layer][None], quota[layer]) for layer in layers),
        "resampled": sharing.pair_indices(taken(layer, drawn) for layer in layers),
        "chance": sharing.random_indices(scores.shape[-1], counts, draws, seed),
        "halves": sharing.half_indices((taken(layer, first), taken(layer, 1 - first)) for layer in layers),
    }


def main(inputs, outputs, *, permuted: int | None, resamples: int, draws: int, seed: int):
    scored = stored.load_tensors(inputs.components)
    prompts = stored.load_prompts(inputs.prompts, scored.used, permuted)
    importance = load_file(inputs.importance)["importance"]
    scores = {kind: scored[f"{kind[:-1]}_scores"] for kind in (NEURONS, HEADS)}
    counts = {kind: assembly.quotas(importance, kind, each.shape[-1]) for kind, each in scores.items()}
    found = assembly.circuits(scores, counts, scored.emotions)
    budgets = {kind: sum(each[0]) for kind, each in counts.items()}
    files.write_json({"circuits": found, "components": budgets}, outputs.circuits)
    measured = {
        kind: indices(kind, scores[kind], counts[kind], prompts, scored, resamples, draws, seed) for kind in scores
    }
    parts = {kind: each.shape[-1] for kind, each in scores.items()}
    files.write_table(assembly.size_table(counts, parts, scored.emotions), outputs.sizes)
    files.write_table(sharing.pair_table(scores, counts, scored.emotions), outputs.pairs)
    rows = sharing.evidence_of(measured, len(set(prompts.scenarios)))
    files.write_table(pd.DataFrame(rows), outputs.evidence)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, permuted=snakemake.params.permuted, resamples=snakemake.params.resamples,
            draws=snakemake.params.draws, seed=snakemake.params.seed,
        )  # fmt: skip
