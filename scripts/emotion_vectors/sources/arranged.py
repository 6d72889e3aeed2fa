"""How the vectors of a source lie to each other, from inner products of its stories alone, whatever the number of its features.

A vector is the mean over topics minus the mean over emotions, as in `meaning.emotion_vectors`; resampled topics and permuted labels are
weights of the same inner products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.claims.nonmodels import EMBEDDINGS, STYLE, TWIN, WORDS
from emotion_vectors.sources.decoders import RESIDUAL_PENALTIES
from emotion_vectors.sources.study import SECOND_HAND, VECTORS, Source
from emotion_vectors.statistics import permutation, resampling, ridge
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.statistics.resampling import Draws

Array = NDArray[np.float64]

NONMODELS = (WORDS, STYLE, EMBEDDINGS, TWIN)


@dataclass(frozen=True)
class Arrangement:
    """Vectors of one source.

    cells: [topic, emotion, feature]; second: the same of the second hand's stories, None where these were not read.
    """

    cells: Array
    second: Array | None = None

    @property
    def topics(self) -> int:
        return len(self.cells)

    @cached_property
    def products(self) -> Array:
        """Inner products of the stories, [topic, emotion, topic, emotion]."""
        stories = self.cells.reshape(-1, self.cells.shape[-1])
        return (stories @ stories.T).reshape(*self.cells.shape[:2], *self.cells.shape[:2])

    def cosines(self, weights: Array | None = None) -> Array:
        """Cosines between vectors, [emotion, emotion].

        Args:
            weights: of each topic in the mean, all alike without them.
        Raises:
            VectorError: a vector is zero or not finite.
        """
        shares = np.full(self.topics, 1 / self.topics) if weights is None else weights
        half = np.tensordot(shares, self.products, axes=(0, 0))
        return cosines_of(np.tensordot(half, shares, axes=(1, 0)))

    def permuted(self, labels: NDArray[np.int64]) -> Array:
        """The same with the stories of every topic in another order [topic, emotion]."""
        rows = np.arange(self.topics)[:, None]
        half = self.products[rows, labels].sum(0)
        return cosines_of(half[:, rows, labels].sum(1))

    def points(self) -> Array:
        """The vectors scaled to unit length, [emotion, feature]."""
        return unit_vectors(self.cells)

    def points_of_second(self) -> Array | None:
        """The same of the second hand's stories."""
        return None if self.second is None else unit_vectors(self.second)


def unit_vectors(cells: Array) -> Array:
    """Vectors of cells [topic, emotion, feature], scaled to unit length."""
    means = cells.mean(0)
    vectors = means - means.mean(0)
    scaled: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def cosines_of(products: Array) -> Array:
    """Cosines of vectors relative to their mean, from inner products of what they are made of [emotion, emotion]."""
    centred = doubly_centred(products)
    lengths = np.sqrt(np.diag(centred).clip(min=0))
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise VectorError("a vector is zero or not finite and has no direction")
    cosines: Array = centred / np.outer(lengths, lengths)
    return cosines


def doubly_centred(products: Array) -> Array:
    """Inner products of items relative to their mean, from those of the items."""
    centred: Array = products - products.mean(0) - products.mean(1, keepdims=True) + products.mean()
    return centred


def coordinates(cosines: Array) -> Array:
    """Points with these inner products, [emotion, dimension]: what measures of distance see is the same."""
    values, vectors = np.linalg.eigh(cosines)
    points: Array = vectors * np.sqrt(values.clip(min=0))
    return points


def of_sources(sources: Mapping[str, Source], topics: int) -> dict[str, Arrangement]:
    """Arrangement of every source, by name."""
    arranged = {}
    for name, source in sources.items():
        second = source.others.get(SECOND_HAND)
        emotions = len(source.stories) // topics
        arranged[name] = Arrangement(
            source.cells(topics), None if second is None else second.reshape(-1, emotions, second.shape[1])
        )
    return arranged


BEYOND_TEXTS = (VECTORS, EMBEDDINGS, TWIN)
"""Sources that read more than words and style."""


def without_words_and_style(
    sources: Mapping[str, Source], topics: int, names: Sequence[str] = BEYOND_TEXTS
) -> dict[str, Arrangement]:
    """Sources that read more than words and style, without what these two together predict of them."""
    predictor = ridge.together(sources[WORDS].products(), sources[STYLE].products(), 0.5)
    left = {}
    for name in names:
        shared = {text: values for text, values in sources[name].others.items() if text in predictor.others}
        left[name] = Source(*ridge.residuals(predictor, topics, sources[name].stories, shared, RESIDUAL_PENALTIES))
    return of_sources(left, topics)


@dataclass(frozen=True)
class SharedDraws:
    """Draws that all sources of a study share, so that differences between them are paired.

    topics: weights [resample, topic]; emotions: which are drawn [resample, emotion]; labels: permuted within topics [set, topic, emotion].
    """

    topics: Array
    emotions: NDArray[np.int64]
    labels: NDArray[np.int64]

    def first(self, count: int) -> SharedDraws:
        """So many of each."""
        return SharedDraws(self.topics[:count], self.emotions[:count], self.labels[:count])

    @classmethod
    def draw(cls, topics: int, emotions: int, draws: Draws) -> SharedDraws:
        generator = draws.generator(0)
        labels = np.broadcast_to(np.arange(emotions), (topics, emotions))
        return cls(
            resampling.weights(topics, draws.bootstraps, generator),
            generator.integers(0, emotions, (draws.bootstraps, emotions)),
            permutation.permuted_sets(labels, draws.shuffles, generator),
        )
