"""How much circuits share: Jaccard indices across emotions, across halves of the data, and of random circuits (W09).

Everything is counted layer by layer, since the sets of one layer never meet those of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.circuits.assembly import members
from emotion_vectors.claims import judging
from emotion_vectors.models.sublayers import HEADS, NEURONS
from emotion_vectors.statistics.effects import Scale, effect
from emotion_vectors.statistics.resampling import percentile_interval


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
    for one, other in layers:
        shared = shared + (one & other).sum(-1)
        sizes = sizes + one.sum(-1) + other.sum(-1)
    return _jaccard(torch.as_tensor(shared), torch.as_tensor(sizes)).mean(-1)


def _jaccard(shared: Tensor, sizes: Tensor) -> Tensor:
    return shared / (sizes - shared).clamp_min(1)


def random_indices(parts: int, counts: Sequence[Sequence[int]], draws: int, seed: int) -> Tensor:
    """Index of random circuits with the same number of parts of every layer: [draw]. counts: [emotion][layer]."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for begin in range(0, draws, 50):
        size = (min(50, draws - begin), len(counts), parts)
        layers = (
            members(torch.rand(size, generator=generator), [each[layer] for each in counts])
            for layer in range(len(counts[0]))
        )
        found.append(pair_indices(layers))
    return torch.cat(found)


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


def evidence_of(found: Mapping[str, Mapping[str, Tensor]], scenarios: int) -> list[dict[str, Any]]:
    """Evidence on W09 from the indices of both kinds."""
    neurons, heads = found[NEURONS], found[HEADS]
    gap = {name: (heads[name] - neurons[name]).numpy() for name in ("found", "resampled", "chance")}
    chance, by_chance = float(heads["chance"].mean()), float(neurons["chance"].mean())
    times = {kind: float(each["found"]) / float(each["chance"].mean()) for kind, each in found.items()}
    spread = {kind: percentile_interval(each["resampled"].numpy()) for kind, each in found.items()}
    difference = effect(
        float(gap["found"][0]),
        percentile_interval(gap["resampled"]),
        gap["chance"],
        n=scenarios,
        scale=Scale("scenarios", "Jaccard difference"),
    )
    shared = effect(
        float(heads["found"]),
        spread[HEADS],
        heads["chance"].numpy(),
        n=scenarios,
        scale=Scale("scenarios", "Jaccard index", chance),
    )
    own = effect(
        float(neurons["found"]),
        spread[NEURONS],
        neurons["halves"].numpy(),
        n=scenarios,
        scale=Scale("scenarios", "Jaccard index", 1.0, two_sided=True),
    )
    halves = {kind: f"halves of one emotion {each['halves'].mean():.3f}" for kind, each in found.items()}
    return [
        judging.evidence("W09", "heads minus neurons", difference, beside=f"chance {gap['chance'].mean():.3f}"),
        judging.evidence(
            "W09", "heads above chance", shared, beside=f"{times[HEADS]:.2f} times chance, {halves[HEADS]}"
        ),
        judging.evidence(
            "W09",
            "neurons differ",
            own,
            beside=f"{times[NEURONS]:.1f} times chance ({by_chance:.4f}), {halves[NEURONS]}",
        ),
    ]


def pair_table(
    scores: Mapping[str, Tensor], counts: Mapping[str, Sequence[Sequence[int]]], emotions: Sequence[str]
) -> pd.DataFrame:
    """Jaccard index of every pair of emotions and of neurons and heads."""
    rows = []
    for kind, each in scores.items():
        layers = range(each.shape[1])
        taken = [members(each[:, layer], [count[layer] for count in counts[kind]]) for layer in layers]
        for one, other in combinations(range(len(emotions)), 2):
            pair = pair_indices(layer[None, [one, other]] for layer in taken)
            rows.append((kind, emotions[one], emotions[other], float(pair)))
    return pd.DataFrame(rows, columns=["kind", "emotion", "other", "jaccard"])
