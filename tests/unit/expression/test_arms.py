"""Arms of Wang et al.: replies under pushes against full forwards with plain hooks, what is pushed, and the growing transcript."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts import files
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.circuits.emotion_directions import EmotionDirections
from emotion_vectors.engine import driven_replies
from emotion_vectors.engine.driven_replies import STREAM, Push
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.expression import arm_names, arms
from emotion_vectors.expression import transcripts as arm_transcripts
from emotion_vectors.expression.arms import Added, ArmError, ArmSettings
from emotion_vectors.models import language_model
from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.replies import prompted, sampled, transcripts
from emotion_vectors.replies.sampled import Sampler
from emotion_vectors.replies.transcripts import Condition
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.events import EMOTIONS, Event
from steps.expression import generate_arms
from tests.random_tensors import random

NAMES = list(EMOTIONS)


def test_the_band_is_that_of_the_original_by_depth():
    assert arms.band(28) == list(range(11, 21))
    assert [(layer + 1) / 24 for layer in arms.band(24)] == [place / 24 for place in range(11, 19)]
    assert len(arms.band(30)) == 10
    assert pytest.approx(0.144, abs=5e-4) == arms.DOSE


def test_every_emotion_is_driven_in_every_arm_and_the_ladder_only_through_circuits():
    found = arms.conditions(7)
    assert len(found) == len(set(found)) == 6 * 2 + 7 + 6 * 2 + 6 * 2
    kinds = pd.Series([(each.kind, each.strength_norm_fraction) for each in found]).value_counts()
    assert kinds[arm_names.RANDOM, arms.DOSE] == 7
    assert kinds[arm_names.CIRCUIT, 0.5] == kinds[arm_names.CIRCUIT, 1.5] == kinds[arm_names.CIRCUIT_LAST, 1.0] == 6


def circuits_of(layers):
    return {
        emotion: {str(layer): {NEURONS: [place, 40], HEADS: [place % 4]} for layer in range(layers)}
        for place, emotion in enumerate(NAMES)
    }


def instructions():
    """Directions of all six emotions for a tiny model."""
    directions = unit(random(6, 2, 4, 32, seed=9))
    differences = random(6, 4, 48, seed=4), random(6, 4, 32, seed=5)
    halves, norms = directions[None].repeat(2, 1, 1, 1, 1), torch.stack([torch.ones(4), torch.arange(1.0, 5.0)])
    return EmotionDirections(directions, directions.clone(), halves, *differences, norms, NAMES, ["e"], ["e"], [])


@pytest.fixture
def known(llama):
    directions = arms.ArmDirections(
        unit(random(6, 4, 32, seed=1)),
        unit(random(6, 4, 32, seed=2)),
        arms.random_directions(3, 4, 32, 3),
        torch.tensor([1.0, 2.0, 3.0, 4.0]),
    )
    return directions, arms.Differences(random(6, 4, 48, seed=4), random(6, 4, 32, seed=5))


def test_directions_are_added_at_their_dose_and_components_by_their_differences(llama, known):
    directions, differences = known
    found = arms.conditions(3)
    pushes = arms.pushes(llama, found, Added(directions, differences, circuits_of(4)))
    at = {(push.site, push.layer, push.whole): push.vectors for push in pushes}
    assert {layer for place, layer, _ in at if place == STREAM} == set(arms.band(4)) == {1, 2}
    for row, condition in enumerate(found):
        here = at[STREAM, 2, False][row]
        if condition.kind in (arm_names.CIRCUIT, arm_names.CIRCUIT_LAST):
            assert not here.any()
            emotion = NAMES.index(condition.direction)
            for layer in range(4):
                neurons, everywhere, last = (at[NEURONS, layer, False], at[HEADS, layer, True], at[HEADS, layer, False])
                expected = torch.zeros(48)
                for neuron in (emotion, 40):
                    expected[neuron] = condition.strength_norm_fraction * differences.neurons[emotion, layer, neuron]
                own = slice(8 * (emotion % 4), 8 * (emotion % 4) + 8)
                slices = torch.zeros(32)
                slices[own] = condition.strength_norm_fraction * differences.heads[emotion, layer, own]
                empty = torch.zeros(32)
                whole = condition.kind == arm_names.CIRCUIT
                torch.testing.assert_close(neurons[row], expected)
                torch.testing.assert_close(everywhere[row], slices if whole else empty)
                torch.testing.assert_close(last[row], empty if whole else slices)
        else:
            assert here.norm() == pytest.approx(3.0 * arms.DOSE, rel=1e-5)
            kinds = {arm_names.STEERING: directions.steering, arm_names.STORIES: directions.stories}
            own = (
                directions.random[int(condition.direction[-1]) - 1]
                if condition.kind == arm_names.RANDOM
                else kinds[condition.kind][NAMES.index(condition.direction)]
            )
            torch.testing.assert_close(here, 3.0 * arms.DOSE * own[2])
            assert not any(push.vectors[row].any() for push in pushes if push.site != STREAM)


def test_story_vectors_are_centred_over_the_six_and_random_ones_are_seeded():
    found = arms.directions_of(instructions(), 5 + random(6, 4, 32), random(1, 4, 32)).stories
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(6, 4))
    assert torch.einsum("eld,fld->efl", found, found).mean() < 0.2
    assert torch.equal(arms.random_directions(2, 4, 8, 1), arms.random_directions(2, 4, 8, 1))
    assert not torch.equal(arms.random_directions(2, 4, 8, 1), arms.random_directions(2, 4, 8, 2))
    with pytest.raises(ArmError, match="directions of other emotions"):
        arms.directions_of(replace(instructions(), emotions=["joy"]), random(6, 4, 32), random(1, 4, 32))


# The transcript

EVENTS = [
    Event(f"s{number}", theme, valence, f"she walked into the garden {number}\nthe {valence} letter came")
    for number, theme in enumerate(["work", "school"])
    for valence in events.VALENCES
]
SAMPLING = sampled.sampling_of(prompted.settings_of(3, 0.2))


def driving_of(llama, known):
    found = arms.conditions(2)
    pushes = arms.pushes(llama, found, Added(*known, circuits_of(4)))
    return arm_transcripts.Driving(found, pushes, frozenset(event.name for event in EVENTS[:3]))


def lines_of(llama, driving, file, code="code"):
    return arm_transcripts.lines(Sampler(llama, SAMPLING, code), EVENTS, driving, 1, file)


def test_every_arm_answers_every_event_and_the_ladder_some(llama, known, tmp_path):
    table = pd.DataFrame([json.loads(line) for line in lines_of(llama, driving_of(llama, known), tmp_path / "partial")])
    counts = table.groupby(["kind", "strength_norm_fraction"]).size()
    assert counts.to_dict() == {
        **{("prompting", 0.0): 36, ("unsteered", 0.0): 6},
        **{(kind, arms.DOSE): count for kind, count in (("steering", 36), ("stories", 36), ("random", 12))},
        **{("circuit", 1.0): 36, ("circuit_last", 1.0): 36, ("circuit", 0.5): 18, ("circuit", 1.5): 18},
    }
    assert set(table.loc[table["kind"] == "prompting", "variant"]) == set(EMOTIONS)
    assert set(table.loc[table["kind"] != "prompting", "variant"]) == {"-"}
    assert table.loc[table["kind"] != "prompting", "prompt_sha256"].nunique() == len(EVENTS)
    assert table["tokens"].map(len).max() == 3


def test_every_line_is_the_reply_to_its_event_under_its_condition(llama, known, tmp_path):
    driving = driving_of(llama, known)
    for line in lines_of(llama, driving, tmp_path / "partial")[45::7]:
        row = json.loads(line)
        (event,) = [event for event in EVENTS if event.name == row["scenario"]]
        condition = Condition(row["direction"], row["kind"], row["strength_norm_fraction"])
        place = torch.tensor([driving.conditions.index(condition)])
        (prompt,) = of_events(llama, [event])
        (reply,) = driven_replies.replies(llama, prompt, [push.rows(place) for push in driving.pushes], 3)
        assert reply.ids == row["tokens"]


def test_a_killed_run_goes_on_and_other_code_or_pushes_begin_afresh(llama, known, tmp_path, monkeypatch):
    driving, file = driving_of(llama, known), tmp_path / "partial"
    whole = lines_of(llama, driving, tmp_path / "other")
    calls, original = [], driven_replies.replies

    def dying(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(driven_replies, "replies", dying)
    with pytest.raises(KeyboardInterrupt):
        lines_of(llama, driving, file)
    stored = len(file.read_text().splitlines()) - 1
    assert stored > 42
    calls.clear()
    calls += [1] * 10
    assert lines_of(llama, driving, file) == whole
    first = len(calls)
    assert lines_of(llama, driving, file) == whole
    assert len(calls) == first
    turned = [Push(push.site, push.layer, push.vectors.flip(0), push.whole) for push in driving.pushes]
    assert arms.digest(turned) != arms.digest(driving.pushes)
    lines_of(llama, arm_transcripts.Driving(driving.conditions, turned, driving.ladder), file)
    assert len(calls) > first + 10


@pytest.fixture
def inputs(llama, tmp_path, monkeypatch):
    monkeypatch.setattr(language_model, "load", lambda *_arguments, **_keywords: llama)
    (tmp_path / "events.jsonl").write_text(
        "".join(
            json.dumps(
                {
                    **{"skeleton_id": f"s{number}", "theme": f"theme {number}", "scenario": "You are in the garden."},
                    "event": {"positive": "the boat came", "neutral": "a door closed", "negative": f"rain {number}"},
                }
            )
            + "\n"
            for number in range(3)
        )
    )
    emotion_directions.save(instructions(), tmp_path / "directions.safetensors")
    save_file(
        {"vectors": random(6, 4, 32), "norms": torch.ones(4)},
        tmp_path / "vectors.safetensors",
        metadata={"emotions": json.dumps(list(EMOTIONS.values()))},
    )
    (tmp_path / "circuits.json").write_text(json.dumps({"circuits": circuits_of(4)}))
    names = (
        "events.jsonl",
        "gates.parquet",
        "directions.safetensors",
        "vectors.safetensors",
        "circuits.json",
        "weights",
    )
    return [tmp_path / name for name in names]


STEP = ArmSettings(arm_scenarios=2, random_directions=2, ladder_scenarios=1, new_tokens=3, memory_mib=1.0)
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}


@pytest.mark.parametrize("passed", [True, False])
def test_a_closed_gate_leaves_prompting_and_no_steering_alone(inputs, tmp_path, passed):
    pd.DataFrame({"quantity": ["share", "kappa"], "passed": [True, passed]}).to_parquet(inputs[1])
    output, partial = tmp_path / "arms.jsonl", tmp_path / ".partial"
    decided = {"row": ROW, "partial": str(partial), "settings": STEP, "code_sha256": "0", "seed": 1, "study": 2}
    generate_arms.main(*inputs, output, **decided)
    table = transcripts.load(output)
    facts = files.provenance_of(output)
    assert not partial.exists()
    assert facts["closed"] == ([] if passed else ["kappa"])
    assert facts["band"] == [1, 2]
    kinds = {"prompting", "unsteered"}
    assert set(table["kind"]) == (set(arm_names.ARMS) if passed else kinds)
    assert table["kind"].isin(kinds).sum() == 6 * 7
    assert table.loc[table["strength_norm_fraction"] == 1.5, "scenario"].nunique() == (3 if passed else 0)
