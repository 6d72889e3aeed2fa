"""Features of texts without any model: weights of their words, and counts of their style."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from emotion_vectors.stimuli import word_statistics

Array = NDArray[np.float64]

_SENTENCE_END = re.compile(r"[.!?…]+")
_QUOTES = re.compile('["\u201c\u201d]')
_NEGATIONS = frozenset(
    ["no", "not", "nor", "none", "never", "neither", "nothing", "nobody", "nowhere", "without", "cannot"]
)
STYLE_COUNTS = (
    "words",
    "sentences",
    "exclamation marks",
    "question marks",
    "quotation marks",
    "negations",
    "you",
    "I",
    "letters of a word",
)
"""What `style` counts, in the order of its columns."""


def words(stories: Sequence[str], *others: Sequence[str]) -> tuple[Array, ...]:
    """Tf-idf weights of the words of stories, and of further lists of texts with the same vocabulary: [text, word] each.

    Counts enter by their logarithm, as in `word_baselines`; how rare a word is, is taken from all stories, whatever their labels.
    """
    vectoriser = TfidfVectorizer(lowercase=True, sublinear_tf=True, dtype=np.float64).fit(stories)
    return tuple(vectoriser.transform(texts).toarray() for texts in (stories, *others))


def style(stories: Sequence[str], *others: Sequence[str]) -> tuple[Array, ...]:
    """Counts of style of stories, and of further lists of texts, in standard deviations over the stories: [text, count] each."""
    counted = [np.array([_style_of(text) for text in texts], dtype=float) for texts in (stories, *others)]
    centre, spread = counted[0].mean(0), counted[0].std(0)
    # A count that no story varies in tells nothing, wherever else it varies.
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    return tuple((counts - centre) * scale for counts in counted)


def _style_of(text: str) -> list[float]:
    tokens = word_statistics.words(text)
    return [
        len(tokens),
        len(_SENTENCE_END.findall(text)),
        text.count("!"),
        text.count("?"),
        len(_QUOTES.findall(text)),
        sum(token in _NEGATIONS or token.endswith(("n't", "n\u2019t")) for token in tokens),
        tokens.count("you"),
        tokens.count("i"),
        sum(map(len, tokens)) / max(1, len(tokens)),
    ]
