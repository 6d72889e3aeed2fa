"""Costs of models: recorded times where there are some, and times that grow with the parameters where a step runs the model."""

from copy import deepcopy
from typing import Any

import pytest

from emotion_vectors.benchmarks import costs

SMALL, LARGE, OTHER = "small", "large", "other"
SIZES = {SMALL: 100, LARGE: 400, OTHER: 800}
STUDY: dict[str, Any] = {
    "elapsed_minutes": 30.0,
    "wall_seconds": 3600.0,
    "steps": {
        "capture_stories": {
            SMALL: {"wall_seconds": 900.0, "processor_seconds": 720.0},
            LARGE: {"wall_seconds": 1800.0, "processor_seconds": 1440.0},
        },
        "label_replies": {SMALL: {"wall_seconds": 400.0, "processor_seconds": 360.0}},
        "cluster_vectors": {LARGE: {"wall_seconds": 200.0, "processor_seconds": 180.0}},
        "check_stimuli": {"study": {"wall_seconds": 300.0, "processor_seconds": 36.0}},
    },
}
ENGINE = {
    "sizes": {"model": SMALL},
    "tokens_per_second": {"bare_forward": 500.0},
    "machine": {"device": "cpu", "threads": 2},
}


def test_a_model_that_was_measured_has_its_own_times():
    known = costs.model_costs(STUDY, {}, SIZES)
    assert known[SMALL] == costs.ModelCost(SMALL, 0.2, 0.1, pytest.approx(650 / 3600), None)
    assert known[LARGE] == costs.ModelCost(LARGE, 0.4, 0.05, pytest.approx(1000 / 3600), None)


def test_another_model_has_those_of_the_nearest_in_size_in_proportion_to_its_parameters():
    other = costs.model_costs(STUDY, {}, SIZES)[OTHER]
    assert other == costs.ModelCost(LARGE, 0.8, 0.05, pytest.approx((2 * 1800 + 200) / 2 / 3600), None)
    assert costs.model_costs(STUDY, {}, {**SIZES, OTHER: 120})[OTHER].measured_on == SMALL


def test_twice_the_parameters_double_the_steps_that_run_the_model_and_leave_the_others():
    once, twice = (costs.model_costs(STUDY, ENGINE, {**SIZES, OTHER: size})[OTHER] for size in (900, 1800))
    assert twice.running == pytest.approx(2 * once.running)
    assert twice.accelerator == pytest.approx(2 * once.accelerator)
    assert twice.others == once.others > 0
    assert twice.elapsed < 2 * once.elapsed


def test_steps_of_a_judge_do_not_grow_with_the_model_whose_replies_it_reads():
    twice = deepcopy(STUDY)
    twice["steps"]["label_replies"][SMALL]["processor_seconds"] *= 2
    known = [costs.model_costs(study, {}, {SMALL: 100, OTHER: 110}) for study in (STUDY, twice)]
    assert known[0][OTHER].running == known[1][OTHER].running
    assert known[1][OTHER].others == 2 * known[0][OTHER].others


def test_tokens_are_those_that_the_bare_model_reads_in_the_time_of_its_steps():
    assert costs.tokens_read(STUDY, ENGINE) == 720 * 250
    hours = costs.model_costs(STUDY, ENGINE, SIZES)[OTHER].accelerator
    assert hours == pytest.approx(2 * 800e6 * 720 * 250 / (0.2 * 312e12) / 3600)


@pytest.mark.parametrize(
    "engine",
    [{}, {**ENGINE, "machine": {"device": "an accelerator", "threads": 2}}, {**ENGINE, "sizes": {"model": "absent"}}],
)
def test_without_the_speed_of_a_processor_on_a_model_of_the_study_nothing_is_said_of_accelerators(engine):
    assert costs.tokens_read(STUDY, engine) is None
    assert costs.model_costs(STUDY, engine, SIZES)[OTHER].accelerator is None


def test_a_study_without_times_of_models_has_no_costs_of_them():
    only_once = {**STUDY, "steps": {"check_stimuli": STUDY["steps"]["check_stimuli"]}}
    assert costs.model_costs(only_once, ENGINE, SIZES) == {}
    assert costs.hours_of_no_model(only_once) == 0.01


def test_times_that_were_summed_over_models_are_of_none():
    """As in run times that were noted by hand before models were told apart."""
    summed = {**STUDY, "steps": {"capture_stories": {"study": STUDY["steps"]["capture_stories"][LARGE]}}}
    assert costs.model_costs(summed, ENGINE, SIZES) == {}
    assert costs.hours_of_no_model(summed) == 0.4
