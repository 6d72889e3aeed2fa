"""Dialogues of two speakers whose emotions are independent of each other (Sofroniew et al. 2026, section 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines

EMOTIONS_OF_SPEAKERS = (
    "excited",
    "proud",
    "amused",
    "grateful",
    "calm",
    "hopeful",
    "angry",
    "afraid",
    "sad",
    "guilty",
    "disgusted",
    "bored",
)
"""Six pleasant and six unpleasant ones, both from low to high arousal."""


@dataclass(frozen=True)
class SpeakerDialogue:
    """Four turns; those of even position, from 0, are the first speaker's."""

    name: str
    emotions: tuple[str, str]
    turns: tuple[str, ...]

    def emotions_at(self, turn: int) -> tuple[str, str]:
        """Emotion of the present speaker of a turn, and of the other one."""
        first, second = self.emotions
        return (second, first) if turn % 2 else (first, second)


def load_speaker_dialogues(file: PathLike) -> list[SpeakerDialogue]:
    """Every dialogue, in the order of the file.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    values = (record.value for record in read_lines(file, "speakers"))
    return [SpeakerDialogue(value["id"], tuple(value["emotions"]), tuple(value["turns"])) for value in values]
