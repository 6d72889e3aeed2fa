"""Do the six emotions come apart, whatever the situation? Decoding of held-out prompts, silhouettes, cosines (W01, W10).

Read-out: a held-out prompt is centred by the mean of the fitting prompts, never by prompts of its own event, and given to the
emotion whose direction has the largest cosine with it. Nothing of the test set is used but the prompt itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.circuits.directions import DEEP, centred, centroids, scenario_sums, weighted
from emotion_vectors.meaning.decoding import cosines, ranks_of_truth
from emotion_vectors.models.layers import from_depth
from emotion_vectors.statistics import effects, permutation, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.grouping import means, resamples
from emotion_vectors.statistics.permutation import shuffle_weights

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
    points = unit(centred(states).flatten(0, 1))
    return 1 - points @ points.T


def silhouettes(distances: Tensor, labels: Tensor) -> Tensor:
    """Silhouette of every item under each of many labellings: [set, item].

    Args:
        distances: [item, item]; labels: [set, item], the same classes of the same sizes in every set.
    """
    members = torch.nn.functional.one_hot(labels).to(distances)
    sizes = members[0].sum(0)
    sums = torch.einsum("ij,sjc->sic", distances, members)
    own = labels[..., None]
    within = sums.gather(-1, own)[..., 0] / (sizes[labels] - 1)
    others = (sums / sizes).scatter(-1, own, torch.inf).amin(-1)
    return (others - within) / torch.maximum(others, within)


@dataclass(frozen=True)
class Curve:
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
        return effects.effect(
            values.mean(),
            interval,
            self.null @ weights,
            n=len(values),
            scale=scale,
        )


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


def accuracy_curve(groups: Tensor, tested: Tensor, centre: Tensor, units: Sequence[str], sets: int, seed: int) -> Curve:
    """Accuracy of the directions of one set of texts on another, null from the labels of the first permuted within groups.

    Args:
        groups: [group, emotion, layer, d_model], what the directions are made of; tested: [event, emotion, layer, d_model];
        centre: [layer, d_model], taken from what is tested; units: unit of each tested event over which intervals are taken.
    """
    hits = held_out_hits(tested, centre, centroids(groups)).mean(2)
    weights = shuffle_weights(sets, groups.shape[0], groups.shape[1], seed)
    null = [
        accuracies_under(tested[:, :, layer] - centre[layer], weighted(weights, centred(groups[:, :, layer])))
        for layer in range(groups.shape[2])
    ]
    return Curve(means(torch.from_numpy(hits.T), units).numpy().T, np.stack(null, axis=1))


def silhouette_curve(held_out: Tensor, scenarios: Sequence[str], sets: int, seed: int) -> Curve:
    """Mean silhouette of the groups of prompts with the same emotion, each prompt centred within its event.

    The silhouette uses cosine distances. The interval resamples scenarios and leaves each prompt its silhouette, since a prompt
    drawn twice would be its own neighbour.
    """
    labels = permutation.label_sets(sets, len(held_out), held_out.shape[1], seed)
    values, null = [], []
    for layer in range(held_out.shape[2]):
        found = silhouettes(cosine_distances(held_out[:, :, layer]), labels).double().numpy()
        values.append(means(torch.from_numpy(found[0].reshape(held_out.shape[:2]).mean(1)), scenarios).numpy())
        null.append(found[1:].mean(1))
    return Curve(np.stack(values), np.stack(null, axis=1))


@dataclass(frozen=True)
class PairCosines:
    """Cosines of all pairs of directions: values [layer, pair], resampled [resample, layer, pair], null [set, layer, pair]."""

    pairs: list[tuple[int, int]]
    values: Array
    resampled: Array
    null: Array

    def table(self, emotions: Sequence[str]) -> pd.DataFrame:
        """Cosine of every pair at every layer, with its interval over scenarios and the 95th percentile of its null."""
        low, high = np.quantile(self.resampled, [0.025, 0.975], axis=0)
        columns = {"cosine": self.values, "low": low, "high": high, "null_95": np.quantile(self.null, 0.95, axis=0)}
        names = [(emotions[left], emotions[right]) for left, right in self.pairs]
        index = [(layer, *pair) for layer in range(len(self.values)) for pair in names]
        table = pd.DataFrame(index, columns=["layer", "left", "right"])
        return table.assign(**{name: values.ravel() for name, values in columns.items()})

    def of_others(self, named: Sequence[int]) -> Array:
        """Cosines of the pairs that are not named, mean over the deeper layers, under resampled scenarios: [resample * other pair].

        Permuting the labels of the six directions makes any pair one of these.
        """
        deep = np.einsum("l,rlp->rp", deep_weights(self.resampled.shape[1]), self.resampled)
        others: Array = np.delete(deep, list(named), axis=1).ravel()
        return others

    def shuffled_95(self) -> float:
        """95th percentile of all cosines, mean over the deeper layers, of directions under labels permuted within groups."""
        return float(np.quantile(np.einsum("l,slp->sp", deep_weights(self.null.shape[1]), self.null), 0.95))


def cosine_curves(used: Tensor, scenarios: Sequence[str], sets: int, bootstraps: int, seed: int) -> PairCosines:
    """Cosines of directions [event, emotion, layer, d_model], resampled over scenarios, and under labels permuted within groups."""
    weights, sums = shuffle_weights(sets, len(used), used.shape[1], seed), scenario_sums(used, scenarios)
    drawn = resamples(bootstraps, len(sums), seed)
    values, resampled, null = [], [], []
    for layer in range(used.shape[2]):
        here = sums[:, :, layer]
        values.append(pair_cosines(here.sum(0)))
        resampled.append(pair_cosines(torch.einsum("ru,ued->red", drawn, here)))
        null.append(pair_cosines(weighted(weights, centred(used[:, :, layer]))))
    pairs = list(combinations(range(used.shape[1]), 2))
    return PairCosines(pairs, np.stack(values), np.stack(resampled, axis=1), np.stack(null, axis=1))


def pair_cosines(vectors: Tensor) -> Array:
    """Cosines of all pairs: [..., pair] of vectors [..., emotion, d_model]."""
    units = unit(vectors)
    left, right = torch.triu_indices(vectors.shape[-2], vectors.shape[-2], offset=1)
    cosines_of_pairs: Array = (units @ units.transpose(-1, -2))[..., left, right].double().numpy()
    return cosines_of_pairs
