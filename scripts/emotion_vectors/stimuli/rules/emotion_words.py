"""Words that name an emotion, which stimuli that only show emotions may not contain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.stimuli.files import PathLike, read_document, reject
from emotion_vectors.stimuli.word_statistics import letter_words


@dataclass(frozen=True)
class WordList:
    """Whole words, and beginnings of words."""

    whole: frozenset[str]
    stems: tuple[str, ...]

    def found(self, text: str) -> list[str]:
        """Words of a text that are on the list, each once, sorted."""
        return sorted({word for word in letter_words(text) if word in self.whole or word.startswith(self.stems)})


def load(file: PathLike, emotions: Sequence[str]) -> WordList:
    """The list of a file (emotion -> words, a star at the end of a stem), and the names of the emotions of the study.

    Raises:
        StimulusError: the file is not in the form of its schema.
    """
    document = read_document(file)
    errors = schema("emotion_words").iter_errors(document.value)
    reject([document.problem(tuple(error.absolute_path), error.message, "see workflow/schemas") for error in errors])
    entries = [word for words in document.value.values() for word in words]
    stems = tuple(word.removesuffix("*") for word in entries if word.endswith("*"))
    return WordList(frozenset(emotions) | frozenset(entries), stems)
