"""The sets on emotion in context as a model reads them, and how much of each a study takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from emotion_vectors.context.spans import MarkedText, of_dialogue, shared_ending, with_ending
from emotion_vectors.statistics.resampling import evenly_spaced
from emotion_vectors.stimuli.function.hidden import HiddenDialogue
from emotion_vectors.stimuli.function.negations import NegationPair, PrefixPair
from emotion_vectors.stimuli.function.speakers import EMOTIONS_OF_SPEAKERS, SpeakerDialogue

LABELS = ("Human", "Assistant")
"""What speakers are called, in the order in which dialogues begin with them in the first reading; in the second they are exchanged."""
LAST_TURNS = (2, 3)
"""The last turn of the first and of the second speaker: each has spoken, and has heard the other."""
HIDER_TURNS = (1, 3)
"""Turns of the speaker who hides an emotion; the other one stays flat."""


def of_negations(pairs: Sequence[NegationPair]) -> list[MarkedText]:
    """Both sentences of every pair, the one that tells of more first; what they end in alike is read."""
    return [with_ending(text, shared_ending(pair.more, pair.less)) for pair in pairs for text in (pair.more, pair.less)]


def of_prefixes(pairs: Sequence[PrefixPair]) -> list[MarkedText]:
    """Both texts of every pair, in the order of its emotions; the suffix is read."""
    return [with_ending(text, pair.suffix) for pair in pairs for text in pair.texts]


def of_speakers(dialogues: Sequence[SpeakerDialogue], labels: tuple[str, str]) -> list[MarkedText]:
    """Every dialogue, its first speaker called by the first label; the last turn of each speaker is read."""
    return [
        of_dialogue([(labels[number % 2], turn) for number, turn in enumerate(dialogue.turns)], LAST_TURNS)
        for dialogue in dialogues
    ]


def of_hidden(dialogues: Sequence[HiddenDialogue]) -> list[MarkedText]:
    """Every dialogue behind its preamble; the turns of the one who hides something are read."""
    return [
        of_dialogue(
            [(LABELS[number % 2], turn) for number, turn in enumerate(dialogue.turns)], HIDER_TURNS, dialogue.preamble
        )
        for dialogue in dialogues
    ]


def some_speakers(dialogues: Sequence[SpeakerDialogue], emotions: int) -> list[SpeakerDialogue]:
    """Dialogues in which both emotions are among so many of the twelve, taken at equal distances: pleasant and unpleasant ones."""
    chosen = {EMOTIONS_OF_SPEAKERS[number] for number in evenly_spaced(len(EMOTIONS_OF_SPEAKERS), emotions)}
    return [dialogue for dialogue in dialogues if {*dialogue.emotions} <= chosen]


def some_hidden(dialogues: Sequence[HiddenDialogue], per_pair: int) -> list[HiddenDialogue]:
    """The first dialogues of every pair of a hidden and a shown emotion."""
    numbers = numbers_within([(dialogue.hidden, dialogue.shown) for dialogue in dialogues])
    return [dialogue for dialogue, number in zip(dialogues, numbers, strict=True) if number < per_pair]


def numbers_within(cells: Sequence[tuple[str, str]]) -> list[int]:
    """Number of each dialogue among those of the same two emotions, from 0, in the order of the file."""
    counts: Counter[tuple[str, str]] = Counter()
    numbers = []
    for cell in cells:
        numbers.append(counts[cell])
        counts[cell] += 1
    return numbers
