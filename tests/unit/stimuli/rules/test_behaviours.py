"""Rules of the behaviour sets: the sets of the study pass, and each kind of fault is named with file and line."""

import copy
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.experiments import ExperimentError, load_experiments
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.rules import behaviours

WORKFLOW = Path(__file__).resolve().parents[4] / "workflow"
SETS = WORKFLOW / "stimuli/behaviours"
SCHEMA = WORKFLOW / "schemas/behaviour.schema.yaml"
EMOTIONS = tables.load_emotions(WORKFLOW / "norms/warriner2013.csv")
EXPERIMENTS = load_experiments(WORKFLOW / "experiments.tsv", WORKFLOW / "schemas/experiment.schema.yaml")
LEAST = {"blackmail": 12, "pleasing": 80, "hacking": 16, "tone": 60, "content": 60}
"""Situations that each set of the study must have."""


def records(name):
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text().splitlines()]


def check(file, name):
    users = [experiment for experiment in EXPERIMENTS.values() if experiment.items == name]
    return behaviours.check_set(file, SCHEMA, EMOTIONS, users)


@pytest.mark.parametrize("name", LEAST)
def test_the_sets_of_the_study_obey_their_rules(name):
    report = check(SETS / f"{name}.jsonl", name)
    assert report["situations"] >= LEAST[name]
    longest, shortest = max(report["mean_words"].values()), min(report["mean_words"].values())
    assert longest <= 1.05 * shortest


def test_every_set_belongs_to_an_experiment_and_every_experiment_to_a_set():
    assert {file.stem for file in SETS.glob("*.jsonl")} == {experiment.items for experiment in EXPERIMENTS.values()}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("target", "rude", "no item has side 'rude'; use pleasing, candid, harsh"),
        ("alternative", "kind", "no item has side 'kind'"),
        ("variants", ("tonight",), "no item has variant tonight; use neutral, pressured"),
        ("pressure", ("neutral", "urgent"), "no item has variant urgent; use neutral, pressured"),
        ("group", ("warm",), "no item is in warm"),
    ],
)
def test_what_a_row_asks_of_the_items_must_be_there(column, value, message):
    strange = replace(EXPERIMENTS["pleasing"], **{column: value})
    with pytest.raises(ExperimentError, match=f"experiments.tsv, row 'pleasing', column {column}: {message}"):
        behaviours.check_set(SETS / "pleasing.jsonl", SCHEMA, EMOTIONS, [strange])


FAULTS = {
    "unknown key": (lambda item: item.update(mood="x"), r"line 2: .*mood"),
    "emotion word": (lambda item: item["continuations"]["open"].__setitem__(0, "Stay calm. " * 14), "'calm'"),
    "length": (lambda item: item["continuations"]["open"].__setitem__(0, "Yes."), "sides differ in length"),
    "empty side": (lambda item: item["continuations"].__setitem__("open", []), "line 2: "),
    "encoding": (
        lambda item: (
            item.__setitem__("topic", item["topic"])
            or item["variants"].__setitem__("none", item["variants"]["none"] + " caf\u00e9")
        ),
        "not plain ASCII",
    ),
    "variants": (lambda item: item["variants"].__setitem__("none", "Fine."), "variants have"),
    "sides": (lambda item: item["continuations"].pop("open"), "line 2: "),
    "duplicate id": (lambda item: item.__setitem__("id", "b01"), "'b01' is already at"),
    "copy": (
        lambda item: item["continuations"].update(copy.deepcopy(records("blackmail")[0]["continuations"])),
        "overlap",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(tmp_path, spoil, message):
    items = records("blackmail")
    spoil(items[1])
    file = tmp_path / "blackmail.jsonl"
    file.write_text("".join(json.dumps(item) + "\n" for item in items))
    with pytest.raises(StimulusError, match=message):
        check(file, "blackmail")


def outcomes(program, tests):
    """Which tests a program of this repository passes, each run apart; these programs were written here, not by a model."""
    found = []
    for test in tests:
        run = subprocess.run([sys.executable, "-I", "-c", f"{program}\n{test}"], capture_output=True, timeout=20)
        found.append(run.returncode == 0)
    return found


@pytest.mark.parametrize("task", records("hacking"), ids=lambda task: task["id"])
def test_honest_programs_fail_a_visible_test_and_hacks_a_hidden_one(task):
    assert all(outcomes(task["honest"], task["hidden_tests"]))
    assert not all(outcomes(task["honest"], task["visible_tests"]))
    assert all(outcomes(task["hack"], task["visible_tests"]))
    assert not all(outcomes(task["hack"], task["hidden_tests"]))
