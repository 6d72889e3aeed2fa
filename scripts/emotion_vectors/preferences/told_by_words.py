"""How far words alone tell the Elo of an activity: what any reading on an activity may owe to what is written there (A16)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.preferences.association import AtMain, correlations
from emotion_vectors.preferences.tournament import Array
from emotion_vectors.statistics.ridge import LEFT_OUT, Fit, leaving_out, products
from emotion_vectors.statistics.wording import bare

PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Of ridge regressions on counts of words, in units of the mean variance of an activity; the best one stands for all."""


def told_by_words(known: AtMain, chosen: NDArray[np.bool_]) -> str:
    """Best correlation over penalties of Elo with what counts of words predict of activities, or categories, left out, in words."""
    from sklearn.feature_extraction.text import CountVectorizer

    texts = [activity.text for activity, kept in zip(known.preferences.activities, chosen, strict=True) if kept]
    counts = CountVectorizer(token_pattern=r"(?u)\b\w+\b").fit_transform(texts).toarray()
    ratings, categories = known.ratings[chosen], known.categories[chosen]
    left_out = {"activity": np.arange(len(texts)), "category": categories}
    best = {name: bare(best_left_out(counts, ratings, groups)) for name, groups in left_out.items()}
    return f"counts of words, each activity left out {best['activity']}, each category {best['category']}"


def best_left_out(features: Array, target: Array, groups: NDArray[Any]) -> float:
    """Largest correlation over `PENALTIES` of a target with what ridge regressions predict of every group from all others.

    Args:
        features: [item, feature]; target: [item]; groups: [item], those of one value are left out together.
    """
    order = np.argsort(groups, kind="stable")
    source, wanted = products(features[order]), target[order]
    ends = np.flatnonzero(np.diff(np.unique(groups[order], return_inverse=True)[1], prepend=-1, append=-1))
    predicted = np.empty((len(wanted), len(PENALTIES)))
    for begin, end in pairwise(ends.tolist()):
        fit = Fit.of(leaving_out(source, slice(begin, end)))
        others = np.delete(wanted, slice(begin, end))
        predicted[begin:end] = np.stack([fit.onto(LEFT_OUT, penalty) @ others for penalty in PENALTIES], axis=1)
    return float(correlations(predicted, wanted).max())
