"""Figures of acts: what must be shown is drawn, with its numbers, and closed gates cannot be overlooked."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from emotion_vectors.acts import conditions, overview, sensitivity
from emotion_vectors.acts.conditions import CONTEXT, ORDER
from emotion_vectors.acts.odds import MENTION
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
    beside = {
        each.get_label(): each for each in axes.collections if each.get_label() in (conditions.LEFT, conditions.CONTROL)
    }
    assert {name: len(each.get_offsets()) for name, each in beside.items()} == dict.fromkeys(beside, len(known))
    assert len(beside) == 2
    dotted = [line for line in axes.lines if line.get_label() == "smallest effect of interest"]
    assert [line.get_xdata()[0] for line in dotted] == [-0.25, 0.25]
    named = [label.get_text() for label in axes.get_yticklabels()]
    assert named[:4] == ["happy + sad ←", "desperate →", "calm ←", "angry"]


def test_effects_on_the_predicted_side_stand_over_the_size_of_each_model_and_gated_ones_are_hollow(drawn):
    panels = [axes for axes in drawn("effects_by_size").axes if axes.get_title()]
    shown = "A19b A20b A22b A23b A25b A26b A27b A28b A29b S04b"
    assert [axes.get_title() for axes in panels] == shown.split()
    for axes in panels:
        small, large = (mark for mark in axes.collections if isinstance(mark, PathCollection))
        assert small.get_offsets()[0].tolist() == pytest.approx([np.log10(135), 0.3])
        assert large.get_offsets()[0].tolist() == pytest.approx([np.log10(540), 1.3])
        assert small.get_facecolor()[0].tolist() == [1, 1, 1, 1] != large.get_facecolor()[0].tolist()
        null, line = axes.patches[0], axes.collections[0]
        assert (null.get_y(), null.get_height()) == (-0.25, 0.5)
        assert sorted(line.get_segments()[0][:, 1]) == [0.2, 0.6]


def test_a_model_without_numbers_on_a_claim_leaves_no_mark(draw, data, tmp_path):
    content = files.read_json(data("effects_by_size")["results"])
    del content["parts"][MODELS[1]]["A19b"]
    files.write_json(content, tmp_path / "claims.json")
    axes = draw("effects_by_size", tmp_path, results=tmp_path / "claims.json").axes[0]
    assert len(axes.patches) == 1


def test_shares_of_plants_rise_from_the_shams_with_their_size(drawn, results):
    axes = drawn("planted_effects").axes[0]
    table = files.read_table(results / MODELS[0] / "acts/planted.parquet")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["sham", "0.5", "1", "2"]
    expected_side = next(line for line in axes.lines if line.get_label() == "plant, side that the claim expects")
    known = table[(table["kind"] == "emotion") & (table["side"] == 1)].groupby("size")["found"].mean()
    assert list(expected_side.get_ydata()) == list(known)
    (shams,) = [each for each in axes.collections if each.get_label().startswith("sham")]
    assert shams.get_offsets()[0][1] == table.loc[table["kind"] != "emotion", "found"].mean()


def test_shares_of_planted_structures_stand_by_size_right_of_what_must_not_be_found(drawn, results):
    panels = [axes for axes in drawn("planted_structures").axes if axes.get_title()]
    table = files.read_table(results / MODELS[1] / "controls/writers.parquet")
    heads = table[table["claim"] == "W05b"]
    assert [label.get_text() for label in panels[2].get_xticklabels()] == ["opposite", "sham", "0.5", "1", "2"]
    of_plants = next(line for line in panels[2].lines if line.get_label() == MODELS[1])
    assert list(of_plants.get_ydata()) == list(heads[heads["kind"] == "plant"].groupby("size")["found"].mean())
    assert 1.5 < min(of_plants.get_xdata()) < max(of_plants.get_xdata()) < 4.5
    verdicts = files.read_table(results / MODELS[0] / "controls/exchanged.parquet")
    assert [label.get_text() for label in panels[4].get_xticklabels()] == ["slope", "graded", "spread"]
    passed = (verdicts["verdict"] == "replicated").groupby(verdicts["measure"]).mean()
    assert list(panels[4].lines[0].get_ydata()) == [passed[name] for name in ("act_slope", "act_graded", "act_spread")]
