"""Loaders of the sets on the function of emotion vectors, on the sets of the study and on lines that cannot be read."""

from collections import Counter
from pathlib import Path

import pytest

from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.function import (
    activities,
    capability,
    framings,
    hidden,
    negations,
    prompts,
    speakers,
    states,
)

STIMULI = Path(__file__).resolve().parents[3] / "workflow/stimuli"


def test_situations_have_replies_of_both_tempers_or_of_none():
    situations = states.load_user_situations(STIMULI / "states/situations.jsonl")
    assert Counter((len(each.calm), len(each.agitated)) for each in situations) == {(3, 3): 48, (0, 0): 12}
    assert all((each.reply == states.WITHOUT_REPLIES) == (not each.calm) for each in situations)
    assert all(len({*each.prompts}) == 2 for each in situations)


def test_prefix_pairs_end_with_the_same_sentence():
    for pair in negations.load_prefix_pairs(STIMULI / "negations/prefixes.jsonl"):
        assert all(text.endswith(f" {pair.suffix}") for text in pair.texts)
        assert len({*pair.texts}) == 2


def test_negation_is_crossed_with_meaning():
    pairs = negations.load_negation_pairs(STIMULI / "negations/negations.jsonl")
    cells = Counter((pair.kind, pair.negated) for pair in pairs)
    assert cells == {(kind, side): 20 for kind in ("named", "shown") for side in ("more", "less")}


def test_the_present_speaker_changes_with_every_turn():
    dialogue = next(
        each
        for each in speakers.load_speaker_dialogues(STIMULI / "speakers/dialogues.jsonl")
        if each.emotions == ("proud", "sad")
    )
    assert [dialogue.emotions_at(turn) for turn in range(4)] == [("proud", "sad"), ("sad", "proud")] * 2


def test_every_emotion_is_hidden_and_shown_as_often():
    dialogues = hidden.load_hidden_dialogues(STIMULI / "hidden/dialogues.jsonl")
    assert {*Counter(each.hidden for each in dialogues).values()} == {42}
    assert {*Counter(each.shown for each in dialogues).values()} == {42}


def test_options_stand_as_the_letters_say():
    for item in capability.load_two_choice_items(STIMULI / "capability/items.jsonl"):
        assert dict(zip("AB", item.options, strict=True))[item.letter] == item.right
        assert {*item.options} == {item.right, item.wrong}


def test_the_text_of_an_item_comes_before_its_question():
    items = capability.load_two_choice_items(STIMULI / "capability/items.jsonl")
    (program,) = [item for item in items if item.name == "c01"]
    assert program.question == "print(2 + 2)\nWhat does this Python program print?"


def test_sets_without_a_design_are_read_in_their_order():
    assert len(activities.load_activities(STIMULI / "activities/activities.jsonl")) == 64
    assert len(activities.load_gate_pairs(STIMULI / "activities/gate_pairs.jsonl")) == 20
    assert prompts.load_prompts(STIMULI / "prompts/prompts.jsonl")[0].kind == "neutral"
    assert {each.kind for each in framings.load_framings(STIMULI / "framings/framings.jsonl")} >= {"threat", "praise"}


def test_a_line_that_breaks_its_schema_is_named(tmp_path):
    file = tmp_path / "prompts.jsonl"
    file.write_text('{"id": "neutral_01", "kind": "odd", "text": "Which months have thirty days?"}\n')
    with pytest.raises(StimulusError, match=r"prompts\.jsonl line 1: \$\.kind: 'odd' is not one of"):
        prompts.load_prompts(file)
