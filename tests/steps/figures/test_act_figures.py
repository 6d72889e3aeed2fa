"""Figures of acts: what must be shown is drawn, with its numbers, and closed gates cannot be overlooked."""

import pytest

from emotion_vectors.acts import overview, sensitivity
from emotion_vectors.acts.conditions import CONTEXT, ORDER
from emotion_vectors.acts.tables import MENTION
from emotion_vectors.artefacts import files
from tests import act_tables
from tests.act_tables import ACTS
from tests.figure_tables import EMOTIONS
from tests.steps.figures.conftest import MODELS


@pytest.fixture
def tables():
    """Tables of one model, by path."""
    return act_tables.tables_of(1, EMOTIONS)


def test_responses_are_those_of_the_gates_and_the_mention_has_an_interval_over_scenarios(tables):
    gates, draws = tables["gates/acts"], sensitivity.GateDraws(20, seed=3)
    responses = overview.responses(gates, tables["acts/changes"], ACTS, draws).set_index(["act", "response"])
    known = gates.set_index(["behaviour", "quantity"])
    by_order, by_context, by_mention = (
        responses.loc[("act_blackmail", response)] for response in (ORDER, CONTEXT, MENTION)
    )
    assert by_order["low"] == known.loc[("act_blackmail", sensitivity.ORDERED), "low"]
    assert by_context["value"] == known.loc[("act_blackmail", "tonight minus none, nats per reply"), "value"]
    assert by_mention["value"] == pytest.approx(act_tables.MENTIONED)
    assert by_mention["low"] < by_mention["value"] < by_mention["high"]


def test_open_gates_are_counted_beside_every_act_and_a_readout_that_passes_all_stands_out(drawn):
    for axes in drawn("act_gates").axes:
        counted = [text for text in axes.texts if text.get_text().endswith("gates")]
        everything = [name == act_tables.OPEN for name in ACTS]
        assert [text.get_text() == "5 of 5 gates" for text in counted] == everything
        assert [text.get_fontweight() == "bold" for text in counted] == everything


def test_sums_that_claims_name_stand_above_the_emotions_of_the_act(tables):
    rows = overview.named_effects(tables["acts/effects"], ACTS["act_harshness"])
    assert list(dict.fromkeys(rows.index)) == [
        "happy + loving + calm",
        "desperate + angry + afraid",
        *("happy", "loving", "calm", "desperate", "angry", "afraid"),
    ]


def test_a_claim_about_taking_a_vector_away_expects_the_opposite_of_adding_it():
    expected = overview.expected(act_tables.CLAIMS, ACTS["act_harshness"])
    calming, pressing = ("happy", "loving", "calm"), ("desperate", "angry", "afraid")
    assert {name: side for name, (side, _) in expected.items()} == {
        **dict.fromkeys((*calming, " + ".join(calming)), -1),
        **dict.fromkeys((*pressing, " + ".join(pressing)), 1),
    }
    assert {smallest for _, smallest in expected.values()} == {0.25}


def test_only_panels_of_acts_with_a_closed_gate_are_hatched_and_say_so(drawn):
    panels = drawn("act_effects").axes
    assert len(panels) == len(ACTS) * len(MODELS)
    for axes in panels:
        title = axes.get_title().replace("\n", " ")
        closed = act_tables.OPEN.removeprefix("act_") not in title
        assert ("gates closed" in title) is closed
        assert bool(axes.patch.get_hatch()) is closed


def test_judged_effects_stand_between_the_smallest_effects_with_the_side_that_claims_expect(drawn, results):
    axes = drawn("act_effects").axes[0]
    table = files.read_table(results / MODELS[0] / "acts/effects.parquet").query(
        "experiment == 'act_blackmail' and hand == 'first' and measure == 'difference'"
    )
    known = table.set_index("direction")["estimate"][["happy + sad", *ACTS["act_blackmail"].emotions]]
    (marked,) = [each for each in axes.collections if each.get_label().startswith("difference between")]
    assert list(marked.get_offsets()[:, 0]) == list(known)
    dotted = [line for line in axes.lines if line.get_label() == "smallest effect of interest"]
    assert [line.get_xdata()[0] for line in dotted] == [-0.25, 0.25]
    named = [label.get_text() for label in axes.get_yticklabels()]
    assert named[:4] == ["happy + sad ←", "desperate →", "calm ←", "angry"]
