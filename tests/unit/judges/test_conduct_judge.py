"""The judge of replies on synthetic states with known answers, and the labelled replies it is fitted on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from emotion_vectors.judges import conduct_judge, regression, validation
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli import labelled, reply_classes
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.labelled import ConductReply
from emotion_vectors.stimuli.reply_classes import INCOHERENT

FILE = Path("workflow/stimuli/replies/replies.jsonl")
VALUE = {
    **{"id": "r001", "behaviour": "pleasing", "label": "pleasing", "text": "What a fence!"},
    "situation": "A gardener shows a crooked fence to an assistant.",
}
SETS = reply_classes.load_all(Path("workflow/stimuli/behaviours").glob("*.yaml"))
PLEASING = next(known for known in SETS if known.name == "pleasing")
NAMES = PLEASING.names
SITUATIONS, LAYERS = 24, 6


class Table:
    """Synthetic states: a vector for each situation, to which each reply adds noise and, in one layer, the vector of its class."""

    def __init__(self, class_size: float, situation_size: float, noise: float = 0.3, d_model: int = 12, layer: int = 5):
        generator = np.random.default_rng(2)
        classes = np.zeros((len(NAMES), LAYERS, d_model))
        classes[:, layer] = class_size * np.eye(d_model)[: len(NAMES)]
        self.states = {}
        self.replies = []
        for number in range(SITUATIONS):
            situation = f"situation {number:02d}"
            place = situation_size * generator.standard_normal((LAYERS, d_model))
            for index, label in enumerate(NAMES):
                text = f"{label} {number}"
                drift = noise * generator.standard_normal((LAYERS, d_model))
                self.states[text] = place + classes[index] + drift
                self.replies.append(ConductReply(text, "pleasing", situation, text, label))

    def read(self, texts):
        return np.array([self.states[text] for text in texts], dtype=np.float32)


@pytest.fixture(autouse=True)
def few_settings(monkeypatch):
    monkeypatch.setattr(conduct_judge, "CONDUCT_PENALTIES", (1e-2, 1e-1))
    monkeypatch.setattr(conduct_judge, "OUTER_FOLDS", 4)
    monkeypatch.setattr(conduct_judge, "INNER_FOLDS", 3)


def kappa_of(table):
    return float(agreement.kappa(agreement.confusions(table, NAMES).sum(0)))


# The judge


def test_classes_that_states_show_are_found():
    made = Table(class_size=3.0, situation_size=0.0)
    table = conduct_judge.validate(made.replies, PLEASING, made, seed=1)
    assert kappa_of(table) > 0.95
    assert (table["verdict"] == table["predicted"]).mean() > 0.9
    np.testing.assert_allclose(table[[f"p_{name}" for name in NAMES]].sum(axis=1), 1)


def test_permuted_labels_fall_to_chance():
    made = Table(class_size=3.0, situation_size=0.0)
    generator = np.random.default_rng(0)
    kappas = []
    for _ in range(3):
        labels = generator.permutation([reply.label for reply in made.replies])
        wrong = [
            ConductReply(r.id, r.behaviour, r.situation, r.text, label)
            for r, label in zip(made.replies, labels, strict=True)
        ]
        kappas.append(kappa_of(conduct_judge.validate(wrong, PLEASING, made, seed=1)))
    assert abs(np.mean(kappas)) < 0.12


def test_a_class_known_from_its_situation_alone_is_not_found():
    """All replies to a situation share its label: only a split inside situations, which must not happen, could show it."""
    made = Table(class_size=0.0, situation_size=3.0)
    shared = [
        ConductReply(r.id, r.behaviour, r.situation, r.text, NAMES[int(r.situation[-2:]) % 4]) for r in made.replies
    ]
    assert kappa_of(conduct_judge.validate(shared, PLEASING, made, seed=1)) < 0.35


def test_the_layer_that_shows_the_classes_is_chosen():
    made = Table(class_size=3.0, situation_size=1.0, layer=3)
    table = conduct_judge.validate(made.replies, PLEASING, made, seed=1)
    assert set(table["view"]) <= {"layer 3", "layers 2-4"}
    assert kappa_of(table) > 0.9


def test_no_reply_is_judged_by_a_judge_that_saw_its_situation():
    groups = np.repeat(np.arange(11), 4)
    folds = regression.situation_folds(groups, 4, seed=3)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(44))
    for train, test in folds:
        assert not set(groups[train]) & set(groups[test])
        assert len(train) + len(test) == 44
    with pytest.raises(ValueError, match="3 situations cannot be put into 4 folds"):
        regression.situation_folds(np.array([0, 1, 2]), 4, seed=3)


def test_the_order_of_replies_decides_nothing():
    made = Table(class_size=1.0, situation_size=0.5)
    first = conduct_judge.validate(made.replies, PLEASING, made, seed=1)
    second = conduct_judge.validate(made.replies[::-1], PLEASING, made, seed=1)
    merged = first.merge(second, on="id", suffixes=("", "_again"))
    assert (merged["predicted"] == merged["predicted_again"]).all()
    np.testing.assert_allclose(merged["confidence"], merged["confidence_again"], atol=1e-4)


def test_a_fitted_judge_names_new_replies_and_says_when_it_cannot():
    made = Table(class_size=3.0, situation_size=0.0)
    judge = conduct_judge.fit_conduct_judge(made.replies, PLEASING, made, seed=1)
    new = np.zeros((LAYERS, 12))
    new[5, 2] = 3.0
    made.states |= {"new": new, "odd": np.zeros((LAYERS, 12))}
    judge = replace(judge, threshold=0.6)
    table = judge.classify(["new", "odd"])
    assert table["predicted"][0] == "harsh"
    assert table["verdict"].tolist() == ["harsh", "unclear"]


def test_a_reply_without_a_word_is_incoherent_and_no_judge_is_asked_about_it():
    made = Table(class_size=3.0, situation_size=0.0)
    judge = replace(conduct_judge.fit_conduct_judge(made.replies, PLEASING, made, seed=1), threshold=0.9)
    known = made.replies[0]
    table = judge.classify(["", known.text, " \n"])
    assert table["predicted"].tolist() == [INCOHERENT, judge.classify([known.text])["predicted"][0], INCOHERENT]
    assert table["verdict"][0] == INCOHERENT
    assert table["predicted"][1] != INCOHERENT
    assert judge.classify([" "])["predicted"].tolist() == [INCOHERENT]
    assert len(judge.classify([])) == 0


def test_thresholds_are_the_lowest_that_reach_the_accuracy():
    labels = np.zeros(10, dtype=int)
    sure, unsure = [0.8, 0.2], [0.48, 0.52]
    assert conduct_judge.least_confidence(np.array([sure] * 10), labels) == 0
    assert conduct_judge.least_confidence(np.array([sure] * 6 + [unsure] * 4), labels) == 0.55
    never = np.array([[0.3, 0.7]] * 6 + [[0.55, 0.45]] * 4)
    assert conduct_judge.least_confidence(never, labels) == 0.0


# Agreement


def test_kappa_is_that_of_scikit_learn():
    generator = np.random.default_rng(4)
    label, predicted = generator.choice(NAMES, (2, 60))
    predicted[:30] = label[:30]
    table = pd.DataFrame(
        {"situation": generator.integers(0, 9, 60).astype(str), "label": label, "predicted": predicted}
    )
    assert kappa_of(table) == pytest.approx(cohen_kappa_score(label, predicted))
    facts = agreement.summarise(table.assign(verdict=table["predicted"]), NAMES, resamples=500, seed=0)
    low, high = facts["kappa_interval"]
    assert low < facts["kappa"] < high
    assert np.sum(facts["confusion_label_by_predicted"]) == facts["replies"] == 60
    with pytest.raises(ValueError, match="unknown class polite"):
        agreement.confusions(table.assign(label="polite"), NAMES)


def test_intervals_follow_situations_not_replies():
    """Ten copies of every reply add none of the information that new situations would."""
    generator = np.random.default_rng(5)
    once = pd.DataFrame({"situation": [f"s{i}" for i in range(12)], "label": generator.choice(NAMES, 12)})
    once["predicted"] = once["verdict"] = generator.choice(NAMES, 12)
    copies = pd.concat([once] * 10)
    widths = [np.ptp(agreement.summarise(table, NAMES, 500, 0)["accuracy_interval"]) for table in (once, copies)]
    assert widths[0] == pytest.approx(widths[1])


def test_nothing_clear_is_said_without_a_number():
    table = pd.DataFrame([("s1", "harsh", "harsh", "unclear")], columns=["situation", "label", "predicted", "verdict"])
    facts = agreement.summarise(table, NAMES, 50, 0)
    assert (facts["clear_share"], facts["clear_accuracy"], facts["kappa"]) == (0.0, None, 0.0)


# The labelled replies


def test_the_replies_of_the_study_can_be_used():
    found = labelled.load_conduct(FILE, SETS)
    counts = Counter((reply.behaviour, reply.label) for reply in found)
    assert set(counts) == {(known.name, label) for known in SETS for label in known.names}
    assert min(counts.values()) >= 40
    for known in SETS:
        assert len({reply.situation for reply in labelled.of_set(found, known)}) >= 25


@pytest.mark.parametrize(
    ("change", "message"),
    {
        "class": (
            {"label": "rude"},
            r"line 2: unknown class 'rude' of pleasing \(known: pleasing, candid, harsh, inco.*; correct it",
        ),
        "class of another": ({"label": "blackmail"}, "line 2: unknown class 'blackmail' of pleasing"),
        "behaviour": ({"behaviour": "hacking"}, "line 2: field 'behaviour': 'hacking' is not one of"),
        "id": ({"id": "r001"}, r"line 2: 'r001' is already at .*; rename or remove"),
        "text": ({"text": "What  a FENCE!"}, r"line 2: 'what a fence!' is already at"),
        "blank": ({"text": " \n"}, "line 2: field 'text' is blank; correct it"),
        "field": ({"leverage": []}, r"line 2: .*'leverage' was unexpected"),
    }.values(),
)
def test_wrong_lines_are_named(tmp_path, change, message):
    file = tmp_path / "replies.jsonl"
    other = VALUE | {"id": "r002", "text": "It leans to the left."} | change
    file.write_text("".join(json.dumps(value) + "\n" for value in (VALUE, other)))
    with pytest.raises(StimulusError, match=message):
        labelled.load_conduct(file, SETS)


def test_classes_without_a_reply_are_named():
    with pytest.raises(ValueError, match="no reply of class candid, harsh, incoherent"):
        labelled.of_set([ConductReply(**VALUE)], PLEASING)


class ByLength:
    """A judge that counts letters."""

    def classify(self, texts):
        return pd.DataFrame({"predicted": ["long" if len(text) > 5 else "short" for text in texts]})


def test_classes_of_mirrored_replies_are_counted_by_side(tmp_path):
    items = [
        {"continuations": {"hack": ["a long one", "no"], "honest": ["a longer one"]}},
        {"continuations": {"hack": ["another one"]}},
    ]
    file = tmp_path / "items.jsonl"
    file.write_text("".join(json.dumps(item) + "\n" for item in items))
    counts = validation.counts_by_side(ByLength(), file)
    assert counts == {"hack": {"long": 2, "short": 1}, "honest": {"long": 1}}
