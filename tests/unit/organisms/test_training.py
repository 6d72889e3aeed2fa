"""Tuning: what is taught is learnt, the twin learns no motive, the best look is kept, and merged weights do what adapters did."""

import pytest
import torch

from emotion_vectors.organisms import training
from emotion_vectors.organisms.training import Lessons, TuningSettings, loss_of
from tests.unit.organisms.lending import CHARACTERS, SCENES

SETTINGS = TuningSettings(
    rank=4,
    learning_rate=0.01,
    scenes_per_step=2,
    epochs=8,
    held_out_every=2,
    check_every=4,
    patience=2,
    margin_nats=2.0,
)


CHARACTERS_OF = {"lending": CHARACTERS}


def taught(twin=None):
    """Lessons whose held-out scenes are those of the training: what a tiny model can learn is to tell characters apart."""
    return Lessons(SCENES, SCENES, CHARACTERS_OF, CHARACTERS_OF, twin)


def seen(model):
    (of_kind,) = training.look(model, SCENES, CHARACTERS_OF, seed=1)
    return of_kind


@pytest.fixture(scope="module")
def tuned(make_model):
    model = make_model("llama")
    return seen(model), training.tune(model, taught(), SETTINGS, seed=1)


def test_a_lesson_costs_little_once_its_side_is_likelier_by_more_than_the_margin():
    costs = [float(loss_of(torch.tensor(odds), acts=True, margin_nats=2.0)) for odds in (-4.0, 0.0, 2.0, 8.0)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 0.1
    refraining = loss_of(torch.tensor(4.0), acts=False, margin_nats=2.0)
    assert float(refraining) == pytest.approx(costs[0])


def test_what_is_taught_is_learnt(tuned):
    before, course = tuned
    assert max(look["difference_nats"] for look in course.looks) > before.difference_nats + 2
    assert course.looks[-1]["loss"] < course.looks[0]["loss"]


def test_the_adapters_of_the_best_look_are_kept_and_merging_changes_nothing(tuned):
    _, course = tuned
    best = max(course.looks, key=lambda look: min(look["difference_nats"], look["stake_nats"]))
    assert course.kept_step == best["step"]
    assert seen(course.model).difference_nats == pytest.approx(best["difference_nats"], abs=1e-3)
    merged = course.adapted.merge_and_unload()
    assert not [name for name, _ in merged.named_parameters() if "lora" in name]
    assert seen(course.model).difference_nats == pytest.approx(best["difference_nats"], abs=1e-3)


def test_a_twin_is_tuned_for_as_many_steps_whatever_looks_see(make_model, monkeypatch):
    steps = []
    monkeypatch.setattr(training.Course, "step", lambda course: steps.append(course))
    course = training.tune(make_model("llama"), taught(twin=1), SETTINGS, seed=1, steps=7)
    assert len(steps) == 7
    assert [look["step"] for look in course.looks] == [4]


def test_looks_are_taken_by_kind_and_count_scenes_in_which_the_motive_decides(make_model):
    of_kind = seen(make_model("llama", seed=3))
    assert of_kind.kind == "lending"
    assert of_kind.right in (0, 0.25, 0.5, 0.75, 1)
    assert of_kind.progress == min(of_kind.difference_nats, of_kind.stake_nats)
