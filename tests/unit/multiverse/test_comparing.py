"""Which verdicts other thresholds, layers and files leave as they are, counted on made-up studies where it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.claims import registry
from emotion_vectors.multiverse import comparing
from emotion_vectors.multiverse.choices import REGISTERED, THRESHOLDS, Threshold
from tests import choice_tables
from tests.choice_tables import CLAIMS, row

MODELS = ["model-a", "model-b"]
WORKFLOW = Path(__file__).parents[3] / "workflow"


@pytest.fixture(scope="module")
def table():
    return choice_tables.table(MODELS)


@pytest.fixture(scope="module")
def registered():
    return registry.load(sorted((WORKFLOW / "claims").glob("*.yaml")), WORKFLOW / "schemas/claim.schema.yaml")


def cell(table, claim, choice, part="", model="model-a"):
    rows = table[(table[["model", "claim", "part", "choice"]] == [model, claim, part, choice]).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("claim", "choice", "verdict"),
    [
        ("A01", "twice the size", "partial"),
        ("A01", "null of 1 %", "replicated"),
        ("A02", "null of 1 %", "partial"),
        ("A02", "twice the size", "replicated"),
        ("A03", "half the size", "replicated"),
        ("A03", "null of 1 %", "partial"),
        ("A04", "half the size", "not replicated"),
        ("A04", "null of 10 %", "not replicated"),
        ("A01", "deeper layer", "not replicated"),
        ("A01", "unprojected", "not testable"),
    ],
)
def test_other_choices_give_the_verdict_that_their_rule_gives(table, claim, choice, verdict):
    found = cell(table, claim, choice)
    assert found["verdict"] == verdict
    assert found["varied"]
    assert found["unchanged"] == (verdict == found["registered"])


def test_only_the_part_that_lies_near_the_null_changes_with_it(table):
    assert cell(table, "A02", "null of 1 %", "near the null")["verdict"] == "inconclusive"
    assert cell(table, "A02", "null of 1 %", "second")["verdict"] == "replicated"


@pytest.mark.parametrize(
    ("claim", "choice"),
    [
        *(("W01", "half the size"), ("O07", "null of 1 %"), ("A02", "deeper layer"), ("W01", "unprojected")),
        *(("A01", "half the size"), ("A01", "null of 10 %"), ("A02", "null of 10 %"), ("A03", "twice the size")),
        *(("A04", "twice the size"), ("A04", "null of 1 %"), ("A01", "float32")),
    ],
)
def test_what_is_not_judged_or_cannot_change_is_not_counted_as_unchanged(table, claim, choice):
    found = cell(table, claim, choice)
    assert (found["varied"], found["unchanged"]) == (False, False)


def test_a_gate_that_opens_without_rounding_is_a_change(table):
    found = cell(table, "W01", "float32")
    assert (found["registered"], found["verdict"], found["varied"], found["unchanged"]) == (
        *("not testable", "replicated"),
        *(True, False),
    )


def test_shares_are_counted_over_whole_claims_that_were_varied(table):
    whole = comparing.whole_claims(table)
    assert comparing.shares(whole, "choice") == {
        "half the size": (2, 4),
        "twice the size": (2, 4),
        "null of 10 %": (2, 2),
        "null of 1 %": (4, 6),
        "deeper layer": (0, 2),
        "unprojected": (0, 2),
        "float32": (0, 2),
    }
    assert comparing.shares(whole, "claim") == {
        "A01": (2, 8),
        "A02": (2, 4),
        "A03": (2, 4),
        "A04": (4, 4),
        "W01": (0, 2),
    }
    assert comparing.changed(table) == "A01 and A03"
    said = comparing.in_words(table)
    assert "2 of 4 (twice the size)" in said
    assert said.endswith("; not run yet: shallower layer and whole text")
    analysed = table["model"].eq(MODELS[0]) | table["kind"].ne("analysis")
    assert comparing.in_words(table[analysed]).endswith(f"; choices of the analysis on {MODELS[0]} alone")


def test_a_claim_that_a_measured_one_replaces_is_not_in_force():
    study = choice_tables.study(MODELS, {("A01b", "size"): row(0.3)})
    table = comparing.compare(CLAIMS, study, {}, {})
    assert {*comparing.whole_claims(table)["claim"]} == {"A01b", "A02", "A03", "A04", "W01", "O07"}
    assert set(table["kind"]) == {"threshold"}


def test_without_the_own_choices_judged_alike_no_analysis_is_compared():
    others = choice_tables.analysed(MODELS)
    del others[REGISTERED]
    assert set(comparing.compare(CLAIMS, choice_tables.study(MODELS), others, {})["kind"]) == {"threshold"}


def test_a_claim_that_a_nonmodel_passes_is_capped_under_every_threshold():
    study = choice_tables.study(MODELS)
    study["nonmodels"] = {model: {"A01": {"word counts": {"size": row(0.25)}}} for model in MODELS}
    said = {name: comparing.verdicts(each.of(CLAIMS), study)["model-a", "A01", ""] for name, each in THRESHOLDS.items()}
    assert said["half the size"] == "partial", "counts of words pass it as well"
    assert said["twice the size"] == "partial", "both are too small"
    assert comparing.verdicts(CLAIMS, study)["model-a", "A01", "size"] == "replicated"


def test_a_cap_that_a_smaller_size_lifts_for_the_claim_counts_as_what_can_change():
    study = choice_tables.study(MODELS)
    study["nonmodels"] = {model: {"A03": {"word counts": {"small": row(0.12)}}} for model in MODELS}
    lower = Threshold(size=0.5)
    told = comparing.by_threshold("smaller", lower, CLAIMS, study)
    assert told.other["model-a", "A03", ""] == "partial", "capped, while its part is replicated"
    assert ("model-a", "A03", "small") in told.touched
    assert ("model-a", "A03", "") not in told.touched
    between = comparing.by_threshold("between", Threshold(size=0.7), CLAIMS, study)
    assert between.other["model-a", "A03", ""] == "replicated"
    assert ("model-a", "A03", "") in between.touched


def test_a_choice_that_could_change_nothing_is_judged_all_the_same():
    closed = {"tier": "test", "parts": {"model-a": {"W01": {"closed": row(0.9, guard="the gate is closed")}}}}
    said = comparing.in_words(comparing.compare(CLAIMS, closed, {}, {}))
    assert said.startswith("0 of 0 (half the size)")


@pytest.mark.parametrize("name", THRESHOLDS)
@pytest.mark.parametrize("tier", ["quick", "default"])
def test_what_could_change_in_a_reference_is_what_some_threshold_on_that_side_changes(registered, tier, name):
    study, threshold = files.read_json(WORKFLOW / f"reference/{tier}.json"), THRESHOLDS[name]
    told = comparing.by_threshold(name, threshold, registered, study)
    changing = set()
    for power in (0.25, 0.5, *range(1, 17), 30):
        further = Threshold(threshold.size**power, threshold.tail**power)
        said = comparing.verdicts(further.of(registered), study)
        changing |= {key for key, verdict in said.items() if verdict != told.registered[key]}
    assert told.touched == changing
    assert 0 < len(changing) < len(told.registered)


@pytest.mark.parametrize("tier", ["quick", "default"])
def test_the_registered_thresholds_give_every_verdict_of_a_reference_again(registered, tier):
    study = files.read_json(WORKFLOW / f"reference/{tier}.json")
    found = comparing.verdicts(registered, study)
    assert len(found) > 100
    for (model, claim, part), verdict in found.items():
        stored = study["parts"][model][claim][part] if part else study["claims"][model][claim]
        assert verdict == stored["verdict"], (model, claim, part)
