"""Passages of the stories and dialogues of the study, of the length of a reply, and replies written for it, each with its class.

A class is one of six emotions, or none.

Which emotions of the study stand for one of the six follows from the registered families (`words/clusters.yaml`): all members of the family
of its own emotion. Two families hold two of the six: there disgust is `disgusted` alone and surprise `surprised` and `amazed`, and the
rest of the family belongs to anger and happiness. None is what the families of low arousal and the neutral dialogues say. Emotions of other
families (gratitude, love, pride, amusement, jealousy and the like) are near one of the six or mixed, and teach nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.stimuli.labelled import EmotionReply
from emotion_vectors.stimuli.reply_classes import NONE
from emotion_vectors.stimuli.word_statistics import word_count

STORIES, WRITTEN = "stories and dialogues", "written replies"
"""Where passages come from."""
NARROW = {"surprise": ("surprised", "amazed"), "disgust": ("disgusted",)}
"""Emotions of those of the six that share their family with another of the six."""
FLAT = ("depleted_disengagement", "peaceful_contentment")
"""Families of low arousal, which voice none of the six."""
LEAST_WORDS = 22
"""A passage is as many whole sentences as reach this length: that of a short reply."""

_SENTENCE_END = re.compile(r"(?<=[.!?])([\"')]*)\s+(?=[\"'(]*[A-Z])")


@dataclass(frozen=True)
class Passage:
    """A piece of text with its class; passages of one `topic` are never split between fitting and testing."""

    text: str
    label: str
    topic: str
    source: str = STORIES


def classes_of(clusters: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Class of every emotion of the study that has one, from the registered families.

    Args:
        clusters: family -> emotions.
    Raises:
        ValueError: an emotion of one of the six is in no family (it is named).
    """
    class_of = {emotion: NONE for name in FLAT for emotion in clusters[name]}
    for name, emotion in EMOTIONS.items():
        family = next((members for members in clusters.values() if emotion in members), None)
        if family is None:
            raise ValueError(
                f"'{emotion}', which stands for {name}, is in no family of words/clusters.yaml; add it there"
            )
        class_of |= {} if name in NARROW else dict.fromkeys(family, name)
    return class_of | {emotion: name for name, members in NARROW.items() for emotion in members}


def of_study(stories: pd.DataFrame, dialogues: pd.DataFrame, clusters: Mapping[str, Sequence[str]]) -> list[Passage]:
    """Passages of all stories whose emotion has a class, and the turns of the neutral dialogues.

    Args:
        stories: topic, emotion, text. dialogues: topic, turns.
    """
    classes = classes_of(clusters)
    told = [
        Passage(piece, classes[emotion], topic)
        for topic, emotion, text in stories[["topic", "emotion", "text"]].itertuples(index=False)
        if emotion in classes
        for piece in pieces(text)
    ]
    said = [
        Passage(turn["text"], NONE, topic)
        for topic, turns in dialogues[["topic", "turns"]].itertuples(index=False)
        for turn in turns
    ]
    return told + said


def of_replies(replies: Sequence[EmotionReply]) -> list[Passage]:
    """Replies written in every voice; those to one situation stay together, as passages of one topic do."""
    return [Passage(reply.text, reply.label, reply.situation, WRITTEN) for reply in replies]


def pieces(text: str) -> list[str]:
    """A text in runs of whole sentences of `LEAST_WORDS` words or a little more; a short rest joins the last run."""
    sentences: list[str] = []
    run = ""
    for sentence in _sentences(text):
        run = f"{run} {sentence}".strip()
        if word_count(run) >= LEAST_WORDS:
            sentences.append(run)
            run = ""
    if run and sentences and word_count(run) < LEAST_WORDS / 2:
        sentences[-1] = f"{sentences[-1]} {run}"
    elif run:
        sentences.append(run)
    return sentences


def _sentences(text: str) -> list[str]:
    return _SENTENCE_END.sub(r"\1\n", " ".join(text.split())).split("\n")
