"""What the dialogues of both sets obey: no emotion named, no exclamation mark, no label of a speaker, no two alike."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_vectors.stimuli.files import Problem
from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.function import texts
from emotion_vectors.stimuli.word_statistics import letter_words

SHARE_WITH_A_PHRASE = 0.03
"""Of the dialogues, share that may contain one run of four words."""
LABELS = frozenset({"human", "assistant", "user"})
"""Names that prompts give to speakers."""


def dialogue_texts(said: Sequence[texts.Said], words: WordList) -> list[Problem]:
    """Problems of dialogues, each given as one text."""
    labelled = [
        record.problem(f"'{word}' is a label of a speaker in prompts", "use another word")
        for record, text in said
        for word in sorted(LABELS & {*letter_words(text)})
    ]
    items = max(texts.MOST_WITH_A_PHRASE, int(SHARE_WITH_A_PHRASE * len(said)))
    return [*texts.plain(said, words), *labelled, *texts.distinct(said, items=items)]
