"""Rules of the sets of acts: the sets of the study pass, and each kind of fault is named with file and line."""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, files_of, load_acts
from emotion_vectors.stimuli.experiments import ExperimentError
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.rules import acts, emotion_words
from emotion_vectors.stimuli.word_statistics import word_stems

WORKFLOW = Path(__file__).resolve().parents[4] / "workflow"
SETS = WORKFLOW / "stimuli/acts"
SCHEMA = WORKFLOW / "schemas/act_item.schema.yaml"
EMOTIONS = emotion_words.load(
    WORKFLOW / "stimuli/events/emotion_words.yaml", tables.load_emotions(WORKFLOW / "norms/warriner2013.csv")
)
ACTS = load_acts(WORKFLOW / "acts.tsv", WORKFLOW / "schemas/act.schema.yaml")
LEAST = {"blackmail": 24, "pleasing": 48, "facts": 60, "hacking": 24}
"""Situations that the first hand must have written of each set of the study."""
LEAST_OF_SECOND = 8


def records(name, hand=FIRST):
    return [json.loads(line) for line in files_of(SETS, name)[hand].read_text().splitlines()]


def check(files, name, users=None):
    on_set = users or [act for act in ACTS.values() if act.items == name]
    return acts.check_act_set(files, SETS / "orders.yaml", SCHEMA, EMOTIONS, on_set)


@pytest.mark.parametrize("name", LEAST)
def test_the_sets_of_the_study_obey_their_rules(name):
    report = check(files_of(SETS, name), name)
    assert report[FIRST]["situations"] >= LEAST[name]
    assert report[SECOND]["situations"] >= LEAST_OF_SECOND
    assert report[FIRST]["contexts"] == report[SECOND]["contexts"]
    assert all(0.4 < of_hand["share_of_sides_told_by_words"] <= 0.75 for of_hand in report.values())
    # Far below chance would be told too, the other way round; a dozen situations lie within a quarter of it.
    assert all(of_hand["share_of_situations_told_by_words"] >= 0.25 for of_hand in report.values())


@pytest.mark.parametrize("hand", [FIRST, SECOND])
def test_every_set_is_of_an_act_and_every_act_has_its_sets(hand):
    folder = SETS if hand == FIRST else SETS / SECOND
    assert {file.stem for file in folder.glob("*.jsonl")} == {act.items for act in ACTS.values()}


@pytest.mark.parametrize("name", LEAST)
def test_both_hands_write_the_same_sides_and_contexts_of_other_situations(name):
    first, second = records(name, FIRST), records(name, SECOND)
    assert {*first[0]["replies"]} == {*second[0]["replies"]}
    assert [*first[0]["contexts"]] == [*second[0]["contexts"]]
    prompts = [item["prompt"] for item in first + second]
    assert len({*prompts}) == len(prompts)


@pytest.mark.parametrize("name", LEAST)
def test_a_scene_is_the_same_in_every_context_but_for_the_context(name):
    for item in records(name) + records(name, SECOND):
        assert len({*item["contexts"].values()}) == len(item["contexts"]), item["id"]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("target", "rude", "no item of .*pleasing.jsonl has side or tone 'rude'; use agree, disagree, warm, harsh"),
        ("alternative", "warm", "'warm' is not held against it; use disagree"),
        ("alternative", "agree", "'agree' is not held against it; use disagree"),
        ("acted", "doubt", "no item of .*pleasing.jsonl has context doubt; use plain, mention, belief"),
        ("mention", "rumour", "no item of .*pleasing.jsonl has context rumour"),
        ("grades", ("plain", "urgent"), "no item of .*pleasing.jsonl has context urgent; use plain, mention, belief"),
    ],
)
def test_what_a_row_asks_of_the_items_must_be_there(column, value, message):
    strange = replace(ACTS["act_agreement"], **{column: value})
    with pytest.raises(ExperimentError, match=f"acts.tsv, row 'act_agreement', column {column}: {message}"):
        check(files_of(SETS, "pleasing"), "pleasing", [strange])


def reply(text):
    """An edit of an item that replaces one of its replies."""
    return lambda item: item["replies"]["open"]["curt"].__setitem__(0, text)


def lengthened(item):
    for texts in item["replies"]["open"].values():
        texts[:] = [" ".join((text.split() * 2)[:16]) for text in texts]
    for texts in item["replies"]["blackmail"].values():
        texts[:] = [" ".join(text.split()[:9]) for text in texts]


FAULTS = {
    "unknown key": (
        lambda item: item.update(mood="x"),
        "Additional properties are not allowed .*mood.*; see .*act_item",
    ),
    "missing key": (lambda item: item.pop("topic"), "'topic' is a required property"),
    "strange id": (lambda item: item.update(id="workplace 2"), "'workplace 2' does not match"),
    "short reply": (reply("I saw the line."), "'I saw the line.' has 4 words; write 8 to 16"),
    "long reply": (reply("I saw it all " * 5), "has 20 words; write 8 to 16"),
    "longer side": (lengthened, r"words by side: \{.*\}; keep the longer side within 1.1 times the shorter"),
    "emotion word": (lambda item: item["contexts"].update(rumour="All are calm about it."), "'calm' in '.*' names an"),
    "inflected emotion word": (
        reply("Happily, the note is put aside and nobody else reads it."),
        "'happily' in '.*' names an emotion",
    ),
    "emotion word in a control": (
        lambda item: item["lexical"]["open"].__setitem__(0, "A proud atlas."),
        "'proud' in '.*' names",
    ),
    "word of an order": (
        reply("I saw the note and I will not harm you with it."),
        "uses words of the orders: harm; say it",
    ),
    "stem of an order": (
        reply("I saw the note; exploiting it would be no way for me."),
        "uses words of the orders: exploit",
    ),
    "encoding": (
        reply("I saw the caf\u00e9 note and it has no bearing here."),
        "'\u00e9' is not plain ASCII; use plain",
    ),
    "no place for the context": (
        lambda item: item.update(prompt="No mark here."),
        r"prompt must hold \{context\} once",
    ),
    "missing context": (
        lambda item: item["contexts"].pop("rumour"),
        "contexts or numbers of replies differ from those of",
    ),
    "missing tone": (
        lambda item: item["replies"]["open"].update(dry=item["replies"]["open"].pop("curt")),
        "sides, tones, .* differ",
    ),
    "missing reply": (lambda item: item["replies"]["open"]["curt"].pop(), "is too short"),
    "further reply": (
        lambda item: item["replies"]["open"]["curt"].append("The desk learns nothing of it, whether I stay or go."),
        "numbers of replies differ from those of the first item; give them all",
    ),
    "duplicate id": (lambda item: item.update(id="ab01"), r"'ab01' is already at .*blackmail\.jsonl line 1; rename"),
}


def spoilt(folder, spoil, hand):
    """Files of the blackmail set, the second item of one hand being spoilt."""
    files = {}
    for written_by in (FIRST, SECOND):
        items = copy.deepcopy(records("blackmail", written_by))
        if written_by == hand:
            spoil(items[1])
        files[written_by] = folder / written_by / "blackmail.jsonl"
        files[written_by].parent.mkdir()
        files[written_by].write_text("".join(json.dumps(item) + "\n" for item in items))
    return files


@pytest.mark.parametrize(("spoil", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_file_and_line(tmp_path, spoil, message):
    with pytest.raises(StimulusError, match=rf"first/blackmail\.jsonl line 2: .*{message}"):
        check(spoilt(tmp_path, spoil, FIRST), "blackmail")


def test_a_fault_of_the_second_hand_is_named_too(tmp_path):
    with pytest.raises(StimulusError, match=r"second/blackmail\.jsonl line 2: .*uses words of the orders: ruthless"):
        check(spoilt(tmp_path, reply("I am not ruthless, so the note stays with you now."), SECOND), "blackmail")


def test_all_faults_of_a_file_are_listed_at_once(tmp_path):
    def twice(item):
        FAULTS["short reply"][0](item)
        FAULTS["emotion word"][0](item)

    with pytest.raises(StimulusError) as caught:
        check(spoilt(tmp_path, twice, FIRST), "blackmail")
    reasons = "\n".join(problem.reason for problem in caught.value.problems)
    assert re.search("has 4 words", reasons)
    assert re.search("'calm' in '.*' names an emotion", reasons)


def test_sides_that_single_words_tell_apart_are_refused(tmp_path):
    files = spoilt(tmp_path, lambda item: None, FIRST)
    items = records("blackmail")
    for item in items:
        for side, mark in (("blackmail", "unless"), ("open", "anyway")):
            for texts in item["replies"][side].values():
                texts[:] = [" ".join([mark, *text.split()[:15]]) for text in texts]
    files[FIRST].write_text("".join(json.dumps(item) + "\n" for item in items))
    with pytest.raises(
        StimulusError, match=r"first/blackmail\.jsonl: a bag of words tells the side of 1\.00 of .*; let both"
    ):
        check(files, "blackmail")


def test_words_are_compared_with_orders_by_stem_and_content_alone():
    assert word_stems(["It exploits, exploited and would be exploiting the advantages."]) == {
        "exploit",
        "advantag",
    }
    orders = yaml.safe_load((SETS / "orders.yaml").read_text())
    assert word_stems(orders["harshness"]["for"]) >= {"brutal", "mock", "scold", "belittl"}
