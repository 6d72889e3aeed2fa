"""How much circuits share: Jaccard indices across emotions, across halves of the data, and of random circuits (W09).

Everything is counted layer by layer, since the sets of one layer never meet those of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.circuits.assembly import members
from emotion_vectors.circuits.scores import ComponentScores, contributions
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.statistics import grouping
from emotion_vectors.statistics.effects import Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval

if TYPE_CHECKING:
    from emotion_vectors.circuits.prompt_states import PromptStates


def pair_indices(layers: Iterable[Tensor]) -> Tensor:
    """Mean Jaccard index over pairs of emotions: [set] of the parts taken in every layer, each [set, emotion, part] bool."""
    shared: Tensor | int = 0
    sizes: Tensor | int = 0
    pairs: list[tuple[int, int]] = []
    for taken in layers:
        pairs = list(combinations(range(taken.shape[1]), 2))
        left, right = (taken[:, list(end)] for end in zip(*pairs, strict=True))
        shared = shared + (left & right).sum(-1)
        sizes = sizes + left.sum(-1) + right.sum(-1)
    return _jaccard(torch.as_tensor(shared), torch.as_tensor(sizes)).mean(-1)


def half_indices(layers: Iterable[tuple[Tensor, Tensor]]) -> Tensor:
    """Mean over emotions of the Jaccard index between two versions of a circuit: [set] of pairs of [set, emotion, part] bool."""
    shared: Tensor | int = 0
    sizes: Tensor | int = 0
    for first, second in layers:
        shared = shared + (first & second).sum(-1)
        sizes = sizes + first.sum(-1) + second.sum(-1)
    return _jaccard(torch.as_tensor(shared), torch.as_tensor(sizes)).mean(-1)


def _jaccard(shared: Tensor, sizes: Tensor) -> Tensor:
    return shared / (sizes - shared).clamp_min(1)


def random_indices(parts: int, counts: Sequence[Sequence[int]], draws: int, seed: int) -> Tensor:
    """Index of random circuits with the same number of parts of every layer: [draw]. counts: [emotion][layer]."""
    generator = torch.Generator().manual_seed(seed)
    indices = []
    for begin in range(0, draws, 50):
        size = (min(50, draws - begin), len(counts), parts)
        layers = (members(torch.rand(size, generator=generator), quota) for quota in zip(*counts, strict=True))
        indices.append(pair_indices(layers))
    return torch.cat(indices)


def weighted_scores(by_scenario: Tensor, weights: Tensor) -> Tensor:
    """Scores when scenarios count as often as given: [set, emotion, part] of sums [scenario, emotion, part] and [set, scenario].

    The mean over prompts differs from this by a factor that is the same for all parts, and changes no rank.
    """
    scores: Tensor = torch.tensordot(weights, by_scenario, 1)
    return scores


def splits(scenarios: int, count: int, seed: int) -> Tensor:
    """Random halves of the scenarios, 1 for those of the first half: [split, scenario]."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.rand(count, scenarios, generator=generator).argsort(-1)
    return (order < scenarios // 2).float()


@dataclass(frozen=True)
class Indices:
    """Jaccard indices of one kind of component, mean over the pairs of emotions.

    measured: [1]; resampled: [resample], of circuits from scenarios drawn anew; chance: [draw], of random circuits of the same sizes;
    halves: [split], between the circuits of one emotion from two halves of the scenarios.
    """

    measured: Tensor
    resampled: Tensor
    chance: Tensor
    halves: Tensor

    @property
    def times_chance(self) -> float:
        """How often the measured index holds that of random circuits."""
        return float(self.measured) / float(self.chance.mean())


def indices(scores: Tensor, by_scenario: Sequence[Tensor], counts: Sequence[Sequence[int]], draws: Draws) -> Indices:
    """Indices of one kind.

    Args:
        scores: [emotion, layer, part]; by_scenario: what decides ranks, see `sums_by_scenario`; counts: [emotion][layer].
        draws: its bootstraps, and as many splits in halves, make every circuit anew.
    """
    layers, quotas = range(len(by_scenario)), list(zip(*counts, strict=True))
    resampled = grouping.resamples(draws.bootstraps, len(by_scenario[0]), draws.seed)
    first = splits(len(by_scenario[0]), draws.bootstraps, draws.seed)

    def taken(layer: int, weights: Tensor) -> Tensor:
        return members(weighted_scores(by_scenario[layer], weights), quotas[layer])

    return Indices(
        measured=pair_indices(members(scores[:, layer][None], quotas[layer]) for layer in layers),
        resampled=pair_indices(taken(layer, resampled) for layer in layers),
        chance=random_indices(scores.shape[-1], counts, draws.shuffles, draws.seed),
        halves=half_indices((taken(layer, first), taken(layer, 1 - first)) for layer in layers),
    )


def sums_by_scenario(kind: str, prompts: PromptStates, components: ComponentScores) -> list[Tensor]:
    """What decides the ranks of a kind, summed over the prompts of each scenario: for every layer [scenario, emotion, part]."""
    sums = []
    for layer in tqdm(range(components.layers), desc=kind, mininterval=5):
        if kind == HEADS:
            by_event = components.heads_by_event[:, :, layer]
        else:
            writes, scales = components.kinds[kind].writes[:, layer], components.kinds[kind].scales[:, :, layer]
            by_event = contributions(prompts.inputs(kind, layer), writes, scales, writes.shape[-1])
        sums.append(grouping.sums(by_event, prompts.scenarios))
    return sums


def sharing_evidence(indices: Mapping[str, Indices], scenarios: int) -> list[dict[str, Any]]:
    """Evidence on W09 from the indices of both kinds."""
    neurons, heads = indices[NEURONS], indices[HEADS]
    of, index = "scenarios", "Jaccard index"
    chance = (heads.chance - neurons.chance).numpy()
    difference = effect(
        float((heads.measured - neurons.measured)[0]),
        percentile_interval((heads.resampled - neurons.resampled).numpy()),
        chance,
        n=scenarios,
        scale=Scale(of, "Jaccard difference"),
    )
    above_chance = effect(
        float(heads.measured),
        percentile_interval(heads.resampled.numpy()),
        heads.chance.numpy(),
        n=scenarios,
        scale=Scale(of, index, reference=float(heads.chance.mean())),
    )
    below_halves = effect(
        float(neurons.measured),
        percentile_interval(neurons.resampled.numpy()),
        neurons.halves.numpy(),
        n=scenarios,
        scale=Scale(of, index, reference=1.0, two_sided=True),
    )
    halves = {kind: f"halves of one emotion {by_kind.halves.mean():.3f}" for kind, by_kind in indices.items()}
    beside_heads = f"{heads.times_chance:.2f} times chance, {halves[HEADS]}"
    beside_neurons = f"{neurons.times_chance:.1f} times chance ({float(neurons.chance.mean()):.4f}), {halves[NEURONS]}"
    return [
        evidence_row("W09", "heads minus neurons", difference, beside=f"chance {chance.mean():.3f}"),
        evidence_row("W09", "heads above chance", above_chance, beside=beside_heads),
        evidence_row("W09", "neurons differ", below_halves, beside=beside_neurons),
    ]


def pair_table(
    scores: Mapping[str, Tensor], counts: Mapping[str, Sequence[Sequence[int]]], emotions: Sequence[str]
) -> pd.DataFrame:
    """Jaccard index of every pair of emotions and of neurons and heads."""
    rows = []
    for kind, by_layer in scores.items():
        quotas = zip(*counts[kind], strict=True)
        taken = [members(by_layer[:, layer], quota) for layer, quota in enumerate(quotas)]
        for left, right in combinations(range(len(emotions)), 2):
            index = pair_indices(layer[None, [left, right]] for layer in taken)
            rows.append((kind, emotions[left], emotions[right], float(index)))
    return pd.DataFrame(rows, columns=["kind", "emotion", "other", "jaccard"])
