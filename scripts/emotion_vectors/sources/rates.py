"""Rates of decoders on stories and on messages, differences between two of them, and the same across hands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.sources.decoded import Messages, hits_across
from emotion_vectors.sources.decoders import Decoder
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.statistics.wording import interval

Array = NDArray[np.float64]
Row = dict[str, Any]

NOT_READ = "across hands not read"


@dataclass(frozen=True)
class Items(ABC):
    """Texts whose emotion is decoded: what counts as one of them, what is resampled, and what chance is."""

    draws: Draws

    @abstractmethod
    def hits(self, decoder: Decoder) -> Array:
        """0/1 in [group, item]: topics and emotions of stories, emotions and their messages."""

    @abstractmethod
    def null(self, decoder: Decoder) -> Array:
        """Rates by decoders of permuted labels: [set]."""

    @abstractmethod
    def limits(self, values: Array) -> tuple[float, float]:
        """Interval of the mean of values in the form of hits."""

    @abstractmethod
    def scale(self, unit: str, reference: float = 0.0) -> Scale:
        """What rates and differences of rates are measured in."""

    @abstractmethod
    def count(self, values: Array) -> int:
        """Number of independent units."""

    @abstractmethod
    def chance(self, decoder: Decoder) -> float:
        """Rate of a decoder that knows nothing."""

    def rate(self, decoder: Decoder) -> Effect:
        """Rate of a decoder against chance and permuted labels."""
        hits = self.hits(decoder)
        scale = self.scale("rate", self.chance(decoder))
        return effects.effect(hits.mean(), self.limits(hits), self.null(decoder), n=self.count(hits), scale=scale)

    def difference(self, first: Decoder, second: Decoder) -> Effect:
        """Rate of one decoder minus that of another on the same texts, against the two exchanged in whole groups."""
        values = self.hits(first) - self.hits(second)
        scale = self.scale("rate difference")
        exchanged = effects.paired_effect(
            values, self.limits(values), self.draws.shuffles, self.draws.seed, scale=scale
        )
        return replace(exchanged, n=self.count(values))

    def across(self, values: Array | None) -> str:
        """Hits across hands, or differences between them, in words."""
        if values is None:
            return NOT_READ
        low, high = self.limits(values)
        numbers = {"estimate": values.mean(), "low": low, "high": high}
        return f"across hands {interval(numbers)}, n = {self.count(values)}"


@dataclass(frozen=True)
class StoryItems(Items):
    """Stories of topics left out, topics crossed with emotions."""

    def hits(self, decoder: Decoder) -> Array:
        return decoder.hits()

    def null(self, decoder: Decoder) -> Array:
        return decoder.null(self.draws.shuffles, self.draws.seed)

    def limits(self, values: Array) -> tuple[float, float]:
        return resampling.crossed_bootstrap(values, self.draws.bootstraps, self.draws.seed)

    def scale(self, unit: str, reference: float = 0.0) -> Scale:
        return Scale(of="topics", unit=unit.replace("rate", "accuracy"), reference=reference)

    def count(self, values: Array) -> int:
        return len(values)

    def chance(self, decoder: Decoder) -> float:
        return 1 / decoder.emotions


@dataclass(frozen=True)
class MessageItems(Items):
    """Messages read at one span, emotions with the messages of each."""

    messages: Messages
    span: str

    def hits(self, decoder: Decoder) -> Array:
        return self.messages.hits(decoder, self.span)

    def null(self, decoder: Decoder) -> Array:
        return self.messages.null(decoder, self.span, self.draws.shuffles, self.draws.seed)

    def limits(self, values: Array) -> tuple[float, float]:
        return resampling.hierarchical_bootstrap(values, self.draws.bootstraps, self.draws.seed)

    def scale(self, unit: str, reference: float = 0.0) -> Scale:
        return Scale(of="messages", unit=unit.replace("rate", "top-3 rate"), reference=reference)

    def count(self, values: Array) -> int:
        return values.size

    def chance(self, decoder: Decoder) -> float:
        return self.messages.chance


def difference_across(first: Decoder, second: Decoder) -> Array | None:
    """Difference of hits on the second hand's stories between two decoders; None where one of them did not read them."""
    hits = [hits_across(decoder) for decoder in (first, second)]
    return None if hits[0] is None or hits[1] is None else hits[0] - hits[1]
