"""Orders in other wordings and fresh events: the files keep their rules, and what breaks one is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.events import CLAUSE, NAMED, OF_EMOTIONS, OF_VOICES
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.rules import emotion_words
from emotion_vectors.stimuli.rules.expressions import check_fresh, check_orders

STIMULI = Path(__file__).resolve().parents[4] / "workflow/stimuli"
FILE = STIMULI / "orders/orders.yaml"
WORDS = emotion_words.load(STIMULI / "events/emotion_words.yaml", ["proud"])


def changed(folder: Path, old: str, new: str) -> Path:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = folder / "orders.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_orders_keep_their_rules():
    assert check_orders(FILE, WORDS)["orders"] == 30


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("rage, so that the rage shows", "anger, so that the anger shows", "names anger as the study's own order does"),
        ("blood boils", "rage boils", "the emotion word 'rage'"),
        ("robbing ships", "happily robbing ships", "the emotion word 'happily'"),
        (
            "Answer as someone who could dance because everything has turned out well, and let it show.",
            "Dance well.",
            "2 words",
        ),
        ("like a lawyer, so that the lawyer shows", "like a pirate, so that the pirate shows", "stands twice"),
        ('    lawyer: "Answer as someone who drafts', '    notary: "Answer as someone who drafts', "voices differ"),
        ('    disgust: "Responde', '    boredom: "Responde', "see workflow/schemas"),
    ],
)
def test_what_breaks_a_rule_is_named(tmp_path: Path, old: str, new: str, fault: str):
    with pytest.raises(StimulusError, match=fault):
        check_orders(changed(tmp_path, old, new), WORDS)


def test_labels_of_emotions_stand_in_their_order_and_those_of_voices_in_that_of_the_file():
    known = events.load_orders(FILE)
    assert events.labels_of(known[::-1], OF_EMOTIONS, CLAUSE) == [f"emotions clause {name}" for name in events.EMOTIONS]
    names = [label.split()[-1] for label in events.labels_of(known, OF_VOICES, NAMED)]
    assert names == [label.split()[-1] for label in events.labels_of(known, OF_VOICES, CLAUSE)]


def test_an_order_stands_before_what_is_asked_of_every_reply():
    event = events.Event("s", "work", "neutral", "A door closed.")
    assert events.ordered(event, events.order_of("fear")) == events.messages(event, "fear")
    assert events.ordered(event, "") == events.messages(event)


FRESH = STIMULI / "events/fresh.jsonl"
MET = [STIMULI / "events/fit.jsonl", STIMULI / "events/held_out.jsonl"]


def test_fresh_events_keep_their_rules():
    report = check_fresh(FRESH, MET, WORDS)
    assert set(report["themes"].values()) == {3}
    assert report["replies"] == 24 * 6
    assert set(report["with_exclamation_mark"].values()) == {0}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("work_fresh_1", "work_fresh_2", "work_fresh_2"),
        ("Your tray, your coins, and somehow my job again.", "Angry, I am.", "words"),
        ("Your tray, your coins", "Your tray, your anger", "the emotion word 'anger'"),
        ("my job again.", "my job again!", "too many exclamation marks"),
        ('"theme": "travel"', '"theme": "work"', "scenes of theme 'work'"),
    ],
)
def test_what_breaks_a_rule_of_fresh_events_is_named(tmp_path: Path, old: str, new: str, fault: str):
    text = FRESH.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "fresh.jsonl"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StimulusError, match=fault):
        check_fresh(file, MET, WORDS)


def test_an_event_that_directions_have_met_is_named(tmp_path: Path):
    text = FRESH.read_text(encoding="utf-8")
    met = json.loads(MET[1].read_text(encoding="utf-8").splitlines()[0])["event"]["neutral"]
    own = json.loads(text.splitlines()[0])["event"]
    file = tmp_path / "fresh.jsonl"
    file.write_text(text.replace(own, met, 1), encoding="utf-8")
    with pytest.raises(
        StimulusError, match=r"fresh\.jsonl line 1: 100% of the five-word sequences of .*held_out\.jsonl"
    ):
        check_fresh(file, MET, WORDS)
