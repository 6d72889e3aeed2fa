"""Checks of the project's own stimuli, and the labels of its stories, as their rules ask for them."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.stimuli import experiments
from emotion_vectors.stimuli.files import StimulusError
from steps.stimuli import check_behaviour, check_events, check_set, label_stories

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
STIMULI, SCHEMAS, NORMS = WORKFLOW / "stimuli", WORKFLOW / "schemas", WORKFLOW / "norms/warriner2013.csv"
EVENTS = {name: STIMULI / f"events/{name}.jsonl" for name in ("fit", "held_out", "expressions")}
SETS = {
    "words": STIMULI / "events/emotion_words.yaml",
    "replies": STIMULI / "emotion_replies/replies.jsonl",
    "fresh": STIMULI / "events/fresh.jsonl",
    "orders": STIMULI / "orders/orders.yaml",
    "training": STIMULI / "emotion_replies/training.jsonl",
    "norms": NORMS,
}


@pytest.mark.parametrize("permuted", [False, True])
def test_stories_bear_their_own_labels_unless_the_placebo_permutes_them(tmp_path, permuted):
    topics = {"scenes": 2, "plain": 1}
    labelled, second = (tmp_path / f"{name}.parquet" for name in ("stories", "second"))
    options = {"folder": str(STIMULI / "stories"), "topics": topics, "permuted": permuted, "seed": 3}
    label_stories.main(NORMS, labelled, second, second=3, **options)
    assert files.read_table(second)["topic"].unique().tolist() == ["s01", "s02", "s03"]
    stories = files.read_table(labelled)
    assert set(stories["corpus"]) == {"scenes", "plain"}
    lines = (STIMULI / "stories/scenes/t01.jsonl").read_text(encoding="utf-8").splitlines()
    written = {story["text"]: story["emotion"] for story in map(json.loads, lines)}
    first = stories[stories["topic"] == "t01"].set_index("text")["emotion"]
    assert len(stories) == 48 * 3
    assert sorted(first) == sorted(written.values())
    assert (first.to_dict() == written) is not permuted
    assert files.provenance_of(labelled)["labels"] == ("permuted" if permuted else "registered")
    label_stories.main(NORMS, labelled, second, second=0, **options)
    assert files.read_table(second).empty


def test_a_behaviour_is_checked_against_the_experiments_that_use_it(tmp_path):
    table = experiments.load_experiments(WORKFLOW / "experiments.tsv", SCHEMAS / "experiment.schema.yaml")
    users = [asdict(experiment) for experiment in table.values() if experiment.items == "blackmail"]
    paths = STIMULI / "behaviours/blackmail.jsonl", SCHEMAS / "behaviour.schema.yaml", NORMS, tmp_path / "report.json"
    check_behaviour.main(*paths, experiments=users)
    assert files.read_json(tmp_path / "report.json")["sha256"]
    with pytest.raises(ValueError, match="column target: no item has side 'nothing'"):
        check_behaviour.main(*paths, experiments=[users[0] | {"target": "nothing"}])


def test_events_of_the_project_obey_their_rules_and_those_of_others_their_form(tmp_path):
    report = tmp_path / "events.json"
    check_events.main(**EVENTS, **SETS, report=report, ours=True)
    ours = files.read_json(report)
    assert set(ours["sets"]) == {"fit", "held_out", "expressions"}
    assert sum(ours["labelled_replies"].values()) > 50
    check_events.main(**EVENTS, **SETS, report=report, ours=False)
    assert set(files.read_json(report)["sets"]) == {"fit", "held_out"}


def test_a_scenario_in_both_splits_is_refused(tmp_path):
    with pytest.raises(StimulusError, match="also at"):
        check_events.main(**EVENTS | {"held_out": EVENTS["fit"]}, **SETS, report=tmp_path / "events.json", ours=False)
    assert not (tmp_path / "events.json").exists()


def test_a_set_on_function_is_checked_by_the_name_of_its_folder(tmp_path):
    check_set.main(SETS["words"], NORMS, tmp_path / "report.json", folder=str(STIMULI / "framings"))
    assert files.read_json(tmp_path / "report.json")["items"] == 15
    with pytest.raises(KeyError, match="events"):
        check_set.main(SETS["words"], NORMS, tmp_path / "report.json", folder=str(STIMULI / "events"))
