"""At which depth do sublayers matter most for an emotion? Peaks of importance, and the evidence on W07."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.circuits.importance import LATE, Measured, importances, other_references
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.statistics import grouping, random_directions, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval


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
