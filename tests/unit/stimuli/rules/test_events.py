"""Rules of the events, expressions and labelled replies: the sets of the study pass, and each kind of fault is named with file and line."""

import json
import re
from pathlib import Path

import pytest

from emotion_vectors.stimuli import events, labelled, tables
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.rules import emotion_words, expressions
from emotion_vectors.stimuli.rules import events as event_rules

WORKFLOW = Path(__file__).resolve().parents[4] / "workflow"
SETS = WORKFLOW / "stimuli/events"
REPLIES = WORKFLOW / "stimuli/emotion_replies/replies.jsonl"
WORDS = emotion_words.load(SETS / "emotion_words.yaml", tables.load_emotions(WORKFLOW / "norms/warriner2013.csv"))


def rows(name):
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text().splitlines()]


def write(file, values):
    file.write_text("".join(json.dumps(value) + "\n" for value in values))
    return file


def files(folder, fit=None, held_out=None):
    """Both splits, of the study unless given."""
    return {
        "fit": write(folder / "fit.jsonl", fit or rows("fit")),
        "held_out": write(folder / "held_out.jsonl", held_out or rows("held_out")),
    }


def test_the_events_of_the_study_obey_their_rules(tmp_path):
    report = event_rules.check_ours(files(tmp_path), WORDS)
    assert [report[split]["events"] for split in ("fit", "held_out")] == [192, 96]
    assert set(report["fit"]["themes"].values()) == {8}
    for split in report.values():
        assert split["texts_with_emotion_words"] == 0
        lengths = [split["mean_words"][valence] for valence in events.VALENCES]
        assert max(lengths) < 1.05 * min(lengths)


def test_the_expressions_of_the_study_obey_their_rules():
    report = expressions.check_expressions(SETS / "expressions.jsonl", SETS / "held_out.jsonl", WORDS)
    assert report["replies"] == 192
    assert list(report["mean_words"]) == list(events.EMOTIONS)


def test_emotion_words_are_found_whole_or_by_their_beginning():
    assert WORDS.found("Sadly, the SADDLE and its contents made Joyce hopscotch; stubbornly calm.") == [
        "calm",
        "sadly",
        "stubbornly",
    ]


def change(key, text):
    def spoil(value):
        parts = value
        *path, last = key.split(".")
        for part in path:
            parts = parts[part]
        parts[last] = text(parts[last]) if callable(text) else text

    return spoil


def as_first(key):
    return lambda value: change(key, rows("fit")[0][key])(value)


FAULTS = {
    "unknown key": (lambda value: value.update(mood="x"), r"line 2: .*'mood' was unexpected"),
    "valence missing": (lambda value: value["event"].pop("neutral"), "line 2: .*'neutral' is a required property"),
    "duplicate id": (as_first("skeleton_id"), "line 2: 'work_fit_1' is already at"),
    "theme": (change("theme", "school"), "line 2: id 'work_fit_2' does not begin with 'school_fit_'"),
    "count": (change("theme", "school"), "7 scenarios of theme 'work', not 8"),
    "emotion word": (change("event.positive", lambda text: text + " Sadly."), "line 2: the emotion word 'sadly'"),
    "long scenario": (change("scenario", lambda text: text + " again" * 20), "line 2: scenario of .* write 18 to 35"),
    "uneven events": (
        lambda value: value["event"].update(positive="You wait" + " again" * 20, negative="You wait" + " again" * 13),
        "bring them within 6 words",
    ),
    "exclamation": (change("scenario", lambda text: text + "!"), "line 2: too many exclamation marks"),
    "encoding": (change("scenario", lambda text: text + " caf\u00e9"), "not plain ASCII"),
    "opening": (
        change("scenario", lambda text: " ".join(rows("fit")[0]["scenario"].split()[:3] + text.split()[3:])),
        "line 2: begins with '.*' like .*line 1",
    ),
    "copy": (
        lambda value: value.update(event=rows("fit")[0]["event"]),
        "line 2: .*of the five-word sequences of .* line 1",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_an_event_is_named(tmp_path, spoil, message):
    values = rows("fit")
    spoil(values[1])
    with pytest.raises(StimulusError, match=message):
        event_rules.check_ours(files(tmp_path, fit=values), WORDS)


def test_a_scenario_of_one_split_is_not_in_the_other(tmp_path):
    values = rows("held_out")
    values[0]["scenario"], values[0]["event"] = rows("fit")[0]["scenario"], rows("fit")[0]["event"]
    with pytest.raises(StimulusError, match=r"held_out.jsonl line 1: .*sequences of .*fit.jsonl line 1"):
        event_rules.check_ours(files(tmp_path, held_out=values), WORDS)
    with pytest.raises(StimulusError, match=r"held_out.jsonl line 1: the scenario is also at .*fit.jsonl line 1"):
        event_rules.check_other(files(tmp_path, held_out=values), WORDS)


def scenario(number, text="You wait."):
    event = {valence: f"Something {valence} happens." for valence in events.VALENCES}
    return {"skeleton_id": f"s{number}", "theme": "any", "scenario": f"{text} {number}", "event": event, "more": 1}


def test_another_set_is_counted_not_refused(tmp_path):
    others = files(tmp_path, [scenario(1), scenario(2, "You are angry and happy!")], [scenario(3), scenario(4)])
    report = event_rules.check_other(others, WORDS)
    assert (report["fit"]["texts"], report["fit"]["texts_with_emotion_words"]) == (8, 1)
    assert report["fit"]["lines_with_emotion_words"] == [2]
    assert report["held_out"]["texts_with_emotion_words"] == 0


def without_neutral():
    broken = scenario(2)
    del broken["event"]["neutral"]
    return broken


FORM_FAULTS = {
    "an event lacks": (without_neutral(), "fit.jsonl line 2: an event is missing or empty; write the events positive"),
    "an event is blank": (
        scenario(2) | {"event": dict.fromkeys(events.VALENCES, " ")},
        "line 2: an event is missing or empty",
    ),
    "blank scenario": (
        scenario(2) | {"scenario": " "},
        "fit.jsonl line 2: no scenario; a scenario has skeleton_id, theme",
    ),
    "number": (scenario(2) | {"scenario": 7}, "fit.jsonl line 2: no scenario"),
    "list": (scenario(2) | {"theme": ["a"]}, "fit.jsonl line 2: no theme"),
    "copied": (scenario(2) | {"scenario": " you  wait. 1"}, "line 2: the scenario is also at .*fit.jsonl line 1"),
    "id of the other split": (scenario(2) | {"skeleton_id": "s3"}, "held_out.jsonl line 1: the skeleton_id is also at"),
}


@pytest.mark.parametrize(("broken", "message"), FORM_FAULTS.values(), ids=FORM_FAULTS)
def test_another_set_must_have_the_form(tmp_path, broken, message):
    with pytest.raises(StimulusError, match=message):
        event_rules.check_other(files(tmp_path, [scenario(1), broken], [scenario(3), scenario(4)]), WORDS)


def test_one_scenario_cannot_be_halved(tmp_path):
    with pytest.raises(StimulusError, match=r"held_out\.jsonl: only one scenario; write more"):
        event_rules.check_other(files(tmp_path, [scenario(1), scenario(2)], [scenario(3)]), WORDS)


REPLY_FAULTS = {
    "id": (change("id", "work_held_out_9-anger"), "line 1: id 'work_held_out_9-anger' is not 'work_held_out_1-anger'"),
    "missing": (change("id", "work_held_out_9-anger"), "no reply 'work_held_out_1-anger'; write it"),
    "short": (change("reply", "Never again."), "line 1: reply of 2 words; write 22 to 32"),
    "uneven": (change("reply", "Never again."), "replies of .* words to 'work_held_out_1'"),
    "emotion word": (change("reply", lambda text: text + " Angry."), "line 1: the emotion word 'angry'"),
    "exclamations": (change("reply", lambda text: text + "!!"), "line 1: too many exclamation marks"),
    "copy": (change("reply", lambda text: rows("expressions")[1]["reply"]), "line 2: begins with .* like line 1"),
}


@pytest.mark.parametrize(("spoil", "message"), REPLY_FAULTS.values(), ids=REPLY_FAULTS)
def test_a_fault_of_an_expression_is_named(tmp_path, spoil, message):
    values = rows("expressions")
    spoil(values[0])
    with pytest.raises(StimulusError, match=message):
        expressions.check_expressions(write(tmp_path / "e.jsonl", values), SETS / "held_out.jsonl", WORDS)


def test_an_expression_cannot_be_told_by_its_first_word(tmp_path):
    values = rows("expressions")
    for value in [value for value in values if value["emotion"] == "fear"][:5]:
        value["reply"] = f"Oh {value['reply']}"
    with pytest.raises(StimulusError, match="5 replies of fear begin with 'oh', more than 4"):
        expressions.check_expressions(write(tmp_path / "e.jsonl", values), SETS / "held_out.jsonl", WORDS)


# Labelled replies


def test_the_labelled_replies_of_the_study_have_every_class_in_every_situation():
    found = labelled.load_emotion_replies(REPLIES)
    assert len(found) == 252
    assert len({reply.situation for reply in found}) == 36
    assert {reply.label for reply in found} == set(labelled.EMOTION_CLASSES)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"emotion": "joy"}, "line 2: .*'joy' is not one of"),
        ({"id": "e001"}, "line 2: 'e001' is already at .* line 1"),
        ({"emotion": "happiness"}, "no reply of anger to"),
        ({"reply": None}, "line 2: .*None is not of type 'string'"),
    ],
)
def test_a_fault_of_a_labelled_reply_is_named(tmp_path, changes, message):
    values = [json.loads(line) for line in REPLIES.read_text().splitlines()][:7]
    values[1] |= changes
    with pytest.raises(StimulusError, match=message):
        labelled.load_emotion_replies(write(tmp_path / "r.jsonl", values))


def test_no_labelled_situation_is_a_scenario_of_the_events():
    texts = {value["scenario"] for name in ("fit", "held_out") for value in rows(name)}
    assert not any(
        re.sub(r"\s+", " ", reply.situation) in text
        for reply in labelled.load_emotion_replies(REPLIES)
        for text in texts
    )
