"""One family of decoders for every source of a text's emotion: vectors, words, style, embeddings, and two of them together.

Scores are those of ridge regression on the emotions: the product of a state with each emotion's vector in the metric of the shrunken
covariance of the stories. Raw decoders have the limit of full shrinkage, the product itself; whitened ones choose the shrinkage among the
topics that they are fitted on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.statistics import permutation, ridge
from emotion_vectors.statistics.ridge import Products

Array = NDArray[np.float64]

PENALTIES = tuple(10.0**power for power in range(3, -4, -1))
"""Of whitened decoders, in units of the mean variance of a story, the strongest first, which is chosen where several do as well."""
RESIDUAL_PENALTIES = tuple(10.0 ** (power / 2) for power in range(6, -7, -1))
"""Of what is predicted to be taken off, in finer steps: too weak a one turns emotions round, and too strong a one leaves what is known."""
FULL_SHRINKAGE = 1e6
SHARES = (0.5, 0.25, 0.75)
"""Of the first of two sources together; raw decoders take the first of these."""

Candidate = tuple[Products, float]


@dataclass(frozen=True)
class Decoder:
    """A decoder as weights of the stories' labels, which stand by topic, then emotion.

    left_out: [story, story], each topic by a fit on the others; others: by name [text, story], texts that take part in no fit.
    """

    topics: int
    left_out: Array
    others: Mapping[str, Array]

    @property
    def emotions(self) -> int:
        return len(self.left_out) // self.topics

    def hits(self, labels: NDArray[np.int64] | None = None) -> Array:
        """Whether the emotion of each story is the first on topics left out: 0/1 in [topic, emotion].

        Args:
            labels: emotion of each story [topic, emotion] where it is not its column.
        """
        truth = np.broadcast_to(np.arange(self.emotions), (self.topics, self.emotions)) if labels is None else labels
        scores = self.left_out @ np.eye(self.emotions)[truth.ravel()]
        hits: Array = (scores.argmax(1) == truth.ravel()).reshape(self.topics, -1).astype(float)
        return hits

    def scores(self, name: str, labels: NDArray[np.int64] | None = None) -> Array:
        """Scores of other texts, relative to their mean over these texts: [text, emotion]."""
        rows = np.tile(np.arange(self.emotions), self.topics) if labels is None else labels.ravel()
        scores = self.others[name] @ np.eye(self.emotions)[rows]
        relative: Array = scores - scores.mean(0)
        return relative

    def null(self, sets: int, seed: int) -> Array:
        """Accuracy on topics left out with labels permuted within topics: [set]."""
        return np.array([self.hits(labels).mean() for labels in self.permuted(sets, seed)])

    def permuted(self, sets: int, seed: int) -> NDArray[np.int64]:
        """Labels permuted within topics, the same for all decoders of a study: [set, topic, emotion]."""
        labels = np.broadcast_to(np.arange(self.emotions), (self.topics, self.emotions))
        return permutation.permuted_sets(labels, sets, seed)


def raw(source: Products, topics: int) -> Decoder:
    """The decoder of full shrinkage."""
    return _decoder([(source, FULL_SHRINKAGE)], topics)


def raw_together(first: Products, second: Products, topics: int) -> Decoder:
    """The same from two sources of equal weight."""
    return raw(ridge.together(first, second, SHARES[0]), topics)


def whitened(source: Products, topics: int) -> Decoder:
    """The decoder whose shrinkage is chosen among the topics that it is fitted on."""
    return _decoder([(source, penalty) for penalty in PENALTIES], topics)


def whitened_together(first: Products, second: Products, topics: int) -> Decoder:
    """The same from two sources, whose shares are chosen with the shrinkage."""
    blends = [ridge.together(first, second, share) for share in SHARES]
    return _decoder([(blend, penalty) for penalty in PENALTIES for blend in blends], topics)


def onto_others(source: Products, topics: int) -> dict[str, Array]:
    """The whitened decoder for texts that take part in no fit, as weights of the stories' labels: by name [text, story]."""
    fit, emotions = ridge.Fit.of(source), np.eye(len(source.within) // topics)
    targets = np.tile(emotions, (topics, 1))
    errors = fit.errors_left_out(PENALTIES, targets, topics)
    rates = [((targets - left).argmax(1) == targets.argmax(1)).mean() for left in errors]
    best = PENALTIES[int(np.argmax(rates))]
    return {name: fit.onto(name, best) for name in source.others}


def _decoder(candidates: Sequence[Candidate], topics: int) -> Decoder:
    """The best candidate for each topic left out, by accuracy on every other one when both are left out; for other texts, by
    accuracy on each topic left out."""
    fits = {id(source): ridge.Fit.of(source) for source, _ in candidates}
    hats = [fits[id(source)].hat(penalty) for source, penalty in candidates]
    inner = np.stack([_inner_accuracy(hat, topics) for hat in hats]) if len(hats) > 1 else np.zeros((1, topics))
    chosen, operators = inner.argmax(0), [ridge.without_each(hat, topics) for hat in hats]
    size = len(hats[0]) // topics
    left_out = np.concatenate([operators[best][topic * size : (topic + 1) * size] for topic, best in enumerate(chosen)])
    source, penalty = candidates[
        int(np.argmax([Decoder(topics, operator, {}).hits().mean() for operator in operators]))
    ]
    return Decoder(topics, left_out, {name: fits[id(source)].onto(name, penalty) for name in source.others})


def _inner_accuracy(hat: Array, topics: int) -> Array:
    """Mean accuracy on the other topics, with each of these left out as well: [topic]."""
    emotions = len(hat) // topics
    pairs, predicted = ridge.without_pairs(hat, np.tile(np.eye(emotions), (topics, 1)), topics)
    accuracies = (predicted.argmax(-1) == np.arange(emotions)).mean(-1)
    table = np.zeros((topics, topics))
    table[pairs[:, 0], pairs[:, 1]], table[pairs[:, 1], pairs[:, 0]] = accuracies[:, 1], accuracies[:, 0]
    mean: Array = table.sum(1) / (topics - 1)
    return mean
