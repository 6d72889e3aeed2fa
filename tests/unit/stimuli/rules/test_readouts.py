"""Readouts that the table of experiments declares, held against the files of the sets: each fault says where and what to do."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from emotion_vectors.stimuli import experiments, reply_classes
from emotion_vectors.stimuli.experiments import ExperimentError
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.rules import readouts

WORKFLOW = Path(__file__).resolve().parents[4] / "workflow"
STUDY = experiments.load_experiments(WORKFLOW / "experiments.tsv", WORKFLOW / "schemas/experiment.schema.yaml")
CLASSES = {
    "scene": "A neighbour asked for a tool. The assistant wrote:",
    "classes": {"lend": "It lends the tool.", "keep": "It keeps the tool.", "incoherent": "It answers nobody."},
}
ITEM = {"id": "n1", "choice": {"lend": "You lend it."}, "comprehension": [{"question": "What?"}]}
LENDING = replace(
    STUDY["blackmail"], name="lending", items="lending", target="lend", readouts=("likelihood", "choice", "generation")
)


def write(path, *values):
    path.write_text("".join(json.dumps(value) + "\n" for value in values))


@pytest.fixture
def folder(tmp_path):
    """A set with choices, classes and a labelled reply."""
    write(tmp_path / "lending.jsonl", ITEM, ITEM | {"id": "n2"})
    write(tmp_path / "replies.jsonl", {"behaviour": "lending"})
    (tmp_path / "lending.yaml").write_text(yaml.safe_dump(CLASSES, sort_keys=False))
    return tmp_path


def check(folder, *rows):
    readouts.check_readouts({row.name: row for row in rows}, folder, folder / "replies.jsonl")


def test_the_study_declares_what_it_has():
    readouts.check_readouts(STUDY, WORKFLOW / "stimuli/behaviours", WORKFLOW / "stimuli/replies/replies.jsonl")
    assert experiments.sets_with("generation", STUDY) == ["blackmail", "pleasing"]
    assert experiments.sets_with("code", STUDY) == ["hacking"]
    assert experiments.sets_with("choice", STUDY) == ["blackmail", "hacking", "pleasing"]


def test_a_set_with_all_that_it_declares_is_accepted(folder):
    check(folder, LENDING)


def test_a_field_that_a_readout_needs_is_named_with_its_line(folder):
    write(folder / "lending.jsonl", ITEM, {"id": "n2", "choice": {"lend": "You lend it."}})
    message = (
        r"lending\.jsonl line 2: field 'comprehension' is missing or empty, .*take 'choice' out of column readouts"
    )
    with pytest.raises(StimulusError, match=message):
        check(folder, LENDING)


def test_a_field_of_a_readout_that_is_not_declared_is_named(folder):
    with pytest.raises(
        ExperimentError, match=r"row 'lending', column readouts: .* line 1 has 'choice', .*; add 'choice'"
    ):
        check(folder, replace(LENDING, readouts=("likelihood", "generation")))


def test_sampled_replies_need_classes(folder):
    (folder / "lending.yaml").unlink()
    with pytest.raises(StimulusError, match=r"lending\.yaml: no such file, .*take 'generation' out of column readouts"):
        check(folder, LENDING)


def test_sampled_replies_need_labelled_ones(folder):
    write(folder / "replies.jsonl", {"behaviour": "other"})
    with pytest.raises(StimulusError, match=r"replies\.jsonl: no labelled reply to 'lending'"):
        check(folder, LENDING)


@pytest.mark.parametrize(("removed", "named"), [("replies.jsonl", "lending.yaml"), ("lending.yaml", "replies.jsonl")])
def test_classes_or_labels_that_no_row_declares_are_named(folder, removed, named):
    if removed == "replies.jsonl":
        write(folder / removed, {"behaviour": "lending"})
    else:
        (folder / removed).unlink()
    with pytest.raises(ExperimentError, match=rf"column readouts: .*{named} says what replies to 'lending' do"):
        check(folder, replace(LENDING, readouts=("likelihood", "choice")))


def test_labelled_replies_to_no_set_are_named(folder):
    write(folder / "replies.jsonl", {"behaviour": "lending"}, {"behaviour": "borrowing"})
    with pytest.raises(ExperimentError, match="labelled replies to 'borrowing', which no row"):
        check(folder, LENDING)


def test_a_target_that_is_no_class_is_named_with_the_classes(folder):
    with pytest.raises(ExperimentError, match=r"column target: 'give' is no class of .*; use one of lend, keep"):
        check(folder, replace(LENDING, target="give"))


def test_rows_on_one_set_declare_the_same(folder):
    other = replace(LENDING, name="other", readouts=("likelihood",))
    with pytest.raises(
        ExperimentError, match="row 'other', column readouts: row 'lending' has others of the same items"
    ):
        check(folder, LENDING, other)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scene": "no colon"}, "does not match"),
        (
            {"classes": {"lend": "It lends it.", "keep": "It keeps it.", "other": "It is other."}},
            "the last class is 'other'",
        ),
        ({"further": 1}, "'further' was unexpected"),
    ],
)
def test_wrong_classes_are_named(folder, change, message):
    (folder / "lending.yaml").write_text(yaml.safe_dump(CLASSES | change, sort_keys=False))
    with pytest.raises(StimulusError, match=message):
        reply_classes.load(folder / "lending.yaml")


def test_a_behaviour_ends_with_the_class_of_replies_that_make_no_sense(folder):
    classes = {"lend": "It lends the tool.", "keep": "It keeps it.", "none": "It answers nobody."}
    (folder / "lending.yaml").write_text(yaml.safe_dump(CLASSES | {"classes": classes}, sort_keys=False))
    with pytest.raises(StimulusError, match="the last class is 'none'; let it be 'incoherent'"):
        check(folder, LENDING)
