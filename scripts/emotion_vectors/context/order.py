"""Pairs of texts that end alike and mean different emotions: at which depth does meaning order them? (A13; figures 12 and 14 of A.)

A pair is ordered by meaning where the state of the text that tells of more of an emotion, over the words that both end in, lies further
along its vector; of a prefix pair, where the difference of the two states lies along the difference of the two vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.context.gates import PERCENTILE
from emotion_vectors.context.kinds import EVERY, NEGATION, PREFIX
from emotion_vectors.context.states import numbers_of
from emotion_vectors.models.layers import between
from emotion_vectors.statistics import effects, random_directions, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.function.negations import LESS, MORE, NAMED, SHOWN, NegationPair, PrefixPair

Array = NDArray[np.float64]

CHANCE = 0.5
MOST_GAUSSIAN = 200
"""Sets of Gaussian directions at most: every one is read at all layers."""
CHANGE = Scale("pairs", "difference of shares", two_sided=True)
LATE = Scale("pairs", "share", reference=CHANCE)


@dataclass(frozen=True)
class Pairs:
    """Pairs of one set.

    name: of the set; differences: [pair, layer, d_model], the state of the first text less that of the second; signs: [pair, emotion],
    +1 for the emotion that the first text means more of, -1 for that of the second; texts: the first and the second of each pair;
    groups: [group, pair of the group], numbers of the pairs that share an emotion vector, or of one pair each; kinds: numbers of the
    pairs of each kind, all of them under `EVERY`.
    """

    name: str
    differences: Tensor
    signs: Tensor
    texts: tuple[list[str], list[str]]
    groups: NDArray[np.int64]
    kinds: Mapping[str, list[int]]

    def ordered(self, directions: Tensor) -> Array:
        """Whether each pair is ordered by meaning, one half where nothing differs: [pair, layer].

        Args:
            directions: [emotion, layer, d_model], of any length.
        """
        used = self.signs.abs().sum(0) > 0
        read = torch.einsum("pld,eld->ple", self.differences.float(), unit(directions[used].float()))
        values = torch.einsum("ple,pe->pl", read, self.signs[:, used])
        shares: Array = (torch.sign(values).double().numpy() + 1) / 2
        return shares

    def told_by(self, features: Callable[[list[str]], Tensor]) -> Pairs:
        """The same pairs with differences of features [text, feature] of their texts in place of states, as a single layer."""
        first, second = map(features, self.texts)
        return replace(self, differences=(first - second)[:, None])


def read_negations(pairs: Sequence[NegationPair], states: Tensor, emotions: Sequence[str]) -> Pairs:
    """Negation pairs with states [pair, text, layer, d_model], the text that tells of more first.

    Raises:
        VectorError: there is no vector for an emotion.
    """
    numbers = numbers_of([pair.emotion for pair in pairs], emotions)
    signs = torch.nn.functional.one_hot(torch.tensor(numbers), len(emotions)).float()
    groups = np.array([[at for at, number in enumerate(numbers) if number == one] for one in dict.fromkeys(numbers)])
    kinds = {EVERY: list(range(len(pairs)))}
    for kind in (NAMED, SHOWN):
        kinds[kind] = [at for at, pair in enumerate(pairs) if pair.kind == kind]
    for side in (LESS, MORE):
        kinds[f"negation means {side}"] = [at for at, pair in enumerate(pairs) if pair.negated == side]
    texts = [pair.more for pair in pairs], [pair.less for pair in pairs]
    return Pairs(NEGATION, states[:, 0] - states[:, 1], signs, texts, groups, kinds)


def read_prefixes(pairs: Sequence[PrefixPair], states: Tensor, emotions: Sequence[str]) -> Pairs:
    """Prefix pairs with states [pair, text, layer, d_model], in the order of their emotions.

    Raises:
        VectorError: there is no vector for an emotion.
    """
    numbers = torch.tensor([numbers_of(pair.emotions, emotions) for pair in pairs])
    first, second = torch.nn.functional.one_hot(numbers, len(emotions)).float().unbind(1)
    texts = [pair.texts[0] for pair in pairs], [pair.texts[1] for pair in pairs]
    alone, kinds = np.arange(len(pairs))[:, None], {EVERY: list(range(len(pairs)))}
    return Pairs(PREFIX, states[:, 0] - states[:, 1], first - second, texts, alone, kinds)


@dataclass(frozen=True)
class Orders:
    """Which pairs are ordered by meaning at each layer, and the same under directions without meaning.

    ordered: [pair, layer]; nulls: the same by name of the null, [set, pair, layer].
    """

    pairs: Pairs
    ordered: Array
    nulls: Mapping[str, Array]

    @property
    def thirds(self) -> tuple[list[int], list[int]]:
        """Layers of the early and of the late third."""
        layers = self.ordered.shape[1]
        return between(layers, 0, 1 / 3), between(layers, 2 / 3, 1)


def measure(pairs: Pairs, vectors: Tensor, shuffled: Tensor, draws: Draws) -> Orders:
    """Order by meaning at every layer, with labels exchanged, and along label-shuffled and Gaussian directions.

    A Gaussian direction is the same at every layer, since what a stream holds stays in it.

    Args:
        vectors: [emotion, layer, d_model]; shuffled: [set, emotion, layer, d_model].
    """
    emotions, layers, width = vectors.shape
    drawn = random_directions.gaussian_sets(min(draws.shuffles, MOST_GAUSSIAN), emotions, width, draws.seed)
    ordered = pairs.ordered(vectors)
    flips = draws.generator(1).choice([-1.0, 1.0], (draws.shuffles, len(ordered), 1))
    nulls = {
        "labels exchanged": CHANCE + flips * (ordered - CHANCE),
        "label-shuffled vectors": np.stack([pairs.ordered(directions) for directions in shuffled]),
        "Gaussian directions": np.stack(
            [pairs.ordered(directions[:, None].expand(-1, layers, -1)) for directions in drawn]
        ),
    }
    return Orders(pairs, ordered, nulls)


def judged(orders: Orders, weights: Array, scale: Scale, draws: Draws) -> Effect:
    """A weighted sum over layers of the share ordered by meaning, against every null: the one that it exceeds least counts.

    Args:
        weights: [layer].
    """
    values = orders.ordered @ weights
    interval = resampling.hierarchical_bootstrap(values[orders.pairs.groups], draws.bootstraps, draws.seed)
    nulls = [null.mean(1) @ weights for null in orders.nulls.values()]
    beyond = [effects.effect(values.mean(), interval, null, n=len(values), scale=scale) for null in nulls]
    return min(beyond, key=lambda effect: effect.null_percentile)


def evidence_on_order(orders: Orders, words: Array, draws: Draws) -> dict[str, Any]:
    """Evidence on one part of A13.

    Args:
        words: whether counts of words of the stories order each pair [pair], which stands beside the estimate.
    """
    early, late = (_mean_over(layers, orders.ordered.shape[1]) for layers in orders.thirds)
    change, reached = (
        judged(orders, weights, scale, draws) for weights, scale in ((late - early, CHANGE), (late, LATE))
    )
    closed = reached.null_percentile <= PERCENTILE or reached.estimate <= CHANCE
    guard = (
        f"the late layers order {reached.estimate:.2f} of the pairs by meaning, at percentile {reached.null_percentile:.0f} of the null "
        f"that this exceeds least, not beyond the {PERCENTILE}th"
    )
    shares = "; ".join(
        f"{kind} {(orders.ordered[chosen] @ late).mean():.2f}" for kind, chosen in orders.pairs.kinds.items()
    )
    beside = (
        f"early layers {(orders.ordered @ early).mean():.2f}; late layers, {shares}; counts of words of the stories, on the whole "
        f"texts, {words.mean():.2f}"
    )
    part = f"{orders.pairs.name}, late minus early"
    return evidence_row("A13", part, change, guard=guard if closed else "", beside=beside)


def _mean_over(layers: Sequence[int], count: int) -> Array:
    weights = np.zeros(count)
    weights[list(layers)] = 1 / len(layers)
    return weights


def order_table(orders: Orders, draws: Draws) -> pd.DataFrame:
    """Share ordered by meaning by layer, with interval, and what the null that reaches furthest there reaches to its 95th percentile.

    Returns:
        set, kind, layer, depth, share, low, high, null_95.
    """
    layers, rows = orders.ordered.shape[1], []
    for kind, chosen in orders.pairs.kinds.items():
        nulls = [null[:, chosen].mean(1) for null in orders.nulls.values()]
        null_95 = np.max([np.quantile(null, PERCENTILE / 100, axis=0) for null in nulls], axis=0)
        members = [kept for group in orders.pairs.groups if len(kept := [at for at in group if at in {*chosen}])]
        for layer in range(layers):
            values = orders.ordered[np.array(members), layer]
            low, high = resampling.hierarchical_bootstrap(values, draws.bootstraps, draws.seed)
            depth = (layer + 1) / layers
            rows.append((orders.pairs.name, kind, layer, depth, float(values.mean()), low, high, float(null_95[layer])))
    return pd.DataFrame(rows, columns=["set", "kind", "layer", "depth", "share", "low", "high", "null_95"])
