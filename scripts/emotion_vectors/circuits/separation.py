"""Do the six emotions come apart, whatever the situation? Decoding of held-out prompts, and silhouettes (W01).

Read-out: a held-out prompt is centred by the mean of the fitting prompts, never by prompts of its own event, and given to the
emotion whose direction has the largest cosine with it. Nothing of the test set is used but the prompt itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.circuits.depths import DEEP
from emotion_vectors.circuits.emotion_directions import centroids, weighted
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.decoding.nearest_direction import cosines, ranks_of_truth
from emotion_vectors.models.layers import from_depth
from emotion_vectors.models.points import ATTENTION, MLP, POINTS
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.grouping import means
from emotion_vectors.statistics.permutation import shuffle_weights

if TYPE_CHECKING:
    from emotion_vectors.circuits.prompt_states import PromptStates
    from emotion_vectors.statistics.resampling import Draws

Array = NDArray[np.float64]


def held_out_hits(states: Tensor, centre: Tensor, directions: Tensor) -> NDArray[np.bool_]:
    """Whether each held-out prompt is given to its emotion.

    Args:
        states: [event, emotion, layer, d_model]; centre: [layer, d_model], mean of the fitting prompts;
        directions: [emotion, layer, d_model].
    Returns:
        [layer, event, emotion].
    """
    events, emotions = states.shape[:2]
    truth = list(range(emotions)) * events
    ranks = ranks_of_truth(cosines(states.flatten(0, 1) - centre, directions), truth)
    hits: NDArray[np.bool_] = (ranks == 1).reshape(-1, events, emotions)
    return hits


def accuracies_under(states: Tensor, centroids: Tensor) -> Array:
    """Accuracy of each of many sets of centroids on the same states at one layer: the null of a decoding accuracy.

    Args:
        states: [event, emotion, d_model], already centred; centroids: [set, emotion, d_model].
    Returns:
        [set].
    """
    events, emotions = states.shape[:2]
    scores = states.flatten(0, 1) @ unit(centroids).flatten(0, 1).T
    truth = torch.arange(emotions).repeat(events)[:, None]
    hits = scores.reshape(events * emotions, -1, emotions).argmax(-1) == truth
    return hits.double().mean(0).numpy()


def cosine_distances(states: Tensor) -> Tensor:
    """One minus the cosine between all states at one layer, each centred within its event: [item, item].

    Args:
        states: [event, emotion, d_model]; items are in the order of `flatten`.
    """
    points = unit(centred(states, axis=1).flatten(0, 1))
    return 1 - points @ points.T


def silhouettes(distances: Tensor, labels: Tensor) -> Tensor:
    """Silhouette of every item under each of many labellings: [set, item].

    Args:
        distances: [item, item]; labels: [set, item], the same classes of the same sizes in every set.
    """
    members = torch.nn.functional.one_hot(labels).to(distances)
    sizes = members[0].sum(0)
    sums = torch.einsum("ij,sjc->sic", distances, members)
    label = labels[..., None]
    within = sums.gather(-1, label)[..., 0] / (sizes[labels] - 1)
    others = (sums / sizes).scatter(-1, label, torch.inf).amin(-1)
    return (others - within) / torch.maximum(others, within)


@dataclass(frozen=True)
class SeparationCurve:
    """A measure of held-out prompts by layer: by scenario [layer, scenario], and its mean under permuted labels [set, layer]."""

    values: Array
    null: Array

    def table(self, bootstraps: int, seed: int) -> pd.DataFrame:
        """Mean, interval over scenarios and 95th percentile of the null, a row for each layer."""
        rows = []
        for layer, values in enumerate(self.values):
            low, high = resampling.bootstrap(values, partial(_mean_of, values), bootstraps, seed)
            rows.append((layer, values.mean(), low, high, np.quantile(self.null[:, layer], 0.95)))
        return pd.DataFrame(rows, columns=["layer", "value", "low", "high", "null_95"])

    def effect(self, weights: Array, bootstraps: int, seed: int, *, scale: effects.Scale) -> effects.Effect:
        """Weighted sum over the layers, with its interval over scenarios and its null."""
        values = weights @ self.values
        interval = resampling.bootstrap(values, lambda chosen: float(values[chosen].mean()), bootstraps, seed)
        return effects.effect(values.mean(), interval, self.null @ weights, n=len(values), scale=scale)


def _mean_of(values: Array, chosen: NDArray[np.int64]) -> float:
    return float(values[chosen].mean())


def deep_weights(layers: int) -> Array:
    """Weights of the mean over the deeper layers."""
    deep = np.isin(np.arange(layers), from_depth(layers, DEEP))
    weights: Array = deep / deep.sum()
    return weights


def contrast_weights(layers: int) -> Array:
    """Weights of the mean over the deeper layers minus the mean over the shallower ones."""
    shallow = ~np.isin(np.arange(layers), from_depth(layers, DEEP))
    contrast: Array = deep_weights(layers) - shallow / shallow.sum()
    return contrast


def accuracy_curve(
    groups: Tensor, tested: Tensor, centre: Tensor, units: Sequence[str], sets: int, seed: int
) -> SeparationCurve:
    """Accuracy of the directions of one set of texts on another, null from the labels of the first permuted within groups.

    Args:
        groups: [group, emotion, layer, d_model], what the directions are made of; tested: [event, emotion, layer, d_model];
        centre: [layer, d_model], taken from what is tested; units: unit of each tested event over which intervals are taken.
    """
    hits = held_out_hits(tested, centre, centroids(groups)).mean(2)
    weights = shuffle_weights(sets, groups.shape[0], groups.shape[1], seed)
    null = [
        accuracies_under(tested[:, :, layer] - centre[layer], weighted(weights, centred(groups[:, :, layer], axis=1)))
        for layer in range(groups.shape[2])
    ]
    return SeparationCurve(means(torch.from_numpy(hits.T), units).numpy().T, np.stack(null, axis=1))


def silhouette_curve(held_out: Tensor, scenarios: Sequence[str], sets: int, seed: int) -> SeparationCurve:
    """Mean silhouette of the groups of prompts with the same emotion, each prompt centred within its event.

    The silhouette uses cosine distances. The interval resamples scenarios and leaves each prompt its silhouette, since a prompt
    drawn twice would be its own neighbour.
    """
    labels = permutation.label_sets(sets, len(held_out), held_out.shape[1], seed)
    values, null = [], []
    for layer in range(held_out.shape[2]):
        by_labels = silhouettes(cosine_distances(held_out[:, :, layer]), labels).double().numpy()
        values.append(means(torch.from_numpy(by_labels[0].reshape(held_out.shape[:2]).mean(1)), scenarios).numpy())
        null.append(by_labels[1:].mean(1))
    return SeparationCurve(np.stack(values), np.stack(null, axis=1))


@dataclass(frozen=True)
class Separation:
    """How well the emotions come apart at both points of every layer: a curve for each point, in the order of `POINTS`."""

    accuracy: list[SeparationCurve]
    silhouette: list[SeparationCurve]

    def table(self, draws: Draws) -> pd.DataFrame:
        """Both measures at both points of every layer: layer, value, low, high, null_95, measure, point, depth."""
        tables = [
            curve.table(draws.bootstraps, draws.seed).assign(measure=measure, point=point)
            for measure, curves in (("accuracy", self.accuracy), ("silhouette", self.silhouette))
            for point, curve in zip(POINTS, curves, strict=True)
        ]
        table = pd.concat(tables, ignore_index=True)
        return table.assign(depth=(table["layer"] + 1) / (table["layer"].max() + 1))

    def evidence(self, emotions: int, draws: Draws) -> list[dict[str, Any]]:
        """Evidence on W01, after whole blocks; what is read after the attention sublayer is named beside it."""
        of, counts = "held-out scenarios", (draws.bootstraps, draws.seed)
        accuracy, silhouette = (curves[POINTS.index(MLP)] for curves in (self.accuracy, self.silhouette))
        attention = self.accuracy[POINTS.index(ATTENTION)].values
        deep, contrast = (weights(len(attention)) for weights in (deep_weights, contrast_weights))
        decoded = accuracy.effect(deep, *counts, scale=effects.Scale(of, "accuracy", reference=1 / emotions))
        clusters = silhouette.effect(deep, *counts, scale=effects.Scale(of, "silhouette"))
        deeper = accuracy.effect(contrast, *counts, scale=effects.Scale(of, "accuracy difference", two_sided=True))
        beside = f"after the attention sublayer {(deep @ attention).mean():.2f}"
        return [
            evidence_row("W01", "held-out accuracy", decoded, beside=beside),
            evidence_row("W01", "silhouette", clusters),
            evidence_row("W01", "deeper minus shallower accuracy", deeper),
        ]


def separate(fit: PromptStates, held_out: PromptStates, draws: Draws) -> Separation:
    """Decoding of held-out prompts by the directions of the fitting ones, and their silhouettes, at both points."""
    accuracy, silhouette = [], []
    for point in POINTS:
        used, tested = fit.streams(point), held_out.streams(point)
        scenarios, counts = held_out.scenarios, (draws.shuffles, draws.seed)
        accuracy.append(accuracy_curve(used, tested, used.mean((0, 1)), scenarios, *counts))
        silhouette.append(silhouette_curve(tested, scenarios, *counts))
    return Separation(accuracy, silhouette)
