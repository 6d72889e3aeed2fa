"""How far counts of words tell a label: what they must not tell in a design, and what they do tell, for the report."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from emotion_vectors.stimuli.files import Problem

FOLDS, SMOOTHING, STANDARD_ERRORS = 6, 0.3, 3
"""Of the cross-validation and of naive Bayes; and by how much more than chance would tell words may tell a label."""


def share_told(texts: Sequence[str], labels: Sequence[str], groups: Sequence[str]) -> float:
    """Share of texts whose label naive Bayes on their words tells, fitted on other items.

    Args:
        groups: item that each text is of; texts of one are never split between fitting and testing.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    classifier = make_pipeline(CountVectorizer(binary=True), MultinomialNB(alpha=SMOOTHING))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    told = cross_val_predict(classifier, texts, labels, groups=groups, cv=folds)
    return float(np.mean(told == np.asarray(labels)))


def beyond_chance(file: str, what: str, share: float, labels: Sequence[str]) -> list[Problem]:
    """A problem where words tell a label of a balanced design more often than guessing would."""
    chance = 1 / len({*labels})
    limit = chance + STANDARD_ERRORS * sqrt(chance * (1 - chance) / len(labels))
    if share <= limit:
        return []
    reason = f"words tell {what} of {share:.0%} of the items, which guessing does of {chance:.0%}"
    return [Problem(file, None, reason, f"rewrite until it is at most {limit:.0%}")]
