"""Agreement of two hands with each other and of a judge with both, on planted labels whose kappa is known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from emotion_vectors.judges import validation
from emotion_vectors.judges.validation import BOTH, EACH_OTHER, SENSE, SIX_WAY
from emotion_vectors.stimuli import labelled
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES, HANDS
from tests.sampled_replies import EVENTS, MODEL, lines, write

COUNT = 168


class Saying:
    """A judge that says of each text, known by its number, what was planted, and chooses the same unless told otherwise."""

    def __init__(self, verdicts, chosen=None):
        self.verdicts, self.chosen = list(verdicts), chosen

    def classify(self, texts):
        rows = [int(text.rstrip(".").split()[-1]) for text in texts]
        said = [self.verdicts[row] for row in rows]
        chosen = said if self.chosen is None else [self.chosen[row] for row in rows]
        return pd.DataFrame({"predicted": chosen, "confidence": 1.0, "verdict": said})


def planted(share, seed=0):
    """Labels in which the second hand repeats the first, balanced over the classes, and draws another in a share of the rows."""
    generator = np.random.default_rng(seed)
    first = [EMOTION_CLASSES[row % 7] for row in range(COUNT)]
    moved = generator.permutation(COUNT) < share * COUNT
    drawn = generator.integers(1, 7, COUNT)
    second = [EMOTION_CLASSES[(row + drawn[row]) % 7] if moved[row] else label for row, label in enumerate(first)]
    return list(zip(first, second, strict=True))


@pytest.fixture
def judged(tmp_path):
    """Table of the replies with these labels, and with what a judge says of them."""

    def table(labels, verdicts, chosen=None):
        file = write(tmp_path / "replies.jsonl", lines(labels))
        return validation.of_emotions(Saying(verdicts, chosen), labelled.load_sampled_replies(file, EVENTS, [MODEL]))

    return table


def test_a_planted_kappa_is_found_between_the_hands_and_for_the_judge(judged):
    labels = planted(0.25)
    first, second = zip(*labels, strict=True)
    table = judged(labels, second)
    facts = validation.agreement_with_hands(table, 300, 1)
    # A quarter of the labels differ, and the classes are as frequent in both: chance is about a seventh.
    assert facts[EACH_OTHER]["kappa"] == pytest.approx((0.75 - 1 / 7) / (1 - 1 / 7), abs=0.01)
    assert facts[EACH_OTHER]["kappa"] == pytest.approx(cohen_kappa_score(first, second))
    assert facts[EACH_OTHER]["accuracy"] == 0.75
    assert facts["judge with the first hand"]["kappa"] == facts[EACH_OTHER]["kappa"]
    assert facts["judge with the second hand"]["kappa"] == 1.0
    assert (facts[BOTH]["replies"], facts[BOTH]["kappa"]) == (COUNT * 3 // 4, 1.0)
    low, high = facts[EACH_OTHER]["kappa_interval"]
    assert low < facts[EACH_OTHER]["kappa"] < high
    assert facts[EACH_OTHER]["situations"] == COUNT // 3


def test_rows_of_the_confusion_are_the_labels_and_columns_what_is_said(judged):
    table = judged([("anger", "anger")] * 3 + [("fear", "none")] * 3, ["fear"] * 6)
    facts = validation.agreement_with_hands(table, 20, 1)
    anger, fear, none = (EMOTION_CLASSES.index(name) for name in ("anger", "fear", "none"))
    each_other, both = (np.array(facts[name]["confusion_label_by_predicted"]) for name in (EACH_OTHER, BOTH))
    assert each_other[fear, none] == each_other[anger, anger] == both[anger, fear] == 3
    assert each_other.sum() == 6
    assert both.sum() == 3


def test_a_judge_that_always_says_the_same_agrees_by_chance_alone(judged):
    facts = validation.agreement_with_hands(judged(planted(0.1), ["none"] * COUNT), 100, 1)
    for name in (*(f"judge with the {hand} hand" for hand in HANDS), BOTH):
        assert facts[name]["kappa"] == pytest.approx(0, abs=1e-12)
        assert facts[name]["kappa_interval"] == pytest.approx([0, 0], abs=1e-12)
        assert facts[name]["accuracy"] == pytest.approx(1 / 7, abs=0.03)
    assert facts[EACH_OTHER]["kappa"] > 0.8


def test_hands_that_label_at_random_do_not_agree(judged):
    names = np.random.default_rng(3).choice(EMOTION_CLASSES, (COUNT, 2))
    facts = validation.agreement_with_hands(judged([tuple(map(str, pair)) for pair in names], names[:, 0]), 300, 1)
    low, high = facts[EACH_OTHER]["kappa_interval"]
    assert low < 0 < high
    assert high < 0.2


def test_sense_is_compared_between_the_hands(judged):
    table = judged(planted(0.1), ["none"] * COUNT)
    facts = validation.agreement_with_hands(table, 20, 1)[SENSE]
    assert facts["confusion_label_by_predicted"] == [[COUNT * 3 // 4, COUNT // 4], [0, 0]]
    assert facts["kappa"] == pytest.approx(cohen_kappa_score(table["first_sense"], table["second_sense"]))


def test_a_wider_interval_comes_of_scenarios_that_agree_as_a_whole(judged):
    """The replies to a scenario stand or fall together: what varies between scenarios alone widens the interval."""
    names = [("anger", "anger") if row % 2 else ("fear", "fear") for row in range(36)]
    swap = {"anger": "fear", "fear": "anger"}
    together, apart = names.copy(), names.copy()
    for row in range(18):
        together[row] = (names[row][0], swap[names[row][1]])
        apart[2 * row] = (names[2 * row][0], swap[names[2 * row][1]])
    widths = []
    for labels in (together, apart):
        facts = validation.agreement_with_hands(judged(labels, ["none"] * 36), 500, 1)[EACH_OTHER]
        assert facts["accuracy"] == 0.5
        widths.append(np.ptp(facts["kappa_interval"]))
    assert widths[0] > 1.5 * widths[1]


def test_the_choice_among_the_six_is_held_against_emotions_that_both_hands_give(judged):
    """A judge that always says none, and chooses right in two of three of the replies that voice an emotion to both hands."""
    six = [name for name in EMOTION_CLASSES if name != "none"]
    voiced = [six[row % 6] for row in range(36)]
    chosen = [name if row % 3 else six[(row + 1) % 6] for row, name in enumerate(voiced)]
    other = [("none", "none")] * 12 + [("anger", "fear")] * 6 + [("none", "happiness")] * 6
    labels = [*zip(voiced, voiced, strict=True), *other]
    facts = validation.agreement_with_hands(judged(labels, ["none"] * 60, [*chosen, *["disgust"] * 24]), 100, 1)
    assert (facts[SIX_WAY]["replies"], facts[SIX_WAY]["classes"]) == (36, six)
    assert facts[SIX_WAY]["accuracy"] == pytest.approx(2 / 3)
    assert facts[SIX_WAY]["kappa"] == pytest.approx(cohen_kappa_score(voiced, chosen))
    assert facts[BOTH]["accuracy"] == pytest.approx(12 / 48)
    assert validation.labelled_as(facts[BOTH], "none") == validation.both_say(facts[BOTH], "none") == 12
    assert (validation.labelled_as(facts[BOTH], "fear"), validation.both_say(facts[BOTH], "fear")) == (6, 0)
    # Every fourth reply makes sense to the first hand alone, so that none makes sense to neither.
    assert validation.both_say(facts[SENSE], "no") == 0


def test_a_judge_that_can_choose_none_is_wrong_by_it_where_an_emotion_is_voiced(judged):
    facts = validation.agreement_with_hands(judged([("fear", "fear")] * 6, ["none"] * 3 + ["fear"] * 3), 20, 1)
    assert facts[SIX_WAY]["accuracy"] == 0.5
    assert facts[SIX_WAY]["classes"] == list(EMOTION_CLASSES)


@pytest.mark.parametrize("labels", [("anger", "fear"), ("none", "none")])
def test_hands_that_never_give_the_same_emotion_are_named(judged, labels):
    table = judged([labels] * 3, ["none"] * 3)
    with pytest.raises(
        ValueError, match="gave no sampled reply the same emotion; see workflow/stimuli/sampled_replies"
    ):
        validation.agreement_with_hands(table, 20, 1)


def test_the_judge_is_said_with_its_agreement_on_sampled_replies(judged):
    labels = planted(0.25)
    facts = validation.agreement_with_hands(judged(labels, [first for first, _ in labels]), 100, 1)
    said = validation.hands_in_words(facts)
    assert said.startswith(
        f"on {COUNT * 3 // 4} of {COUNT} sampled replies that two hands label alike the judge agrees with"
    )
    assert "kappa 1.00 [1.00, 1.00], the hands with each other on all with 0.71 [0." in said
