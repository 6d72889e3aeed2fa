"""At which depth do sublayers matter most for an emotion? Peaks of importance, and the evidence on W07."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.circuits.depths import LATE, other_references
from emotion_vectors.circuits.emotion_directions import centroids
from emotion_vectors.circuits.importance import Measured, importances
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.statistics import grouping, permutation, random_directions, resampling
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.effects import Effect, Scale, effect, percentile_in
from emotion_vectors.statistics.resampling import Draws, percentile_interval

MOST_IN_NULL = 95
"""Percentile of the null that importance as a whole must exceed before its peak is looked at."""

SAME_DIRECTIONS = (
    "references are means of the very directions that are judged, and permuted ones are held against the same references, so that "
    "directions of noise pass; references made on the other half of the scenarios, for true and permuted labels alike, would open it"
)
"""Why W07b is not testable yet: each direction lies along its own reference, and no permuted one does."""


def peak_depths(importance: Tensor) -> Tensor:
    """Depth of the sublayer that matters most: [...] of [..., point, layer]."""
    layers = importance.shape[-1]
    peak = importance.flatten(-2).argmax(-1) % layers
    return (peak + 1) / layers


def peak_effect(by_scenario: Tensor, mean_gradients: Tensor, targets: Tensor, draws: Draws) -> Effect:
    """Mean depth of the peaks of all emotions (and references), with an interval over scenarios.

    Null: random unit directions in place of the emotions' at every sublayer, on the same prompts.

    Args:
        by_scenario: [scenario, reference, emotion, point, layer]; mean_gradients: [reference, emotion, point, layer, d_model].
        targets: [reference, emotion, d_model].
    """
    count = len(by_scenario)
    drawn = torch.from_numpy(resampling.weights(count, draws.bootstraps, draws.seed)).float()
    resampled = peak_depths(torch.tensordot(drawn, by_scenario, 1)).mean((1, 2))
    randomly = torch.Generator().manual_seed(draws.seed)
    null = []
    for _ in range(draws.shuffles):
        directions = random_directions.gaussian(mean_gradients.shape[1:], randomly)
        null.append(float(peak_depths(importances(mean_gradients, unit(directions), targets)).mean()))
    estimate = float(peak_depths(by_scenario.mean(0)).mean())
    scale = Scale("scenarios", "depth", reference=0.5)
    return effect(estimate, percentile_interval(resampled.numpy()), null, n=count, scale=scale)


def peak_table(importance: Tensor, names: Sequence[str], emotions: Sequence[str]) -> pd.DataFrame:
    """Depth of the peak for every reference and emotion. importance: [reference, emotion, point, layer]."""
    index = pd.MultiIndex.from_product([names, emotions], names=["reference", "emotion"])
    depths = peak_depths(importance).flatten().numpy()
    return pd.DataFrame({"peak_depth": depths}, index=index).reset_index()


def peak_evidence(
    measured: Measured, references: Mapping[str, Tensor], scenarios: Sequence[str], draws: Draws, beside: str
) -> list[dict[str, Any]]:
    """Evidence on W07, for the late reference of the original and for those of the other bands of depth.

    Args:
        references: name -> [emotion, d_model], in the order of what was measured; scenarios: of each prompt.
        beside: what else is said of the importances.
    """
    by_scenario, names = grouping.means(measured.by_prompt, scenarios), list(references)
    targets, rows = torch.stack(list(references.values())), []
    for part, chosen in (("late reference", [LATE]), ("other references", other_references(names))):
        columns = [names.index(name) for name in chosen]
        depth = peak_effect(by_scenario[:, columns], measured.mean_gradients[columns], targets[columns], draws)
        rows.append(evidence_row("W07", f"peak depth, {part}", depth, beside=f"{', '.join(chosen)}; {beside}"))
    return rows


def permuted_directions(states: Tensor, sets: int, seed: int) -> Iterator[Tensor]:
    """Directions made with labels permuted within events, one set at a time: [emotion, point, layer, d_model].

    Args:
        states: residual stream at both points, [event, emotion, point, layer, d_model].
    """
    deviations, emotions = centred(states, axis=1), states.shape[1]
    labels = permutation.label_sets(sets, len(states), emotions, seed)[1:].reshape(sets, len(states), emotions)
    for order in labels:
        yield unit(centroids(deviations[torch.arange(len(states))[:, None], order]))


def above_permuted(by_scenario: Tensor, permuted: Tensor, draws: Draws) -> tuple[Effect, str]:
    """Depth of the peak of importance above that of permuted labels, and why it says nothing, if so (W07b).

    Interval over scenarios and emotions; null: each permuted set in the place of the true one, above the mean of the others.

    Args:
        by_scenario: [scenario, reference, emotion, point, layer]; permuted: [set, reference, emotion, point, layer], mean profiles.
    """
    count, emotions = len(by_scenario), by_scenario.shape[2]
    mean, sets = permuted.mean(0), len(permuted)
    excess = by_scenario.mean(0) - mean
    # Each permuted set beside the mean of the others, as the true one stands beside the mean of all.
    null = (permuted - mean) * sets / (sets - 1)
    drawn, chosen = (
        resampling.weights(size, draws.bootstraps, draws.seed + row) for row, size in enumerate((count, emotions))
    )
    resampled = peak_depths(torch.tensordot(torch.from_numpy(drawn).float(), by_scenario, 1) - mean).mean(1).numpy()
    depth = effect(
        float(peak_depths(excess).mean()),
        percentile_interval((resampled * chosen).sum(1)),
        peak_depths(null).mean((1, 2)).numpy(),
        n=count,
        scale=Scale("scenarios", "depth", reference=0.5),
    )
    percentile = percentile_in(null.mean((1, 2, 3, 4)).numpy(), float(excess.mean()))
    guard = (
        ""
        if percentile > MOST_IN_NULL
        else (
            f"importance of all sublayers together lies at percentile {percentile:.0f} of {sets} permutations of the labels, not beyond "
            f"the {MOST_IN_NULL}th"
        )
    )
    return depth, guard


def contrast_row(
    measured: Measured, references: Mapping[str, Tensor], states: Tensor, scenarios: Sequence[str], draws: Draws
) -> dict[str, Any]:
    """Evidence on W07b, for the references of all bands of depth but the deepest; reported, and not testable: see `SAME_DIRECTIONS`.

    Args:
        references, scenarios: as in `peak_evidence`; states: as in `permuted_directions`; draws: its shuffles are permutations.
    """
    names = list(references)
    columns = [names.index(name) for name in other_references(names)]
    gradients, targets = measured.mean_gradients[columns], torch.stack(list(references.values()))[columns]
    sets = permuted_directions(states, draws.shuffles, draws.seed)
    permuted = torch.stack([importances(gradients, directions, targets) for directions in sets])
    by_scenario = grouping.means(measured.by_prompt[:, columns], scenarios)
    depth, guard = above_permuted(by_scenario, permuted, draws)
    as_found = float(peak_depths(by_scenario.mean(0)).mean())
    return evidence_row(
        "W07b",
        "peak depth above permuted labels",
        depth,
        guard="; ".join(reason for reason in (SAME_DIRECTIONS, guard) if reason),
        beside=f"as found, without it taken off, {as_found:.2f}",
    )
