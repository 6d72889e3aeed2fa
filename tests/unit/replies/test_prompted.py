"""Replies to events: prompts, plan, judgement, quality and the gate, on tiny models and states with known answers."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.conduct import gates
from emotion_vectors.conduct.gates import Agreement
from emotion_vectors.engine import prompts
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.expression import gates as expression_gates
from emotion_vectors.expression import judgements
from emotion_vectors.judges.emotion_judge import EmotionJudge
from emotion_vectors.models import conversation
from emotion_vectors.replies import prompted as prompted_replies
from emotion_vectors.replies import quality, sampled
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.events import EMOTIONS, Event
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES

EVENTS = [
    Event(f"work_fit_{number}", "work", valence, f"she walked into the garden {number}\nthe {valence} letter came")
    for number in range(1, 5)
    for valence in events.VALENCES
]
CIRCUITS = {"scenarios": 2, "new_tokens": 5}


# Prompts and plan


@pytest.mark.parametrize("template", ["chat", "plain"])
def test_prompts_are_those_of_the_events(make_model, template):
    model = make_model("llama")
    model = replace(model, conversation=conversation.of_tokenizer(model.tokenizer, template))
    for emotion in (*EMOTIONS, None):
        found = [prompts.prompt_of(model, item) for item in prompted_replies.prompted_items(EVENTS, [emotion])]
        assert found == of_events(model, EVENTS, emotion)


def test_every_event_is_answered_in_every_voice_and_every_prompt_once():
    items = prompted_replies.prompted_items(EVENTS, list(EMOTIONS))
    assert len({(item.scenario, item.variant) for item in items}) == len(items) == len(EVENTS) * len(EMOTIONS)
    assert len({(item.system, item.prompt) for item in items}) == len(items)


def transcript(model, folder, name="partial"):
    items = prompted_replies.prompted_items(events.some_scenarios(EVENTS, 2), list(EMOTIONS))
    settings = prompted_replies.settings_of(CIRCUITS["new_tokens"], 4)
    sampler = sampled.Sampler(model, sampled.sampling_of(settings), "code")
    lines = sampled.sample(sampler, prompted_replies.SET, items, settings["samples"], 1, folder / name)
    return pd.DataFrame([json.loads(line) for line in lines])


def test_replies_are_greedy(llama, tmp_path):
    found = transcript(llama, tmp_path)
    assert len(found) == 2 * 3 * 6
    row = found.iloc[7]
    event = next(event for event in EVENTS if event.name == row["scenario"])
    (prompt,) = of_events(llama, [event], row["variant"])
    ids = list(prompt.ids)
    for token in row["tokens"]:
        logits = llama.network(torch.tensor([ids])).logits[0, -1]
        assert int(logits.argmax()) == token
        ids.append(token)


# Judgement


class Reader:
    """States in which a text that holds the name of an emotion has its direction; embeddings by the digits of a text."""

    def read(self, texts):
        states = np.zeros((len(texts), 6, len(EMOTION_CLASSES)), dtype=np.float32)
        for row, text in enumerate(texts):
            for place, name in enumerate(EMOTION_CLASSES):
                states[row, 3, place] = 9.0 * (name in text)
        return states

    def embed(self, texts):
        digits = [next((int(letter) for letter in text if letter.isdigit()), 0) for text in texts]
        return np.eye(10, dtype=np.float32)[digits]


JUDGE = EmotionJudge(Reader(), "layer 3", np.eye(len(EMOTION_CLASSES)), np.zeros(len(EMOTION_CLASSES)), 0.5)


def rows(*said):
    """A transcript of replies: event, emotion asked for, text."""
    columns = ["scenario", "variant", "text"]
    return pd.DataFrame(said, columns=columns).assign(tokens=[[5, 6, 7]] * len(said))


def test_every_reply_is_judged_against_what_was_asked_and_its_own_event(llama):
    found = judgements.of_replies(
        rows(
            ("work_fit_1-neutral", "fear", "such fear at 1"),
            ("work_fit_2-positive", "anger", "such fear at 1"),
            ("work_fit_2-positive", "anger", "none of it 2 none of it 2"),
            ("work_fit_3-negative", "disgust", " "),
        ),
        EVENTS,
        JUDGE,
        Reader(),
        llama,
    )
    assert list(found.columns) == [
        "event",
        "scenario",
        "theme",
        "valence",
        "emotion",
        "predicted",
        "confidence",
        "verdict",
        "accepted",
        "relevance",
        "fluency_nats",
        "repetition",
    ]
    assert found["accepted"].tolist() == [True, False, False, False]
    assert found["verdict"].tolist() == ["fear", "fear", "none", "none"]
    assert found["scenario"].tolist() == ["work_fit_1", "work_fit_2", "work_fit_2", "work_fit_3"]
    assert found["valence"].tolist() == ["neutral", "positive", "positive", "negative"]
    assert found["relevance"].tolist() == [1.0, pytest.approx(1 / 3), 1.0, 0.0]
    assert found["repetition"].iloc[0] == 0
    assert found["repetition"].iloc[2] == pytest.approx(2 / 6)


def test_a_reply_to_no_event_is_refused(llama):
    with pytest.raises(ValueError, match="replies to work_fit_9-neutral, which is no event"):
        judgements.of_replies(rows(("work_fit_9-neutral", "fear", "a")), EVENTS, JUDGE, Reader(), llama)


# Quality


def test_relevance_is_the_share_of_other_scenarios_that_are_farther():
    situations = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.6, 0.8]], dtype=np.float32)
    replies = np.array([[0.8, 0.6], [0, 1]], dtype=np.float32)
    found = quality.relevance(replies, situations, [0, 0], ["a", "a", "b", "c"])
    assert found.tolist() == [0.5, 0.0]
    even = quality.relevance(replies, np.ones((3, 2), dtype=np.float32), [0, 1], ["a", "b", "c"])
    assert even.tolist() == [0.5, 0.5]
    with pytest.raises(ValueError, match="at least two scenarios"):
        quality.relevance(replies, situations, [0, 0], ["a"] * 4)


def test_fluency_is_the_mean_log_probability_of_the_tokens_alone(any_model):
    replies = [[7, 8, 9, 10], [11], [12, 13, 2], [2]]
    found = quality.fluency(any_model, replies)
    turns = [{"role": "system", "content": events.BREVITY}, {"role": "user", "content": quality.NO_EVENT}]
    text = any_model.tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    prompt = any_model.tokenizer(text, add_special_tokens=False).input_ids
    for value, reply in zip(found, ([7, 8, 9, 10], [11], [12, 13], [2]), strict=True):
        with torch.no_grad():
            logits = any_model.network(torch.tensor([prompt + reply])).logits[0].log_softmax(-1)
        expected = np.mean([float(logits[len(prompt) - 1 + place, token]) for place, token in enumerate(reply)])
        assert value == pytest.approx(expected, abs=2e-4)
    with pytest.raises(ValueError, match="without tokens"):
        quality.fluency(any_model, [[1], []])


def test_repetition_counts_runs_of_three_words():
    assert quality.repetition("one two three four five") == 0
    assert quality.repetition("no no no no no") == pytest.approx(2 / 3)
    assert quality.repetition("") == 0


# The gate


def prompted(right):
    """Twelve scenarios with six replies each, of which the first so many are right."""
    return pd.DataFrame(
        [
            {"scenario": f"s{number}", "emotion": name, "predicted": name if place < right else "surprise"}
            for number in range(12)
            for place, name in enumerate(name for name in EMOTIONS if name != "surprise")
        ]
    )


@pytest.mark.parametrize(
    ("right", "kappa", "passed"), [(3, 0.7, True), (2, 0.7, False), (3, 0.59, False), (5, 0.6, True)]
)
def test_the_gate_asks_for_expression_and_for_a_judge(right, kappa, passed):
    agreement = Agreement(kappa, kappa - 0.1, kappa + 0.1, 252)
    found = expression_gates.expression_gates(prompted(right), agreement, 0.5, 0.6, 200, 1)
    assert gates.passed(found) == passed
    assert found[0].value == pytest.approx(right / 5)
    assert found[0].low <= found[0].value <= found[0].high
    assert (found[0].n, found[1].n) == (60, 252)
    assert list(gates.table(found).columns) == list(gates.Gate.__dataclass_fields__)
