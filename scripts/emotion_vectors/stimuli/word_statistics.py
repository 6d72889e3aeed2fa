"""Lexical statistics of sets of texts: openings, repeated phrases, variety, and texts that resemble each other."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CONTRACTION = re.compile(r"(?:n['\u2019]t|['\u2019].*)$")
SHORTEST_CONTENT_WORD = 3


def word_count(text: str) -> int:
    """Words between white space."""
    return len(text.split())


def words(text: str) -> list[str]:
    """Lower-case words and numbers without punctuation; an apostrophe inside a word belongs to it."""
    return _WORD.findall(text.casefold())


def letter_words(text: str) -> list[str]:
    """Lower-case runs of letters: the text split at everything that is no letter."""
    return _LETTERS.findall(text.casefold())


def content_words(text: str) -> set[str]:
    """Different words of a text that carry content: no function words, numbers, contractions or words of two letters."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    bare = {_CONTRACTION.sub("", word) for word in words(text)}
    return {word for word in bare - ENGLISH_STOP_WORDS if word.isalpha() and len(word) >= SHORTEST_CONTENT_WORD}


def word_stems(texts: Iterable[str]) -> set[str]:
    """Stems of the content words of some texts."""
    return {stem(word) for text in texts for word in content_words(text)}


@cache
def stem(word: str) -> str:
    """Stem of an English word."""
    return str(_english_stemmer().stemWord(word))


@cache
def _english_stemmer() -> Any:
    """Made once: that takes longer than the stem of a word."""
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def sequences(text: str, length: int) -> list[str]:
    """Every run of `length` words, with repetitions; the whole text when it is shorter."""
    tokens = words(text)
    return [" ".join(tokens[i : i + length]) for i in range(max(1, len(tokens) - length + 1))]


def opening(text: str, length: int = 3) -> str:
    """The first words of a text."""
    return " ".join(words(text)[:length])


def shared_openings(texts: Sequence[str]) -> list[list[int]]:
    """Groups of positions of texts that begin with the same three words, each of at least two."""
    groups: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        groups.setdefault(opening(text), []).append(position)
    return [group for group in groups.values() if len(group) > 1]


def phrase_shares(texts: Sequence[str], length: int = 4) -> list[tuple[str, float]]:
    """Phrases of `length` words by the fraction of texts that contain them, most frequent first."""
    counts = Counter(phrase for text in texts for phrase in set(sequences(text, length)))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(phrase, count / len(texts)) for phrase, count in ordered]


def moving_type_token_ratio(texts: Sequence[str], window: int = 50) -> float:
    """Different words per word, mean over all windows of `window` words that lie within one text.

    Unlike the plain type-token ratio it does not fall with the length of the corpus, nor depend on the order of texts.
    """
    ratios = []
    for text in texts:
        tokens = words(text)
        starts = range(max(1, len(tokens) - window + 1))
        ratios += [len(set(tokens[i : i + window])) / max(1, len(tokens[i : i + window])) for i in starts]
    return float(np.mean(ratios))


def similarities(texts: Sequence[str], length: int = 5) -> list[tuple[int, int, float]]:
    """Pairs (i < j) of texts that share a run of `length` words, with the Jaccard index of their sets of such runs."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer=lambda text: sequences(text, length), binary=True)
    present = vectorizer.fit_transform(texts)
    shared = (present @ present.T).tocoo()
    sizes = np.asarray(present.sum(axis=1)).ravel()
    pairs = zip(shared.row.tolist(), shared.col.tolist(), shared.data.tolist(), strict=True)
    return sorted((i, j, count / float(sizes[i] + sizes[j] - count)) for i, j, count in pairs if i < j)
