"""The judge of emotions on synthetic states with known answers, and the passages it is fitted on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.judges import emotion_fit, emotion_judge, regression, validation
from emotion_vectors.stimuli import labelled, passages, tables
from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES, EmotionReply
from emotion_vectors.stimuli.passages import Passage
from emotion_vectors.stimuli.reply_classes import NONE

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
TOPICS, LAYERS, WIDTH = 10, 6, 12


class Table:
    """Synthetic states: noise, to which each passage adds the direction of its class in one layer and that of its topic in all."""

    def __init__(self, class_size: float, topic_size: float = 0.0, layer: int = 3, topics: int = TOPICS):
        self.generator = np.random.default_rng(2)
        self.directions = np.zeros((len(EMOTION_CLASSES), LAYERS, WIDTH))
        self.directions[:, layer] = class_size * np.eye(WIDTH)[: len(EMOTION_CLASSES)]
        self.states: dict[str, np.ndarray] = {}
        self.passages = []
        for topic in range(topics):
            place = topic_size * self.generator.standard_normal((LAYERS, WIDTH))
            for number in range(3):
                for name in EMOTION_CLASSES:
                    self.passages.append(Passage(f"{name} {topic} {number}", name, f"t{topic:02d}"))
                    self.add(self.passages[-1].text, name, place)

    def add(self, text: str, name: str, place: np.ndarray | float = 0.0) -> str:
        drift = 0.3 * self.generator.standard_normal((LAYERS, WIDTH))
        self.states[text] = self.directions[EMOTION_CLASSES.index(name)] + drift + place
        return text

    def read(self, texts):
        return np.array([self.states[text] for text in texts], dtype=np.float32)


@pytest.fixture(autouse=True)
def few_settings(monkeypatch):
    monkeypatch.setattr(emotion_fit, "EMOTION_PENALTIES", (0.01, 0.1))
    monkeypatch.setattr(emotion_fit, "TOPIC_FOLDS", 3)


def test_emotions_that_states_show_are_found_and_their_layer_is_chosen():
    made = Table(3.0)
    judge, facts = emotion_fit.fit_emotion_judge(made.passages, made, seed=1)
    assert judge.view in {"layer 3", "layers 2-4"}
    assert facts["topics_left_out"]["kappa"] > 0.9
    texts = [made.add(f"new {name}", name) for name in EMOTION_CLASSES]
    table = judge.classify(texts)
    assert table["verdict"].tolist() == list(EMOTION_CLASSES)
    assert table["predicted"].tolist()[:-1] == list(EMOTIONS)
    assert table["predicted"].iloc[-1] in EMOTIONS
    np.testing.assert_allclose(table[[f"p_{name}" for name in EMOTION_CLASSES]].sum(axis=1), 1)


def test_probabilities_are_those_of_the_regression_it_was_folded_from():
    made = Table(1.0)
    data = emotion_fit.encode_passages(made.passages, made)
    setting = regression.Setting("layer 3", 0.1)
    model = emotion_fit.train_emotions(data, setting, emotion_fit.weights_of(made.passages, 0.5))
    judge = emotion_fit.folded(model, made, setting.view, 0.5)
    found = judge.classify([passage.text for passage in made.passages])
    expected = model.predict_proba(regression.view_of(data.states, setting.view))
    np.testing.assert_allclose(found[[f"p_{name}" for name in EMOTION_CLASSES]], expected, atol=1e-9)


def test_permuted_labels_fall_to_chance():
    made = Table(3.0)
    labels = np.random.default_rng(0).permutation([passage.label for passage in made.passages])
    wrong = [Passage(p.text, str(label), p.topic) for p, label in zip(made.passages, labels, strict=True)]
    _, facts = emotion_fit.fit_emotion_judge(wrong, made, seed=1)
    assert abs(facts["topics_left_out"]["kappa"]) < 0.12


def test_topics_are_left_out_whole():
    """All passages of a topic share a vector: only a split inside topics, which must not happen, could use it to tell them apart."""
    made = Table(0.0, topic_size=3.0, topics=4 * TOPICS)
    name_of = {f"t{topic:02d}": EMOTION_CLASSES[topic % 5] for topic in range(4 * TOPICS)}
    shared = [
        Passage(p.text, p.label if p.label in EMOTION_CLASSES[5:] else name_of[p.topic], p.topic) for p in made.passages
    ]
    _, facts = emotion_fit.fit_emotion_judge(shared, made, seed=1)
    recall = facts["topics_left_out"]["recall"]
    assert np.mean([recall[name] for name in EMOTION_CLASSES[:5]]) < 0.35


def test_a_class_of_too_few_topics_is_refused():
    made = Table(3.0)
    kept = [p for p in made.passages if p.label != "fear" or p.topic == "t00"]
    with pytest.raises(ValueError, match="a class is missing when topics are left out"):
        emotion_fit.fit_emotion_judge(kept, made, seed=1)


def test_a_rare_class_weighs_as_much_as_a_frequent_one():
    made = Table(1.0)
    few = [p for p in made.passages if p.label != "disgust" or p.text.endswith(" 0")]
    _, facts = emotion_fit.fit_emotion_judge(few, made, seed=1)
    recall = facts["topics_left_out"]["recall"]
    assert facts["passages"]["disgust"] == TOPICS
    assert recall["disgust"] > 0.6 * np.mean(list(recall.values()))


def test_the_order_of_passages_decides_nothing():
    made = Table(1.0)
    first, _ = emotion_fit.fit_emotion_judge(made.passages, made, seed=1)
    second, _ = emotion_fit.fit_emotion_judge(made.passages[::-1], made, seed=1)
    assert (first.view, first.threshold) == (second.view, second.threshold)
    np.testing.assert_allclose(first.weights, second.weights, atol=1e-3)


def test_a_text_is_read_once_and_as_it_was():
    asked = []

    class Counting:
        def read(self, texts):
            asked.extend(texts)
            return np.array([[[len(text)]] for text in texts], dtype=np.float32)

    reader = regression.ReadOnce(Counting())
    assert reader.read(["ab", "c", "ab"]).ravel().tolist() == [2, 1, 2]
    assert reader.read(["c", "def"]).ravel().tolist() == [1, 3]
    assert asked == ["ab", "c", "def"]


def test_a_judge_is_stored_without_loss(tmp_path):
    made = Table(1.0)
    judge, _ = emotion_fit.fit_emotion_judge(made.passages, made, seed=1)
    emotion_judge.store(judge, tmp_path / "judge.safetensors", facts="{}")
    found = emotion_judge.load(tmp_path / "judge.safetensors", made)
    texts = [passage.text for passage in made.passages]
    pd.testing.assert_frame_equal(found.classify(texts), judge.classify(texts))


def test_half_a_judge_is_named_with_its_remedy(tmp_path):
    made = Table(1.0)
    judge, _ = emotion_fit.fit_emotion_judge(made.passages, made, seed=1)
    file = tmp_path / "judge.safetensors"
    emotion_judge.store(judge, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ArtefactError, match=r"judge\.safetensors is not a complete judge .*repeat the command"):
        emotion_judge.load(file, made)


def test_a_text_without_a_word_voices_nothing():
    made = Table(3.0)
    judge, _ = emotion_fit.fit_emotion_judge(made.passages, made, seed=1)
    table = judge.classify(["", made.passages[0].text, " \n"])
    assert table["verdict"].tolist() == [NONE, made.passages[0].label, NONE]
    assert table["predicted"].tolist() == table["verdict"].tolist()
    assert judge.classify([" "])["confidence"].tolist() == [0.0]


def test_the_threshold_is_where_most_of_each_class_is_recognised():
    probabilities = np.zeros((6, len(EMOTION_CLASSES)))
    probabilities[:4, 0], probabilities[:4, -1] = 0.7, 0.3
    probabilities[4:, 0], probabilities[4:, -1] = 0.55, 0.45
    labels = np.array([0, 0, 0, 0, 6, 6])
    assert 0.3 < emotion_fit.choose_none_threshold(probabilities, labels, np.ones(len(labels))) <= 0.45


def replies(made, wrong=0):
    found = []
    for number in range(8):
        for name in EMOTION_CLASSES:
            said = EMOTION_CLASSES[(EMOTION_CLASSES.index(name) + 1) % 6] if number < wrong else name
            text = made.add(f"reply {name} {number}", said)
            found.append(EmotionReply(f"e{len(found):03d}", f"situation {number}", text, name))
    return found


def test_agreement_is_that_of_scikit_learn_with_and_without_none():
    made = Table(3.0)
    judge, _ = emotion_fit.fit_emotion_judge(made.passages, made, seed=1)
    table = validation.of_emotions(judge, replies(made, wrong=2))
    facts = emotion_judge.agreement_with_labels(table, 200, 0)
    assert facts["six or none"]["kappa"] == pytest.approx(cohen_kappa_score(table["label"], table["verdict"]))
    voiced = table[table["label"] != NONE]
    assert facts["six"]["kappa"] == pytest.approx(cohen_kappa_score(voiced["label"], voiced["predicted"]))
    assert facts["six or none"]["replies"] == 56
    assert facts["six"]["replies"] == 48
    assert facts["six"]["classes"] == list(EMOTIONS)
    low, high = facts["six or none"]["kappa_interval"]
    assert low < facts["six or none"]["kappa"] < high


def test_recall_and_precision_are_of_rows_and_columns():
    counts = np.array([[3.0, 1.0], [2.0, 0.0]])
    found = emotion_judge.per_class(counts)
    assert found["recall"] == {"anger": 0.75, "sadness": 0.0}
    assert found["precision"] == {"anger": 0.6, "sadness": 0.0}


def test_a_judge_of_replies_is_chosen_by_what_it_says_of_replies():
    """Written replies speak in other dimensions than stories: only a judge that gives them weight hears them."""
    made = Table(3.0)
    spoken = Table(3.0, layer=4)
    written = [Passage(f"{p.text} said", p.label, f"{p.topic} said", passages.WRITTEN) for p in spoken.passages]
    made.states |= {f"{text} said": -state for text, state in spoken.states.items()}
    _, facts = emotion_fit.fit_emotion_judge(made.passages + [p for p in written if p.label != NONE], made, seed=1)
    assert facts["sources"][passages.WRITTEN] > 0
    assert facts["written_share"] == max(emotion_fit.WRITTEN_SHARES)
    _, alone = emotion_fit.fit_emotion_judge(made.passages, made, seed=1)
    assert alone["sources"] == {passages.STORIES: len(made.passages)}


def test_training_replies_that_are_labelled_replies_too_are_refused():
    replied = labelled.load_emotion_replies(WORKFLOW / "stimuli/emotion_replies/replies.jsonl")
    training = labelled.load_emotion_replies(WORKFLOW / "stimuli/emotion_replies/training.jsonl")
    labelled.check_apart(replied, training, "training.jsonl")
    copied = EmotionReply("t900", training[0].situation, f"  {replied[3].text.upper()} ", training[0].label)
    with pytest.raises(tables.StimulusError, match=r"training.jsonl: t900: .* stands in replies.jsonl too"):
        labelled.check_apart(replied, [*training, copied], "training.jsonl")
