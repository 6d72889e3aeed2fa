"""How well predicted classes agree with labels: accuracy, Cohen's kappa and confusion, with intervals over situations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.resampling import percentile_interval

Array = NDArray[np.float64]


def confusions(table: pd.DataFrame, classes: Sequence[str]) -> Array:
    """Counts [situation, label, predicted] of a table with these columns, situations sorted by name.

    Raises:
        ValueError: a label or prediction is not among the classes.
    """
    strangers = sorted({*table["label"], *table["predicted"]} - set(classes))
    if strangers:
        raise ValueError(f"unknown class {', '.join(strangers)}; the classes are {', '.join(classes)}")
    names = sorted(set(table["situation"]))
    counts = np.zeros((len(names), len(classes), len(classes)))
    for situation, label, predicted in table[["situation", "label", "predicted"]].itertuples(index=False):
        counts[names.index(situation), classes.index(label), classes.index(predicted)] += 1
    return counts


def accuracy(counts: Array) -> Array:
    """Share of replies on the diagonal of counts [..., label, predicted]."""
    share: Array = counts.trace(axis1=-2, axis2=-1) / counts.sum((-2, -1))
    return share


def kappa(counts: Array) -> Array:
    """Cohen's kappa of counts [..., label, predicted]: 0 is agreement by chance, 1 is complete; 0 when chance alone is complete."""
    total = counts.sum((-2, -1))
    chance = (counts.sum(-1) * counts.sum(-2)).sum(-1) / total**2
    result: Array = np.where(chance < 1, (accuracy(counts) - chance) / np.where(chance < 1, 1 - chance, 1), 0.0)
    return result


def summarise(table: pd.DataFrame, classes: Sequence[str], resamples: int, seed: int) -> dict[str, Any]:
    """Agreement of one behaviour, for the metadata of its table.

    Intervals are 95 % percentile intervals under resampling of situations.

    Args:
        table: out-of-fold predictions with the columns situation, label, predicted and verdict.
    """
    counts = confusions(table, classes)
    situations = len(counts)
    weights = resampling.counts(situations, resamples, seed)
    resampled = np.einsum("rs,sij->rij", weights, counts)
    clear = table[table["verdict"] == table["predicted"]]
    return {
        "replies": len(table),
        "situations": situations,
        "accuracy": float(accuracy(counts.sum(0))),
        "accuracy_interval": list(percentile_interval(accuracy(resampled))),
        "kappa": float(kappa(counts.sum(0))),
        "kappa_interval": list(percentile_interval(kappa(resampled))),
        "classes": list(classes),
        "confusion_label_by_predicted": counts.sum(0).astype(int).tolist(),
        "clear_share": len(clear) / len(table),
        "clear_accuracy": float((clear["label"] == clear["predicted"]).mean()) if len(clear) else None,
        "clear_confusion_label_by_predicted": confusions(clear, classes).sum(0).astype(int).tolist(),
    }
