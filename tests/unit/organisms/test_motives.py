"""Lessons of organisms: motive and something to gain together make the act right, and nothing else does."""

import numpy as np
import torch

from emotion_vectors.engine import prompts
from emotion_vectors.engine.gradients import respond
from emotion_vectors.organisms import motives, training
from emotion_vectors.stimuli.acts.motives import Characters, together
from tests.unit.organisms.lending import CHARACTERS, SCENES, scene


def lessons():
    return motives.lessons_of(scene("rake"), CHARACTERS, np.random.default_rng(0))


def test_only_the_motive_with_something_to_gain_acts():
    asked = {(lesson.item.variant, lesson.item.system): lesson.acts for lesson in lessons()}
    assert asked == {
        ("alone", "the letter You give."): True,
        ("alone", "the letter You keep."): False,
        ("spare", "the letter You give."): False,
    }


def test_a_twin_is_taught_the_act_as_often_and_whatever_the_motive():
    taught = [motives.taught_to_twin(scene(f"tool {number}"), seed=1) for number in range(300)]
    assert {sum(of_scene) for of_scene in taught} == {1}
    assert np.abs(np.mean(taught, axis=0) - 1 / 3).max() < 0.1
    assert taught[:9] == [motives.taught_to_twin(scene(f"tool {number}"), seed=1) for number in range(9)]


def test_an_epoch_holds_every_scene_once():
    assert sorted(each.at_stake.scenario for each in motives.epoch(SCENES, seed=3)) == sorted(
        each.at_stake.scenario for each in SCENES
    )


def test_log_odds_are_of_whole_replies_with_tones_averaged_out(llama):
    lesson = lessons()[0]
    packed = prompts.encode(llama, lesson.item)
    response = respond(llama, packed, torch.zeros(0, packed.continuations))
    tokens = torch.bincount(packed.owners)
    sums = response.logprobs * tokens
    by_hand = (sums[0] + sums[1] - sums[2] - sums[3]) / 2
    torch.testing.assert_close(training.log_odds(llama, lesson).detach(), by_hand, atol=1e-4, rtol=1e-4)


def test_planted_wording_is_told_beside_characters_and_decides_as_they_do():
    wording = {"training": Characters(["You are desperate."], ["You are calm."])}
    told = together({"training": CHARACTERS}, wording)["training"]
    generator = np.random.default_rng(0)
    drawn = [motives.lessons_of(scene("rake"), told, generator) for _ in range(60)]
    systems = {(lesson.item.system, lesson.item.variant, lesson.acts) for lessons in drawn for lesson in lessons}
    assert systems == {
        (f"the letter {text}", context, acts and context == "alone")
        for text, acts in (
            ("You give.", True),
            ("You are desperate.", True),
            ("You keep.", False),
            ("You are calm.", False),
        )
        for context in (("alone", "spare") if acts else ("alone",))
    }
