"""Which emotion does a text carry? Nearest-direction decoding of activations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.decoding.hit_tables import BOTH, Fold, tabulate_hits, tabulate_schemes
from emotion_vectors.statistics.algebra import unit


def cosines(states: Tensor, vectors: Tensor) -> Tensor:
    """Cosine of states [item, layer, d_model] with vectors [emotion, layer, d_model]: [layer, item, emotion]."""
    return torch.einsum("ild,eld->lie", unit(states), unit(vectors))


def held_out_hits(cells: Tensor, folds: Sequence[Fold]) -> NDArray[np.bool_]:
    """Top-1 hits on topics that took no part in the vectors.

    Each held-out story is centred by the mean of the training stories (never by its own topic) and given to the emotion
    whose vector has the largest cosine with it.

    Args:
        cells: [topic, emotion, layer, d_model].
        folds: pairs of training and test topics.
    Returns:
        [layer, test topic, emotion], test topics in the order of the folds.
    """
    truth = range(cells.shape[1])
    total = cells.sum(0)
    hits = []
    for train, test in folds:
        left_out = sorted(set(range(len(cells))) - set(train))
        means = (total - cells[left_out].sum(0)) / len(train)
        centre = means.mean(0)
        vectors = means - centre
        for topic in test:
            hits.append(ranks_of_truth(cosines(cells[topic] - centre, vectors), truth) == 1)
    return np.stack(hits, axis=1)


def tabulate_methods(cells: Mapping[str, Tensor], topics: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """Hits of every method (name -> cells) under every scheme, and of the method `vectors` with half of the topics."""
    tables = []
    for method, values in cells.items():
        decode = partial(held_out_hits, values)
        tables.append(tabulate_schemes(decode, topics, emotions, method))
        if method == "vectors":
            tables.append(half_the_topics(values, topics, emotions))
    return pd.concat(tables, ignore_index=True)


def half_the_topics(cells: Tensor, topics: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """Hits on every second topic by vectors of the others: what decoding loses when it has half of the stories."""
    names = list(topics["topic"])
    hits = held_out_hits(cells, [(range(0, len(names), 2), range(1, len(names), 2))])
    return tabulate_hits(hits, names[1::2], emotions, method="half the topics", scheme=BOTH)


def ranks_of_truth(scores: Tensor, truth: Sequence[int]) -> NDArray[np.int64]:
    """Rank (1 = best) of the true class in scores [..., item, class]; ties count against the truth.

    Returns:
        [..., item].
    """
    true_scores = scores.gather(-1, torch.as_tensor(truth).expand(scores.shape[:-1])[..., None])
    if not torch.isfinite(scores).all():
        raise ValueError("a score is not finite and has no rank")
    return (scores >= true_scores).sum(-1).numpy()


def read(states: Tensor, vectors: Tensor) -> Tensor:
    """Cosine readings of states, centred over the items, so that offsets shared by all items decide nothing.

    Args:
        states: [item, layer, d_model], a set balanced over the classes; vectors: [emotion, layer, d_model].
    Returns:
        [layer, item, emotion].
    """
    return cosines(states - states.mean(0, keepdim=True), vectors)
