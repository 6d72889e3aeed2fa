"""How far single words tell the two sides of acts apart, which should differ in what is done and not in its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emotion_vectors.stimuli.files import Problem, Record
from emotion_vectors.stimuli.word_statistics import letter_words

MOST_TOLD_BY_WORDS = 0.75
"""Share of replies to other situations whose side a bag of words may tell."""
FOLDS = 8
TELLING = 5
"""Words of each side that a message names."""


def replies_of(record: Record) -> list[str]:
    """Every reply of an item, side after side."""
    return [text for tones in record.value["replies"].values() for texts in tones.values() for text in texts]


def sides_of(record: Record) -> list[str]:
    """Side of every reply, in the same order."""
    return [side for side, tones in record.value["replies"].items() for texts in tones.values() for _ in texts]


@dataclass(frozen=True)
class ToldByWords:
    """Shares of replies, and of situations, whose sides a bag of words tells, and the words of each side that tell it most.

    Of a situation it tells the sides when the replies of one have the higher mean score.
    """

    replies: float
    situations: float
    words: Mapping[str, Sequence[str]]

    def problems(self, file: Path) -> list[Problem]:
        """The fault of a file in which it tells them too often."""
        if self.replies <= MOST_TOLD_BY_WORDS:
            return []
        telling = "; ".join(f"{side} by {', '.join(words)}" for side, words in self.words.items())
        reason = f"a bag of words tells the side of {self.replies:.2f} of the replies to other situations ({telling})"
        return [Problem(file.as_posix(), None, reason, "let both sides use the same words about equally often")]


def told_by_words(records: Sequence[Record]) -> ToldByWords:
    """How far a bag of words tells sides that was fitted on the replies to other situations."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    texts = [text for record in records for text in replies_of(record)]
    sides = np.array([side for record in records for side in sides_of(record)])
    groups = np.array([record.value["id"] for record in records for _ in replies_of(record)])
    classifier = make_pipeline(CountVectorizer(analyzer=letter_words), LogisticRegression(max_iter=2000))
    folds = GroupKFold(min(FOLDS, len(records)))
    scores = cross_val_predict(classifier, texts, sides, groups=groups, cv=folds, method="decision_function")
    first, second = np.unique(sides)
    right = (scores > 0) == (sides == second)
    by_situation = [
        scores[(groups == name) & (sides == second)].mean() > scores[(groups == name) & (sides == first)].mean()
        for name in np.unique(groups)
    ]
    counter, regression = classifier.fit(texts, sides)
    names = counter.get_feature_names_out()[np.argsort(regression.coef_[0])].tolist()
    telling = {str(first): names[:TELLING], str(second): names[-TELLING:][::-1]}
    return ToldByWords(float(right.mean()), float(np.mean(by_situation)), telling)
