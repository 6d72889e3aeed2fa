"""Passages that the judge of emotions is fitted on: their classes, topics, sentences and weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.judges import emotion_fit
from emotion_vectors.stimuli import labelled, passages, tables
from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES
from emotion_vectors.stimuli.passages import Passage
from emotion_vectors.stimuli.reply_classes import NONE

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"


@pytest.fixture(scope="module")
def clusters():
    emotions = tables.load_emotions(WORKFLOW / "norms/warriner2013.csv")
    return tables.load_clusters(WORKFLOW / "stimuli/words/clusters.yaml", emotions=emotions)


def test_each_of_the_six_takes_its_registered_family_and_no_emotion_has_two_classes(clusters):
    found = passages.classes_of(clusters)
    for name, own in EMOTIONS.items():
        assert found[own] == name
    assert {emotion for emotion, name in found.items() if name == "disgust"} == {"disgusted"}
    assert {emotion for emotion, name in found.items() if name == "surprise"} == {"surprised", "amazed"}
    assert found["furious"] == "anger"
    assert found["hopeful"] == "happiness"
    assert found["lonely"] == "sadness"
    assert found["calm"] == NONE
    assert not {"grateful", "proud", "amused", "jealous"} & set(found)


def test_an_emotion_without_a_family_is_named(clusters):
    without = {name: [each for each in members if each != "sad"] for name, members in clusters.items()}
    with pytest.raises(ValueError, match="'sad', which stands for sadness, is in no family"):
        passages.classes_of(without)


def test_passages_are_whole_sentences_and_lose_no_word():
    text = (
        'She put the cup down. "Not today," she said. The rain went on and on over the roofs of the town until nobody '
        "could hear the bells. He nodded. Outside a van was waiting with its doors open, and the driver looked at his "
        "watch for the third time. Then it left."
    )
    found = passages.pieces(text)
    assert " ".join(found) == text
    assert [len(piece.split()) >= passages.LEAST_WORDS for piece in found] == [True, True]
    assert all(piece[-1] in '.!?"' for piece in found)
    assert passages.pieces("Short.") == ["Short."]


def test_passages_take_the_class_and_topic_of_their_story(clusters):
    stories = pd.DataFrame([("t01", "furious", "He slammed it."), ("t02", "proud", "She stood.")])
    stories.columns = pd.Index(["topic", "emotion", "text"])
    turns = [{"speaker": "Human", "text": "Which bus?"}, {"speaker": "Assistant", "text": "The blue one."}]
    found = passages.of_study(stories, pd.DataFrame({"topic": ["t03"], "turns": [turns]}), clusters)
    assert found == [
        Passage("He slammed it.", "anger", "t01"),
        Passage("Which bus?", NONE, "t03"),
        Passage("The blue one.", NONE, "t03"),
    ]


def test_classes_weigh_the_same_and_written_replies_as_much_as_asked():
    made = [Passage("a", "anger", "t")] * 3 + [Passage("b", "anger", "s", passages.WRITTEN)] + [Passage("c", NONE, "t")]
    found = {share: emotion_fit.weights_of(made, share) * 2 / 5 for share in (0.5, 1.0)}
    np.testing.assert_allclose(found[0.5], [1 / 6, 1 / 6, 1 / 6, 1 / 2, 1])
    np.testing.assert_allclose(found[1.0], [0, 0, 0, 1, 1])


def test_written_replies_are_passages_of_their_situation():
    replies = labelled.load_emotion_replies(WORKFLOW / "stimuli/emotion_replies/training.jsonl")
    found = passages.of_replies(replies)
    assert {passage.source for passage in found} == {passages.WRITTEN}
    assert {passage.label for passage in found} == set(EMOTION_CLASSES)
    assert len({passage.topic for passage in found}) == len(found) / len(EMOTION_CLASSES)
