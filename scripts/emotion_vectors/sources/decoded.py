"""Every source of a study decoded: alone and together with words, raw and whitened, and without what other sources predict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from emotion_vectors.claims.nonmodels import WORDS
from emotion_vectors.decoding.nearest_direction import ranks_of_truth
from emotion_vectors.sources import decoders
from emotion_vectors.sources.decoders import Decoder
from emotion_vectors.sources.study import SECOND_HAND, Source
from emotion_vectors.statistics import ridge
from emotion_vectors.statistics.ridge import Products

Array = NDArray[np.float64]

WHITENED, RAW = "whitened", "raw"
KINDS = (WHITENED, RAW)
FIRST = 3
"""Among how many emotions that of a message must be."""


@dataclass(frozen=True)
class Decoded:
    """Decoders of one source by kind: alone, and together with words, which word counts themselves are not."""

    alone: Mapping[str, Decoder]
    with_words: Mapping[str, Decoder]


def decode(source: Products, words: Products | None, topics: int) -> Decoded:
    """A source decoded alone and, unless it is words, together with words."""
    alone = {WHITENED: decoders.whitened(source, topics), RAW: decoders.raw(source, topics)}
    if words is None:
        return Decoded(alone, {})
    both = {
        WHITENED: decoders.whitened_together(source, words, topics),
        RAW: decoders.raw_together(source, words, topics),
    }
    return Decoded(alone, both)


def decode_all(sources: Mapping[str, Source], topics: int) -> dict[str, Decoded]:
    """Every source, by name; word counts are among them."""
    known = {name: source.products() for name, source in sources.items()}
    return {name: decode(products, None if name == WORDS else known[WORDS], topics) for name, products in known.items()}


def decode_without(source: Source, predictor: Source, topics: int) -> Decoder:
    """The whitened decoder of what another source does not predict of a source.

    For each topic the predictor, its penalty and the shrinkage come from the other topics alone; for other texts that both sources
    have, from all stories. Labels enter no predictor, so what is left serves permuted ones as well.
    """
    known, size = predictor.products(), len(source.stories) // topics
    left_out = np.zeros((len(source.stories),) * 2)
    for start in range(0, len(left_out), size):
        tested = slice(start, start + size)
        trained = np.delete(np.arange(len(left_out)), tested)
        folded = Source(source.stories[trained], {ridge.LEFT_OUT: source.stories[tested]})
        left = _residual(folded, ridge.leaving_out(known, tested), topics - 1)
        left_out[tested, trained] = decoders.onto_others(left, topics - 1)[ridge.LEFT_OUT]
    return Decoder(topics, left_out, decoders.onto_others(_residual(source, known, topics), topics))


def _residual(source: Source, predictor: Products, topics: int) -> Products:
    """Inner products of a source without what a predictor says of it, on its stories and on all other texts that both have."""
    shared = {name: values for name, values in source.others.items() if name in predictor.others}
    return Source(*ridge.residuals(predictor, topics, source.stories, shared, decoders.RESIDUAL_PENALTIES)).products()


def hits_across(decoder: Decoder) -> Array | None:
    """Hits on the second hand's stories by a fit on those of the first, [topic, emotion]; None where they were not read."""
    return hits_on_second(decoder) if SECOND_HAND in decoder.others else None


def hits_on_second(decoder: Decoder, labels: NDArray[np.int64] | None = None) -> Array:
    """Hits on the second hand's stories, which were read: [topic, emotion].

    Args:
        labels: of the stories of the fit, where these are permuted.
    """
    chosen = decoder.scores(SECOND_HAND, labels).argmax(1).reshape(-1, decoder.emotions)
    hits: Array = (chosen == np.arange(decoder.emotions)).astype(float)
    return hits


@dataclass(frozen=True)
class Messages:
    """Messages that imply an emotion: the place of each emotion among those of the study, and which message implies it.

    columns: of each candidate, [candidate]; classes: candidate of each message, [message].
    """

    columns: Sequence[int]
    classes: Sequence[int]

    @property
    def chance(self) -> float:
        return FIRST / len(self.columns)

    def hits(self, decoder: Decoder, span: str, labels: NDArray[np.int64] | None = None) -> Array:
        """Whether the emotion of each message is among the first three candidates: 0/1 in [candidate, message of it].

        Raises:
            ValueError: candidates have different numbers of messages.
        """
        scores = decoder.scores(span, labels)[:, list(self.columns)]
        ranks = ranks_of_truth(torch.from_numpy(scores), self.classes)
        order = np.argsort(self.classes, kind="stable")
        if len(set(np.bincount(self.classes))) != 1:
            raise ValueError(
                f"every emotion needs the same number of messages, not {np.bincount(self.classes).tolist()}"
            )
        hits: Array = (ranks[order] <= FIRST).astype(float).reshape(len(self.columns), -1)
        return hits

    def null(self, decoder: Decoder, span: str, sets: int, seed: int) -> Array:
        """Rates by decoders of permuted labels: [set]."""
        return np.array([self.hits(decoder, span, labels).mean() for labels in decoder.permuted(sets, seed)])
