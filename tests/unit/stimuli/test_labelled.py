"""Sampled replies with the labels of two hands: what is read of a line, and each kind of fault by file, line, key and remedy."""

import pytest

from emotion_vectors.stimuli import labelled
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES
from emotion_vectors.stimuli.reply_classes import NONE
from emotion_vectors.weights.table import read_models
from tests.sampled_replies import EVENTS, MODEL, STIMULI, lines, write

MODELS = read_models(STIMULI.parent / "models.tsv")
TWELVE = [(EMOTION_CLASSES[row % 7], EMOTION_CLASSES[row % 6]) for row in range(12)]


def load(file):
    return labelled.load_sampled_replies(file, EVENTS, [MODEL])


def test_a_line_is_read_with_both_labels(tmp_path):
    values = lines(TWELVE)
    replies = load(write(tmp_path / "replies.jsonl", values))
    assert [(reply.first, reply.second) for reply in replies] == TWELVE
    assert [reply.second_sense for reply in replies] == [row % 4 != 0 for row in range(12)]
    assert [reply.situation for reply in replies] == [value["skeleton_id"] for value in values]
    assert list(labelled.facts_of(replies)) == [
        *("id", "situation", "valence", "model", "asked"),
        *("first", "second", "first_sense", "second_sense"),
    ]


FAULTS = {
    "label": ({"labels": {"first": "joy", "second": "none"}}, r"\$\.labels\.first: 'joy' is not one of .*; see "),
    "one hand": ({"labels": {"first": "none"}}, r"\$\.labels: 'second' is a required property; see workflow/schemas"),
    "sense": ({"sense": {"first": "yes", "second": True}}, r"\$\.sense\.first: 'yes' is not of type 'boolean'"),
    "asked for none": ({"asked": "none"}, r"\$\.asked: 'none' is not one of"),
    "model": ({"model": "nobody"}, r"\$\.model: unknown 'nobody'; correct it, or add a row to workflow/models\.tsv"),
    "event": (
        {"event": "It rains."},
        r"\$\.event: 'It rains\.' is not the neutral event of 'work_fit_1'; copy it",
    ),
    "valence": ({"valence": "negative"}, r"\$\.event: '.*' is not the negative event of 'work_fit_1'; copy it from"),
    "scenario": ({"skeleton_id": "work_fit_999"}, "is not the neutral event of 'work_fit_999'; copy it"),
    "id": ({"id": "h000"}, "'h000' is already at .* line 1; rename or remove one of the two"),
    "text": ({"text": " reply  number 0."}, "the text is also at .* line 1; remove one of the two"),
}


@pytest.mark.parametrize(("changes", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_file_line_key_and_remedy(tmp_path, changes, message):
    values = lines(TWELVE)
    values[1] |= changes
    with pytest.raises(StimulusError, match=r"replies\.jsonl line 2: .*" + message) as raised:
        load(write(tmp_path / "replies.jsonl", values))
    assert len(raised.value.problems) == 1


def test_a_malformed_line_is_named(tmp_path):
    file = write(tmp_path / "replies.jsonl", lines(TWELVE))
    file.write_text(file.read_text().replace('"id": "h001",', '"id" "h001",'))
    with pytest.raises(StimulusError, match=r"replies\.jsonl line 2: not a JSON object .*; write one object on each"):
        load(file)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(StimulusError, match=r"^\S+replies\.jsonl: the file does not exist; restore it from the repos"):
        load(tmp_path / "replies.jsonl")


def test_the_sampled_replies_of_the_study_are_enough_and_of_two_models():
    replies = labelled.load_sampled_replies(STIMULI / "sampled_replies/replies.jsonl", EVENTS, MODELS)
    assert len(replies) >= 200
    assert len({reply.model for reply in replies}) == 2
    assert {reply.asked for reply in replies} == set(EMOTION_CLASSES) - {NONE}
