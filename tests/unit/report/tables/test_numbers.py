"""Tables of the body show claims in force and which parts non-models pass; the table of all claims holds every number."""

from dataclasses import replace

import pytest

from emotion_vectors.claims import judging
from emotion_vectors.report.results import Results
from emotion_vectors.report.tables.claims import claim_table
from emotion_vectors.report.tables.numbers import SUBSECTIONS, number_tables

SMALL, LARGE = "small-model", "large-model"
PASSED = "Passed without a model"


def entry(*parts, **more):
    rule = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.05, "null_percentile": 95}
    rows = [{"name": name, **rule} for name in parts]
    return {"statement": "A statement", "original": "qualitative", "place": "§1", "parts": rows, **more}


def row(estimate=0.4, verdict="replicated", unit="accuracy"):
    numbers = {
        "estimate": estimate,
        "low": estimate - 0.1,
        "high": estimate + 0.1,
        "null_95": 0.1,
        "null_percentile": 99.0,
    }
    said = {"n": 144, "of": "stories", "unit": unit, "verdict": verdict, "why": "", "beside": "", "guard": ""}
    return {**numbers, **said, "reference": 0.0, "opposite": False}


INSIDE = row(0.02, "inconclusive") | {"null_percentile": 60.0}


def results_of(nonmodels, units=("accuracy", "accuracy"), measured=("A01", "A01b", "A04")):
    registered = {
        "A01": entry("above chance"),
        "A01b": entry("above chance", "adds to words", registration=2, supersedes="A01"),
        "A04": entry("all signs"),
        "X01": entry("of a reader"),
    }
    parts = {
        claim: {part["name"]: row(unit=unit) for part, unit in zip(registered[claim]["parts"], units, strict=False)}
        for claim in measured
    }
    judged = {claim: {"verdict": "replicated"} for claim in measured}
    return Results(registered, dict.fromkeys((SMALL, LARGE), judged), dict.fromkeys((SMALL, LARGE), parts), nonmodels)


@pytest.fixture
def results():
    """Word counts pass one part beside both models, style counts beside one, and the twin none."""
    beside_small = {
        "word counts": {"above chance": row(0.31)},
        "style counts": {"above chance": row(0.33), "adds to words": INSIDE},
        "re-initialised twin": {"adds to words": INSIDE},
    }
    beside_large = beside_small | {"style counts": {"above chance": INSIDE}}
    return results_of({SMALL: {"A01b": beside_small}, LARGE: {"A01b": beside_large}})


def test_a_claim_whose_later_form_is_measured_stands_in_the_table_of_all_claims_alone(results):
    body = number_tables(results)["meaning"]
    assert r"\textbf{A01}" not in body
    assert r"\textbf{A01b}" in body
    assert r"\textbf{A04}" in body
    assert r"\textbf{A01} (\textbf{A01b} takes its place)" in claim_table(results)


def test_a_claim_is_in_force_until_its_later_form_is_measured():
    body = number_tables(results_of({}, measured=("A01", "A04")))["meaning"]
    assert r"\textbf{A01}" in body
    assert "0.40 [0.30, 0.50]" in body


def test_what_non_models_pass_is_one_line_below_their_claim(results):
    lines = [line for line in number_tables(results)["meaning"].splitlines() if PASSED in line]
    assert len(lines) == 1
    assert "``above chance'' by word counts and style counts (beside small-model)." in lines[0]
    assert "twin" not in lines[0]


def test_it_is_said_that_no_non_model_passes():
    nothing = {"A01b": {"word counts": {"above chance": INSIDE}}}
    assert f"{PASSED}: nothing." in number_tables(results_of({SMALL: nothing, LARGE: nothing}))["meaning"]


def test_a_claim_that_no_non_model_can_enter_says_nothing_of_them():
    assert PASSED not in "".join(number_tables(results_of({})).values())


def test_numbers_of_non_models_stand_below_their_part_in_the_table_of_all_claims(results):
    assert r"\emph{word counts}" not in "".join(number_tables(results).values())
    lines = [line for line in claim_table(results).splitlines() if r"\emph{style counts}" in line]
    assert [SMALL in line for line in lines] == [True, False, True]
    assert r"0.33 [0.23, 0.43] & 99 & 144 & replicated" in lines[0].replace("99.0", "99")
    assert r"0.02 [$-$0.08, 0.12]" in lines[1]


def test_units_stand_in_both_tables():
    one, several = results_of({}), results_of({}, units=("accuracy", "nats"))
    for table in (number_tables(one)["meaning"], claim_table(one)):
        assert "In accuracy." in table
    for table in (number_tables(several)["meaning"], claim_table(several)):
        assert "adds to words (nats)" in table


@pytest.mark.parametrize(
    ("headed", "said"),
    [((SMALL, LARGE), r"\textbf{A04}$^{\circ}$ A"), ((LARGE,), r"\textbf{A04}$^{\circ}$ (on large-model) A")],
)
def test_claims_about_directions_of_the_order_bear_a_mark_that_the_caption_explains(headed, said):
    results = results_of({})
    of_orders = {"verdict": "replicated", "why": f"{judging.OF_ORDERS} (own replies 0.2 nats): large enough"}
    judged = {
        model: claims | ({"A04": of_orders} if model in headed else {}) for model, claims in results.judged.items()
    }
    table = number_tables(replace(results, judged=judged))["meaning"]
    assert said in table
    assert r"$^{\circ}$: directions of the order." in table
    assert r"\circ" not in number_tables(results)["meaning"]


def test_claims_that_no_subsection_names_have_a_table_of_their_own():
    assert "X01" in number_tables(results_of({}, measured=("X01",)))["others"]
    assert number_tables(results_of({}))["others"] == ""


def test_every_claim_stands_in_one_subsection():
    named = [claim for _, claims in SUBSECTIONS.values() for claim in claims]
    assert len(named) == len(set(named))
