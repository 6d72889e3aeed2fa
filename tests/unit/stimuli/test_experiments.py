"""The table of experiments and what claims ask of it: what is wrong is said with file, row, column and remedy."""

import copy
from pathlib import Path

import pytest
import yaml

from emotion_vectors.claims import registry
from emotion_vectors.stimuli import experiments
from emotion_vectors.stimuli.experiments import ExperimentError, load_experiments

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
SCHEMA = WORKFLOW / "schemas/experiment.schema.yaml"
TABLE = WORKFLOW / "experiments.tsv"
CLAIMS = WORKFLOW / "claims/anthropic-2026.yaml"
CLAIM_SCHEMA = WORKFLOW / "schemas/claim.schema.yaml"
ENTRY = yaml.safe_load(CLAIMS.read_text())[0]
SETS = WORKFLOW / "stimuli/behaviours"
HEADER, BLACKMAIL, PLEASING, *_ = TABLE.read_text().splitlines()
STUDY = load_experiments(TABLE, SCHEMA)
EMOTIONS = {emotion for each in STUDY.values() for emotion in each.emotions}


def table(folder, *lines):
    file = folder / "experiments.tsv"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_the_experiments_of_the_study_are_well_formed():
    assert STUDY["blackmail"].variants == ("none", "planned", "tonight")
    assert STUDY["harshness"].pressure == ()
    assert STUDY["content"].emotions == ()
    assert {each.kind for each in STUDY.values()} == {experiments.CONDUCT, experiments.TONE, experiments.CONTENT}
    experiments.check_names(STUDY, SETS, EMOTIONS)


FAULTS = {
    "kind": (BLACKMAIL.replace("conduct", "behaviour", 1), "column kind: 'behaviour' is not one of"),
    "name": (BLACKMAIL.replace("blackmail", "Black mail", 1), "column name: 'Black mail' does not match"),
    "no emotions": (
        BLACKMAIL.replace("desperate calm angry nervous happy sad", ""),
        "column emotions: '' is empty; write '-' for none",
    ),
    "readouts": (
        BLACKMAIL.replace("choice generation", "generation code"),
        "column readouts: 'likelihood generation code' does not match",
    ),
    "margin": (BLACKMAIL.replace("\t-\t", "\t- \t"), "column group: '- ' has spaces around it; remove them"),
    "ladder": (
        BLACKMAIL.replace("angry nervous", "nervous"),
        "column fine: angry not in column emotions; add it there",
    ),
    "one variant": (
        BLACKMAIL.replace("none tonight", "tonight"),
        "column pressure: 'tonight'; name the variant without",
    ),
    "spaces": (BLACKMAIL.replace("\t", " "), "1 columns where the header has 12; separate them by single tabs"),
    "short": (BLACKMAIL.rpartition("\t")[0], "row 'blackmail': 11 columns where the header has 12; .* write '-'"),
    "long": (BLACKMAIL + "\t-", "row 'blackmail': 13 columns where the header has 12"),
    "twice": (PLEASING, "column name: experiment 'pleasing' occurs twice; rename one"),
}


@pytest.mark.parametrize(("row", "message"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_row_is_named_with_its_column_and_a_remedy(tmp_path, row, message):
    with pytest.raises(ExperimentError, match=f"experiments.tsv line 3, ?.*{message}"):
        load_experiments(table(tmp_path, HEADER, PLEASING, row), SCHEMA)


@pytest.mark.parametrize("header", [HEADER.replace("kind", "sort"), HEADER.replace("\t", "  "), HEADER + "\tfine"])
def test_a_wrong_header_is_named_with_the_right_one(tmp_path, header):
    with pytest.raises(ExperimentError, match=r"line 1: columns \[.*; there must be name, kind, items, .*by tabs"):
        load_experiments(table(tmp_path, header, BLACKMAIL), SCHEMA)


def test_blank_lines_and_line_ends_of_other_systems_are_no_fault(tmp_path):
    assert list(load_experiments(table(tmp_path, HEADER + "\r", BLACKMAIL + "\r", "", PLEASING), SCHEMA)) == [
        "blackmail",
        "pleasing",
    ]


def test_emotions_without_a_vector_and_sets_without_a_file_are_named(tmp_path):
    with pytest.raises(ExperimentError, match="row 'blackmail', column emotions: no vector is made for sad; name emot"):
        experiments.check_names(STUDY, SETS, EMOTIONS - {"sad"})
    with pytest.raises(ExperimentError, match=r"row 'blackmail', column items: no file .*/blackmail\.jsonl; write it"):
        experiments.check_names(STUDY, tmp_path, EMOTIONS)


def test_the_registered_claims_ask_for_what_can_be_measured():
    registered = registry.load([CLAIMS], CLAIM_SCHEMA, lambda entry: experiments.claim_faults(entry, STUDY))
    assert sum("measured_by" in part for entry in registered.values() for part in entry["parts"]) > 20


SLOPE = {"measure": "slope", "experiment": "blackmail", "emotion": "calm"}
RATE = SLOPE | {"measure": "rate", "strength": 0.1, "against": 0}
REQUESTS = {
    "experiment": (
        SLOPE | {"experiment": "bribery"},
        "experiment: 'bribery' is not in workflow/experiments.tsv; add a row",
    ),
    "emotion": (SLOPE | {"emotion": "cosy"}, "emotion: 'cosy' is not in column emotions of row 'blackmail'"),
    "no emotion": (
        {"measure": "reading", "experiment": "blackmail"},
        "emotion: is missing; the measure reading needs emotion",
    ),
    "no strength": (
        SLOPE | {"measure": "rate"},
        "against: is missing; the measure rate needs against, emotion, strength",
    ),
    "turned rate": (RATE | {"turned": True}, "turned: says nothing about the measure rate; remove it"),
    "emotion under pressure": (SLOPE | {"measure": "pressure"}, "emotion: says nothing about the measure pressure"),
    "no pressure": (
        {"measure": "pressure", "experiment": "harshness"},
        "experiment: column pressure of row 'harshness' .* is '-'; name two",
    ),
    "measure": (SLOPE | {"measure": "slop"}, "measure: 'slop' is not one of"),
}


@pytest.mark.parametrize(("by", "message"), REQUESTS.values(), ids=REQUESTS)
def test_a_claim_that_cannot_be_measured_is_named_with_its_file_and_key(tmp_path, by, message):
    entry = copy.deepcopy(ENTRY)
    entry["parts"][-1]["measured_by"] = by
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump([entry]))
    where = rf"own\.yaml: A01: parts\.{len(entry['parts']) - 1}\.measured_by\."
    with pytest.raises(registry.ClaimError, match=where + message):
        registry.load([file], CLAIM_SCHEMA, lambda claim: experiments.claim_faults(claim, STUDY))


def test_an_unknown_readout_is_named_with_its_file_and_claim(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump([ENTRY | {"readout": "vibes"}]))
    with pytest.raises(registry.ClaimError, match=r"own\.yaml: A01: readout: 'vibes' is not one of .*; see "):
        registry.load([file], CLAIM_SCHEMA)


@pytest.mark.parametrize("by", [SLOPE | {"turned": True}, RATE, {"measure": "pressure", "experiment": "blackmail"}])
def test_a_claim_that_can_be_measured_has_no_fault(by):
    assert list(experiments.claim_faults({"parts": [{"name": "one"}, {"measured_by": by}]}, STUDY)) == []
