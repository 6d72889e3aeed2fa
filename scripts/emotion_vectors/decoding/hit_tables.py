"""Which texts are decoded: folds of every scheme, and tables of hits, whatever decodes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.statistics.resampling import crossed_bootstrap

BOTH = "both corpora"
NO_LAYER = -1
"""Layer of word counts, which have none."""
Fold = tuple[Sequence[int], Sequence[int]]
"""Topics that vectors are made of, and topics that they are tested on."""


def leave_one_out(count: int) -> list[Fold]:
    """Folds that hold out each of `count` topics once."""
    return [([other for other in range(count) if other != topic], [topic]) for topic in range(count)]


def schemes(corpora: Sequence[str]) -> dict[str, list[Fold]]:
    """Folds of every decoding scheme, for topics of the given corpora: both together, each alone, and one to the other.

    Args:
        corpora: corpus of each topic.
    Returns:
        Scheme name -> pairs of training and test topics. Schemes that need two topics of a corpus it lacks are left out.
    """
    by_corpus = {corpus: [i for i, other in enumerate(corpora) if other == corpus] for corpus in dict.fromkeys(corpora)}
    named = {BOTH: leave_one_out(len(corpora))}
    if len(by_corpus) < 2:
        return named
    for corpus, topics in by_corpus.items():
        if len(topics) > 1:
            named[f"{corpus} alone"] = [
                ([topics[i] for i in train], [topics[test[0]]]) for train, test in leave_one_out(len(topics))
            ]
    for source, train in by_corpus.items():
        for target, test in by_corpus.items():
            if source != target:
                named[f"{source} to {target}"] = [(train, test)]
    return named


def tabulate_hits(
    hits: NDArray[np.bool_], tested: Sequence[str], emotions: Sequence[str], **facts: str
) -> pd.DataFrame:
    """Hits [layer, topic, emotion] as a tidy table: layer, topic, emotion, hit, and a column for each of `facts`."""
    index = pd.MultiIndex.from_product([range(len(hits)), tested, emotions], names=["layer", "topic", "emotion"])
    return pd.DataFrame({"hit": hits.ravel()}, index=index).reset_index().assign(**facts)


def tabulate_schemes(
    decode: Callable[[Sequence[Fold]], NDArray[np.bool_]], topics: pd.DataFrame, emotions: Sequence[str], method: str
) -> pd.DataFrame:
    """Hits of one method under every scheme, one table below the other.

    Args:
        decode: hits [layer, test topic, emotion] on the topics that folds hold out.
        topics: topic and corpus of each row of the cells, in their order.
    """
    names, tables = list(topics["topic"]), []
    for scheme, folds in schemes(list(topics["corpus"])).items():
        tested = [names[topic] for _, test in folds for topic in test]
        tables.append(tabulate_hits(decode(folds), tested, emotions, method=method, scheme=scheme))
    return pd.concat(tables, ignore_index=True)


def hit_table(hits: pd.DataFrame, method: str, layer: int, scheme: str = BOTH) -> NDArray[np.float64]:
    """Hits of one method, layer and scheme as 0/1 in [topic, emotion], topics and emotions sorted by name.

    Raises:
        KeyError: the table has no such hits.
    """
    chosen = hits[(hits["method"] == method) & (hits["layer"] == layer) & (hits["scheme"] == scheme)]
    if chosen.empty:
        raise KeyError(f"no hits of method '{method}', scheme '{scheme}' at layer {layer}")
    return _cells_of_hits(chosen)


def _cells_of_hits(hits: pd.DataFrame) -> NDArray[np.float64]:
    return hits.pivot(index="topic", columns="emotion", values="hit").sort_index().sort_index(axis=1).to_numpy(float)


def accuracy_curve(hits: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Accuracy and bootstrap interval (topics crossed with emotions) for each method, scheme and layer."""
    rows = []
    for (method, scheme, layer), group in hits.groupby(["method", "scheme", "layer"], sort=False):
        table = _cells_of_hits(group)
        low, high = crossed_bootstrap(table, resamples, seed)
        rows.append((method, scheme, layer, table.mean(), low, high, table.size))
    return pd.DataFrame(rows, columns=["method", "scheme", "layer", "accuracy", "low", "high", "stories"])
