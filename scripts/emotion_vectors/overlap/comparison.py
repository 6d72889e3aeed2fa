"""The two methods compared at one layer: measures with intervals and nulls, and the evidence on O01 and O02."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.overlap.methods import (
    Halves,
    corrected_cosines,
    cosine_table,
    matched,
    mismatched,
    shared,
    shared_of_halves,
    spans,
)
from emotion_vectors.statistics.effects import Scale, effect
from emotion_vectors.statistics.resampling import percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS

Array = NDArray[np.float64]

COMPARED_UNITS = "topics and scenarios"
UNPLEASANT = ("anger", "sadness", "fear", "disgust")
PLEASANT = ("happiness", "surprise")
"""Emotions of one valence: among them alone valence cannot tell the right assignment."""
WITHIN = "within_valence"
"""Measure of the same emotion beyond its valence, see `beyond_valence`."""


@dataclass(frozen=True)
class Comparison:
    """The two methods at one layer.

    measures: by name, see `measure`; resampled: the same in bootstrap resamples over the units of both, [resample];
    nulls: of `corrected_matched` and `corrected_contrast` under every other assignment of labels, of `within_valence` under those that
    leave valence as it is, of `above_random` and `space_share` for random subspaces; cosines: corrected, [emotion, emotion].
    """

    measures: dict[str, float]
    resampled: dict[str, Array]
    nulls: dict[str, Array]
    cosines: Tensor

    def interval(self, name: str) -> tuple[float, float]:
        """Interval of a measure over topics and scenarios."""
        return percentile_interval(self.resampled[name])


def measure(left: Tensor, right: Tensor) -> dict[str, Tensor]:
    """Every measure from the halves [half, ..., emotion, d_model] of two methods, each [...].

    `matched` and `mismatched` cosines and `space_overlap` are of all data, as a reader of the two sets of vectors finds them;
    what is corrected, or a share of a ceiling, is of halves.
    """
    corrected = corrected_cosines(left, right)
    whole = cosine_table(left.sum(0), right.sum(0))
    crossed, best = shared_of_halves(left, right)
    return {
        "matched": matched(whole),
        "mismatched": mismatched(whole),
        "corrected_matched": matched(corrected),
        "corrected_contrast": matched(corrected) - mismatched(corrected),
        "story_reliability": matched(cosine_table(*left)),
        "instruction_reliability": matched(cosine_table(*right)),
        WITHIN: beyond_valence(corrected),
        "space_overlap": shared(spans(left.sum(0)), spans(right.sum(0))),
        "space_share": crossed / best,
        "space_ceiling": best,
    }


def compare(stories: Halves, instructions: Halves, random: Array, resamples: int, seed: int) -> Comparison:
    """Measures, resamples over topics and scenarios, and nulls at one layer.

    Args:
        random: overlaps of random subspaces, see `random_overlaps`.
    """
    sides = stories.vectors(), instructions.vectors()
    measures = {name: float(value) for name, value in measure(*sides).items()}
    drawn = zip(stories.resampled(resamples, seed), instructions.resampled(resamples, seed + 2), strict=True)
    portions = [measure(*halves) for halves in drawn]
    resampled = {name: torch.cat([portion[name] for portion in portions]).numpy() for name in measures}
    measures["above_random"] = measures["space_overlap"] - float(random.mean())
    resampled["above_random"] = resampled["space_overlap"] - random.mean()
    cosines = corrected_cosines(*sides)[0]
    matching, contrast = relabelled(cosines)
    assigned = by_assignment(cosines).numpy()
    nulls = {
        WITHIN: assigned[1:] - assigned.mean(),
        "corrected_matched": matching,
        "corrected_contrast": contrast,
        "above_random": random - random.mean(),
        "space_share": random / measures["space_ceiling"],
    }
    return Comparison(measures, resampled, nulls, cosines)


def tabulate(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """Every measure at every layer, with its interval and, where there is one, the 95th percentile of its null."""
    rows = []
    for layer, comparison in enumerate(comparisons):
        for name, value in comparison.measures.items():
            null = float(np.quantile(comparison.nulls[name], 0.95)) if name in comparison.nulls else float("nan")
            rows.append((layer, (layer + 1) / len(comparisons), name, value, *comparison.interval(name), null))
    return pd.DataFrame(rows, columns=["layer", "depth", "measure", "value", "low", "high", "null_95_or_missing"])


def relabelled(table: Tensor) -> Array:
    """Matched cosine, and matched minus mismatched, of a table [emotion, emotion] under every permutation but the true one.

    Returns:
        [2, permutation].
    """
    orders = list(permutations(range(len(table))))[1:]
    shuffled = torch.stack([table[:, list(order)] for order in orders])
    means: Array = torch.stack([matched(shuffled), matched(shuffled) - mismatched(shuffled)]).numpy()
    return means


def place_among_some(table: Tensor, chosen: Sequence[int]) -> tuple[int, int]:
    """Place of the true assignment by its matched cosine, when only the labels of some emotions are permuted, and of how many.

    Args:
        table: cosines [emotion, emotion]; chosen: emotions of one valence, say, so that valence cannot tell them apart.
    """
    some = table[list(chosen)][:, list(chosen)]
    others = relabelled(some)[0]
    return 1 + int((others > float(matched(some))).sum()), len(others) + 1


def within_valence() -> list[list[int]]:
    """Every assignment of the labels that leaves pleasant emotions pleasant and the others unpleasant, the true one first."""
    names = list(EMOTIONS)
    groups = [[names.index(name) for name in group] for group in (PLEASANT, UNPLEASANT)]
    assignments = []
    for orders in product(*(permutations(group) for group in groups)):
        moved = {
            old: new for group, order in zip(groups, orders, strict=True) for old, new in zip(group, order, strict=True)
        }
        assignments.append([moved[emotion] for emotion in range(len(names))])
    return assignments


def by_assignment(tables: Tensor) -> Tensor:
    """Matched cosine of cosines [..., emotion, emotion] under each assignment of `within_valence`: [..., assignment]."""
    return torch.stack([matched(tables[..., assignment]) for assignment in within_valence()], -1)


def beyond_valence(tables: Tensor) -> Tensor:
    """Matched cosine minus its mean over the assignments within pleasant and within unpleasant emotions: [...]."""
    values = by_assignment(tables)
    return values[..., 0] - values.mean(-1)


def steepest(values: Sequence[float]) -> str:
    """Between which two layers a profile over depth rises most, in words."""
    rises = np.diff(np.asarray(values, dtype=float))
    layer = int(rises.argmax())
    return f"rises most from layer {layer} to {layer + 1}, by {rises[layer]:.2f}, and stands at {max(values):.2f} where it is highest"


def direction_evidence(comparison: Comparison, shuffled: Array, units: int) -> list[dict[str, Any]]:
    """Evidence on O01 and O02 at the main layer.

    Args:
        shuffled: overlaps of the spaces under permuted labels, [set]; units: topics and scenarios together.
    """
    values = comparison.measures
    among = place_among_some(comparison.cosines, [list(EMOTIONS).index(name) for name in UNPLEASANT])
    reliable = f"reliability {values['story_reliability']:.2f} and {values['instruction_reliability']:.2f}"
    overlap = values["space_overlap"]
    spaces = (
        f"as found {overlap:.4f}, percentile {100 * (shuffled <= overlap).mean():.0f} under permuted labels (their 95th: "
        f"{np.quantile(shuffled, 0.95):.4f})"
    )
    cosine = Scale(COMPARED_UNITS, "cosine over reliability", two_sided=True)
    square, share = (
        Scale(COMPARED_UNITS, of, two_sided=two) for of, two in (("squared cosine", True), ("share", False))
    )
    assigned = f"{reliable}; place {among[0]} of {among[1]} assignments of the unpleasant emotions alone"
    parts = (
        ("O01", "matched minus mismatched", "corrected_contrast", cosine, assigned),
        ("O01", "matched cosine", "corrected_matched", cosine, f"uncorrected {values['matched']:.2f}"),
        ("O02", "above random subspaces", "above_random", square, spaces),
        ("O02", "share of the split-half overlap", "space_share", share, f"of {values['space_ceiling']:.2f}"),
    )
    rows = []
    for claim, part, name, scale, beside in parts:
        measured = effect(values[name], comparison.interval(name), comparison.nulls[name], n=units, scale=scale)
        rows.append(evidence_row(claim, part, measured, beside=beside))
    return rows


def contrast_evidence(
    compared: Sequence[Comparison], layer: int, shuffled: Array, crossed: Array, units: int
) -> list[dict[str, Any]]:
    """Evidence on O01b and O02b at the main layer.

    Args:
        compared: every layer. shuffled, units: as in `direction_evidence`. crossed: the same across halves, [set], as the share is.
    """
    main = compared[layer]
    values, ceiling = main.measures, main.measures["space_ceiling"]
    profile = [comparison.measures[WITHIN] for comparison in compared]
    cosine, space = Scale(COMPARED_UNITS, "cosine over reliability"), Scale(COMPARED_UNITS, "squared cosine")
    within = effect(values[WITHIN], main.interval(WITHIN), main.nulls[WITHIN], n=units, scale=cosine)
    resampled = main.resampled["space_overlap"] - shuffled.mean()
    above = effect(
        values["space_overlap"] - float(shuffled.mean()),
        percentile_interval(resampled),
        shuffled - shuffled.mean(),
        n=units,
        scale=space,
    )
    share = effect(
        values["space_share"],
        main.interval("space_share"),
        crossed / ceiling,
        n=units,
        scale=Scale(COMPARED_UNITS, "share"),
    )
    beside = f"{len(main.nulls[WITHIN]) + 1} assignments; over depth (main layer {layer}) it {steepest(profile)}"
    return [
        evidence_row("O01b", "matched minus permuted within valence", within, beside=beside),
        evidence_row("O02b", "above permuted labels", above, beside=f"as found {values['space_overlap']:.4f}"),
        evidence_row("O02b", "share of the split-half overlap", share, beside=f"of {ceiling:.2f}"),
    ]
