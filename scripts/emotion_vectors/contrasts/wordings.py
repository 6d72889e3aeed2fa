"""Do directions fitted on one wording of the orders tell the emotions apart under others? (W01b)

A direction that stands for the word in the prompt is lost when another word, a clause or another language takes its place. What other
orders reach as well, such as to speak like a pirate or a lawyer, is not about emotion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.circuits.emotion_directions import centroids
from emotion_vectors.circuits.separation import SeparationCurve, accuracy_curve, deep_weights, held_out_hits
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.statistics import grouping
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.stimuli.events import CLAUSE, LANGUAGE, NAMED, OF_EMOTIONS, OF_VOICES, SYNONYM, Order, labels_of

if TYPE_CHECKING:
    from emotion_vectors.circuits.prompt_states import PromptStates
    from emotion_vectors.statistics.resampling import Draws

Array = NDArray[np.float64]

TOGETHER = "three other wordings"
PARTS = {SYNONYM: "a synonym", CLAUSE: "a clause", LANGUAGE: "another language"}


@dataclass(frozen=True)
class WordedStates:
    """Residual stream after every block under the orders of a file: [event, order, layer, d_model]; labels: of the orders."""

    stream: Tensor
    labels: list[str]
    scenarios: list[str]

    def of(self, orders: Sequence[Order], kind: str, wording: str) -> Tensor:
        """Those under the orders of one wording: [event, name, layer, d_model]."""
        return self.stream[:, [self.labels.index(label) for label in labels_of(orders, kind, wording)]]


def worded_states(prompts: PromptStates, point: str) -> WordedStates:
    """States of prompts that were captured under the orders of a file, which stand where the emotions stand elsewhere."""
    return WordedStates(prompts.streams(point), prompts.emotions, prompts.scenarios)


def wording_curves(
    groups: Tensor, tested: WordedStates, orders: Sequence[Order], draws: Draws
) -> dict[str, SeparationCurve]:
    """Accuracy by layer under each wording, and under all three together, of directions of other prompts.

    Args:
        groups: [event, emotion, layer, d_model], which the directions are made of.
    """
    curves = {}
    for wording, part in PARTS.items():
        states = tested.of(orders, OF_EMOTIONS, wording)
        counts = (draws.shuffles, draws.seed)
        curves[part] = accuracy_curve(groups, states, states.mean((0, 1)), tested.scenarios, *counts)
    values, null = (np.mean([getattr(curve, name) for curve in curves.values()], axis=0) for name in ("values", "null"))
    return {TOGETHER: SeparationCurve(values, null), **curves}


def across_halves(fitted: Tensor, tested: Tensor, scenarios: Sequence[str]) -> float:
    """Accuracy of directions of one wording on another, each half of the scenarios tested by the other, mean over deeper layers.

    Args:
        fitted, tested: [event, name, layer, d_model].
    """
    half, weights, accuracies = grouping.halves(scenarios), deep_weights(fitted.shape[2]), []
    for side in (0, 1):
        states = tested[half == side]
        hits = held_out_hits(states, states.mean((0, 1)), centroids(fitted[half != side]))
        accuracies.append(float(weights @ hits.mean((1, 2))))
    return float(np.mean(accuracies))


def besides(tested: WordedStates, orders: Sequence[Order]) -> str:
    """What voices without emotion reach from one wording to another, and emotions from as many prompts, in words."""

    def transferred(kind: str, wording: str) -> float:
        fitted, other = (tested.of(orders, kind, which) for which in (wording, CLAUSE))
        return across_halves(fitted, other, tested.scenarios)

    voices, emotions = transferred(OF_VOICES, NAMED), transferred(OF_EMOTIONS, SYNONYM)
    return (
        f"six voices without emotion, from one wording to a clause, fitted on half of the scenarios, tested on the others, {voices:.2f}; "
        f"emotions likewise, from synonyms to clauses, {emotions:.2f}"
    )


def wording_rows(curves: dict[str, SeparationCurve], names: int, beside: str, draws: Draws) -> list[dict[str, Any]]:
    """Evidence on W01b, mean over the deeper layers, with chance as reference."""
    scale, rows = Scale("held-out scenarios", "accuracy", reference=1 / names), []
    for part, curve in curves.items():
        accuracy = curve.effect(deep_weights(len(curve.values)), draws.bootstraps, draws.seed, scale=scale)
        rows.append(evidence_row("W01b", part, accuracy, beside=beside if part == TOGETHER else ""))
    return rows


def wording_table(curves: dict[str, SeparationCurve], draws: Draws) -> pd.DataFrame:
    """Accuracy by layer: layer, value, low, high, null_95, wording."""
    tables = [curve.table(draws.bootstraps, draws.seed).assign(wording=part) for part, curve in curves.items()]
    return pd.concat(tables, ignore_index=True)
