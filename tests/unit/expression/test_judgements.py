"""Judged replies of the arms: what was meant is set beside each reply, and the judge does not see it."""

import numpy as np
import pandas as pd

from emotion_vectors.expression import judgements
from emotion_vectors.judges.emotion_judge import EmotionJudge
from emotion_vectors.stimuli.events import Event
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES

EVENTS = [Event(f"s{number}", "work", "neutral", f"event {number}") for number in range(3)]


class Reader:
    """States in which a text that holds the name of an emotion has its direction; it keeps what it was handed."""

    seen: list = []  # noqa: RUF012

    def read(self, texts):
        self.seen.extend(texts)
        states = np.zeros((len(texts), 6, len(EMOTION_CLASSES)), dtype=np.float32)
        for row, text in enumerate(texts):
            for place, name in enumerate(EMOTION_CLASSES):
                states[row, 3, place] = 9.0 * (name in text)
        return states

    def embed(self, texts):
        return np.eye(10, dtype=np.float32)[[int(text[-1]) for text in texts]]


JUDGE = EmotionJudge(Reader(), "layer 3", np.eye(len(EMOTION_CLASSES)), np.zeros(len(EMOTION_CLASSES)), 0.5)


def test_every_reply_keeps_its_arm_and_is_held_against_what_was_meant(llama):
    said = [
        ("s0-neutral", "fear", "fear", "prompting", 0.0, "fear 0"),
        ("s0-neutral", "-", "-", "unsteered", 0.0, "none 0"),
        ("s1-neutral", "-", "anger", "steering", 0.1, "such anger 1"),
        ("s1-neutral", "-", "random 2", "random", 0.1, "such anger 1"),
        ("s2-neutral", "-", "disgust", "circuit", 1.5, "such anger 2"),
    ]
    columns = ["scenario", "variant", "direction", "kind", "strength_norm_fraction", "text"]
    transcript = pd.DataFrame(said, columns=columns).assign(tokens=[[5, 6, 7]] * 5)
    found = judgements.of_arms(transcript, EVENTS, JUDGE, JUDGE.reader, llama)
    assert found["arm"].tolist() == ["prompting", "unsteered", "steering", "random", "circuit"]
    assert found["direction"].tolist() == ["fear", "-", "anger", "random 2", "disgust"]
    assert found["dose"].tolist() == [0.0, 0.0, 0.1, 0.1, 1.5]
    assert found["emotion"].tolist() == ["fear", "-", "anger", "-", "disgust"]
    assert found["predicted"].tolist()[2:] == ["anger"] * 3
    assert found["accepted"].tolist() == [True, False, True, False, False]
    assert found["event"].tolist() == ["s0-neutral", "s0-neutral", "s1-neutral", "s1-neutral", "s2-neutral"]
    assert Reader.seen == [row[-1] for row in said]
