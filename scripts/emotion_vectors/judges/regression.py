"""What judges by regression share: the states of a sentence encoder that they see, and folds that keep situations together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Folds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]

VIEWS = {"layer 2": (2,), "layer 3": (3,), "layer 4": (4,), "layers 2-4": (2, 3, 4), "last layer": (5,)}
"""Layers whose mean states the regression may see; the last is the sentence embedding. Middle ones keep more of how a thing is said."""


class Reader(Protocol):
    """Anything that turns texts into states [text, layer, feature], such as `encoder.Encoder`."""

    def read(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass
class ReadOnce:
    """A reader that reads a text once, however often it is asked for it."""

    reader: Reader
    states: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> NDArray[np.float32]:
        unread = [text for text in dict.fromkeys(texts) if text not in self.states]
        if unread:
            self.states.update(zip(unread, self.reader.read(unread), strict=True))
        return np.stack([self.states[text] for text in texts])


@dataclass(frozen=True)
class Setting:
    """What is chosen by inner validation."""

    view: str
    inverse_penalty: float


@dataclass(frozen=True)
class Data:
    """Replies of one behaviour as numbers: states [reply, layer, feature], class and situation of each."""

    states: Array
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]

    def subset(self, chosen: NDArray[np.int64]) -> Data:
        return Data(self.states[chosen], self.labels[chosen], self.groups[chosen])


def read(reader: Reader, texts: Sequence[str]) -> Array:
    """States of texts [text, layer, feature] in double precision."""
    states: Array = reader.read(texts).astype(np.float64)
    return states


def log_loss(probabilities: Array, labels: NDArray[np.int64]) -> float:
    """Mean negative log probability of the true class, in nats."""
    return float(-np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-12, None)).mean())


def situation_folds(groups: NDArray[np.int64], count: int, seed: int) -> Folds:
    """Training and test positions of `count` folds that keep the replies to a situation together.

    Raises:
        ValueError: fewer situations than folds.
    """
    return list(_split(groups, count, seed))


def _split(groups: NDArray[np.int64], count: int, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    names = np.unique(groups)
    if len(names) < count:
        raise ValueError(f"{len(names)} situations cannot be put into {count} folds; write replies to more situations")
    fold_of = dict(zip(np.random.default_rng(seed).permutation(names), np.arange(len(names)) % count, strict=True))
    folds = np.array([fold_of[group] for group in groups])
    for fold in range(count):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)


def view_of(states: Array, view: str) -> Array:
    """What the regression sees of states [reply, layer, feature]: the layers of a view side by side."""
    chosen: Array = states[:, VIEWS[view]].reshape(len(states), -1)
    return chosen
