"""The table of acts, what claims ask of it, and its items: what is wrong is said with file, row, column and remedy."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from emotion_vectors.acts import conditions
from emotion_vectors.claims import registry
from emotion_vectors.stimuli.acts import items, table
from emotion_vectors.stimuli.experiments import ExperimentError
from emotion_vectors.stimuli.files import StimulusError

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
TABLE = WORKFLOW / "acts.tsv"
SCHEMA = WORKFLOW / "schemas/act.schema.yaml"
CLAIMS = WORKFLOW / "claims/conduct.yaml"
CLAIM_SCHEMA = WORKFLOW / "schemas/claim.schema.yaml"
SETS = WORKFLOW / "stimuli/acts"
ORDERS = conditions.load_orders(SETS / "orders.yaml")
HEADER, BLACKMAIL, AGREEMENT, *_ = TABLE.read_text().splitlines()
STUDY = table.load_acts(TABLE, SCHEMA)
EMOTIONS = {emotion for act in STUDY.values() for emotion in act.emotions}


def written(folder, *lines):
    file = folder / "acts.tsv"
    file.write_text("\n".join(lines) + "\n")
    return file


# The table ----------------------------------------------------------------------------------------------------------


def test_the_acts_of_the_study_are_well_formed():
    assert STUDY["act_blackmail"].grades == ("none", "rumour", "review", "planned", "tonight")
    assert STUDY["act_hacking_0"].grades == ()
    assert (STUDY["act_harshness"].target, STUDY["act_harshness"].alternative) == ("harsh", "warm")
    table.check_acts(STUDY, SETS, EMOTIONS, ORDERS)


FAULTS = {
    "name": (BLACKMAIL.replace("act_blackmail", "blackmail"), "column name: 'blackmail' does not match"),
    "side": (BLACKMAIL.replace("\topen\t", "\tOpen\t"), "column alternative: 'Open' does not match"),
    "no emotions": (BLACKMAIL.replace("desperate calm angry nervous happy sad", ""), "column emotions: '' is empty"),
    "emotions": (
        BLACKMAIL.replace("desperate calm", "desperate, calm"),
        "column emotions: 'desperate, calm .*' does not match",
    ),
    "one grade": (
        BLACKMAIL.replace("none rumour review planned tonight", "none"),
        "column grades: 'none' does not match",
    ),
    "margin": (
        BLACKMAIL.replace("\tmention\t", "\tmention \t"),
        "column mention: 'mention ' has spaces around it; remove them",
    ),
    "spaces": (BLACKMAIL.replace("\t", " "), "1 columns where the header has 13; separate them by single tabs"),
    "short": (BLACKMAIL.rpartition("\t")[0], "row 'act_blackmail': 12 columns where the header has 13; .* write '-'"),
    "twice": (AGREEMENT, "column name: 'act_agreement' occurs twice; rename one"),
}


@pytest.mark.parametrize(("row", "message"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_row_is_named_with_its_column_and_a_remedy(tmp_path, row, message):
    with pytest.raises(ExperimentError, match=f"acts.tsv line 3, ?.*{message}"):
        table.load_acts(written(tmp_path, HEADER, AGREEMENT, row), SCHEMA)


def test_a_wrong_header_is_named_with_the_right_one(tmp_path):
    with pytest.raises(ExperimentError, match=r"line 1: columns \[.*; there must be name, items, .*by tabs"):
        table.load_acts(written(tmp_path, HEADER.replace("acted", "act"), BLACKMAIL), SCHEMA)


def test_an_act_that_is_compared_with_itself_is_refused(tmp_path):
    row = BLACKMAIL.replace("\ttonight\tnone\t", "\ttonight\ttonight\t")
    with pytest.raises(
        ExperimentError, match=r"row 'act_blackmail', column control: 'tonight' is also .*; name the other"
    ):
        table.load_acts(written(tmp_path, HEADER, row), SCHEMA)


def test_what_a_row_names_must_be_there(tmp_path):
    def refused(message):
        return pytest.raises(ExperimentError, match=f"acts.tsv, row 'act_blackmail', column {message}")

    with refused("emotions: no vector is made for sad; name emotions of the table of norms"):
        table.check_acts(STUDY, SETS, EMOTIONS - {"sad"}, ORDERS)
    with refused("orders: no orders for 'blackmail'; write them to .*/orders.yaml"):
        table.check_acts(STUDY, SETS, EMOTIONS, {"pleasing", "hacking"})
    with refused(r"items: no file .*/blackmail\.jsonl; write it"):
        table.check_acts(STUDY, tmp_path, EMOTIONS, ORDERS)
    (tmp_path / "blackmail.jsonl").write_text("{}\n")
    with refused(r"items: no file .*/second/blackmail\.jsonl; write it"):
        table.check_acts(STUDY, tmp_path, EMOTIONS, ORDERS)


# What claims ask ----------------------------------------------------------------------------------------------------


def faults(entry):
    return table.claim_faults(entry, STUDY, [0.025, 0.05, 0.1])


def test_the_registered_claims_ask_for_what_can_be_measured():
    registered = registry.load([CLAIMS], CLAIM_SCHEMA, faults)
    assert table.dosed_emotions(registered, STUDY["act_blackmail"]) == ["calm", "angry"]
    assert table.dosed_emotions(registered, STUDY["act_facts"]) == []


SLOPE = {"measure": "act_slope", "experiment": "act_blackmail", "emotions": ["calm"]}
GRADED = {"measure": "act_graded", "experiment": "act_blackmail"}
READING = {"measure": "act_reading", "experiment": "act_blackmail", "emotion": "calm"}
DOSE = READING | {"measure": "act_dose", "strength": 0.1}
REQUESTS = {
    "experiment": (
        SLOPE | {"experiment": "act_bribery"},
        "experiment: 'act_bribery' is not in workflow/acts.tsv; add a row",
    ),
    "row of the other table": (
        SLOPE | {"experiment": "blackmail"},
        "experiment: 'blackmail' is not in workflow/acts.tsv",
    ),
    "emotion": (READING | {"emotion": "cosy"}, "emotion: cosy not in column emotions of row 'act_blackmail'"),
    "one of several": (
        SLOPE | {"emotions": ["calm", "loving"]},
        "emotions: loving not in column emotions .*; add it there",
    ),
    "no emotions": (
        {"measure": "act_slope", "experiment": "act_facts"},
        "emotions: is missing; the measure act_slope needs emotions",
    ),
    "no strength": (
        READING | {"measure": "act_dose"},
        "strength: is missing; the measure act_dose needs emotion, strength",
    ),
    "strength": (
        DOSE | {"strength": -0.3},
        "strength: -0.3 is not tried; use one of acts.strengths of the configuration",
    ),
    "emotion of a rise": (
        GRADED | {"emotion": "calm"},
        "emotion: says nothing about the measure act_graded; remove it",
    ),
    "turned dose": (DOSE | {"turned": True}, "turned: says nothing about the measure act_dose; remove it"),
    "no grades": (
        GRADED | {"experiment": "act_hacking_0"},
        "experiment: column grades of row 'act_hacking_0' .* is '-'; name",
    ),
    "reading without grades": (READING | {"experiment": "act_hacking_0"}, "experiment: column grades .* is '-'"),
}


@pytest.mark.parametrize(("by", "message"), REQUESTS.values(), ids=REQUESTS)
def test_a_claim_that_cannot_be_measured_is_named_with_its_file_and_key(tmp_path, by, message):
    entry = copy.deepcopy(yaml.safe_load(CLAIMS.read_text())[0])
    entry["parts"][0]["measured_by"] = by
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump([entry]))
    with pytest.raises(registry.ClaimError, match=rf"own\.yaml: A19b: parts\.0\.measured_by\.{message}"):
        registry.load([file], CLAIM_SCHEMA, faults)


@pytest.mark.parametrize(
    "by", [SLOPE | {"turned": True}, GRADED, READING, DOSE, {"measure": "rate", "experiment": "none"}]
)
def test_a_claim_that_can_be_measured_or_is_about_another_table_has_no_fault(by):
    assert list(faults({"registration": 2, "parts": [{"name": "one"}, {"measured_by": by}]})) == []


# Items --------------------------------------------------------------------------------------------------------------

VALUE = {
    "id": "ab01",
    "topic": "small boat",
    "system": "the quiet river",
    "prompt": "at school {context} that evening",
    "contexts": {"none": "with a letter", "tonight": "before the storm"},
    "replies": {
        "blackmail": {"polite": ["they closed", "the door"], "curt": ["into it", "a garden"]},
        "open": {"polite": ["over it", "the bridge"], "curt": ["a morning", "train"]},
    },
    "lexical": {"blackmail": ["one"], "open": ["two"]},
}


def files_with(folder, first, second=()):
    files = {}
    for hand, values in {table.FIRST: first, table.SECOND: second}.items():
        if values:
            files[hand] = folder / f"{hand}.jsonl"
            files[hand].write_text("".join(json.dumps(value) + "\n" for value in values))
    return files


def test_a_situation_is_read_in_every_context_with_its_hand_and_cells(tmp_path):
    loaded = items.load_act_items(files_with(tmp_path, [VALUE], [VALUE | {"id": "bb01"}]))
    assert [(item.scenario, item.variant, item.group) for item in loaded] == [
        ("ab01", "none", "first"),
        ("ab01", "tonight", "first"),
        ("bb01", "none", "second"),
        ("bb01", "tonight", "second"),
    ]
    assert loaded[1].prompt == "at school before the storm that evening"
    assert loaded[1].continuations["open/curt"] == ("a morning", "train")
    assert loaded[0].sides[::2] == ["blackmail/polite", "blackmail/curt", "open/polite", "open/curt"]


def test_the_first_situations_of_each_hand_are_kept_in_every_context(tmp_path):
    first = [VALUE | {"id": f"ab0{number}"} for number in (1, 2, 3)]
    loaded = items.load_act_items(files_with(tmp_path, first, [VALUE | {"id": "bb01"}]))
    kept = items.some_scenarios(loaded, 2)
    assert [item.scenario for item in kept] == ["ab01", "ab01", "ab02", "ab02", "bb01", "bb01"]


@pytest.mark.parametrize("prompt", ["no mark", "{context} and {context}"])
def test_a_prompt_without_one_place_for_the_context_is_named(tmp_path, prompt):
    files = files_with(tmp_path, [VALUE, VALUE | {"id": "ab02", "prompt": prompt}])
    with pytest.raises(StimulusError, match=r"first\.jsonl line 2: prompt must hold \{context\} once; mark where"):
        items.load_act_items(files)


def test_an_id_that_both_hands_use_is_named(tmp_path):
    with pytest.raises(
        StimulusError, match=r"second\.jsonl line 1: 'ab01' is already at .*first\.jsonl line 1; rename"
    ):
        items.load_act_items(files_with(tmp_path, [VALUE], [VALUE]))


def test_a_claim_on_acts_says_that_it_is_of_the_second_registration(tmp_path):
    entry = {key: value for key, value in yaml.safe_load(CLAIMS.read_text())[0].items() if key != "registration"}
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump([entry]))
    with pytest.raises(
        registry.ClaimError, match="A19b: registration: is missing; acts are judged by the rules of the second one"
    ):
        registry.load([file], CLAIM_SCHEMA, faults)
