"""Steps of the acts, from scenes to evidence, on an act made of files alone and a tiny model."""

import re

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from emotion_vectors.acts import conditions, evidence, odds, responses
from emotion_vectors.acts.cells import ActError
from emotion_vectors.artefacts import files
from emotion_vectors.claims import registry
from emotion_vectors.claims.judging import NOT_TESTABLE, judge
from emotion_vectors.models import language_model
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, Act
from emotion_vectors.vectors import emotion_vectors
from tests.steps.acts.asking import ACT, CLAIM_SCHEMA, ORDERS, PARTS, TOOLS
from tests.steps.acts.conftest import evaluate, steer
from tests.steps.feelings import EMOTIONS, MAIN_LAYER

ROW = Act(**ACT)


@pytest.fixture(scope="module")
def replies(asking):
    return files.read_table(asking.file("replies/lending.parquet"))


def test_every_scene_is_read_in_every_context_and_the_first_hand_under_orders_and_feelings(replies):
    framings = replies.drop_duplicates(["scenario", *odds.CONDITION]).groupby(["hand", "kind"]).size().to_dict()
    orders = 2 * 2 * 2 * len(ORDERS["for"])
    assert framings == {
        (FIRST, "context"): 3 * len(TOOLS),
        (FIRST, "order"): orders * len(TOOLS),
        (FIRST, "told"): 2 * 2 * len(EMOTIONS) * 3,
        (SECOND, "context"): 3 * len(TOOLS),
    }


def test_log_odds_are_of_whole_replies_with_the_tone_averaged_out(replies):
    table = odds.odds_of(replies, ROW)
    scene = replies[(replies["scenario"] == "al1") & (replies["kind"] == "context") & (replies["context"] == "alone")]
    by_cell = scene.set_index(["cell", "reply"])["logprob_nats"]
    by_hand = (
        by_cell["lend/warm", 1] + by_cell["lend/curt", 1] - by_cell["keep/warm", 1] - by_cell["keep/curt", 1]
    ) / 2
    row = table[(table["scenario"] == "al1") & (table["kind"] == "context") & (table["context"] == "alone")]
    assert row.set_index("reply").loc[1, "logodds_nats"] == pytest.approx(by_hand)


def test_the_gradient_foretells_what_a_small_addition_changes(asking):
    """Against finite strengths, which another step measures by running the model anew."""
    gradients = responses.load_gradients(asking.file("gradients/lending.safetensors"))
    vectors = emotion_vectors.load(asking.feelings.file("vectors.safetensors"))
    addition = 0.05 * vectors.norms[MAIN_LAYER] * vectors.of(["calm"])[0, MAIN_LAYER]
    addition /= vectors.of(["calm"])[0, MAIN_LAYER].norm()
    steered = files.read_table(asking.file("steered.parquet"))
    calm = steered[(steered["direction"] == "calm") & (steered["context"] == "alone")]
    up, down = (
        calm.loc[np.isclose(calm["strength_norm_fraction"], sign * 0.05)].set_index("scenario")["delta_logodds_nats"]
        for sign in (1, -1)
    )
    foretold = gradients.at(ROW, FIRST, "alone").mean(1)[: len(up), MAIN_LAYER] @ addition
    np.testing.assert_allclose((up - down) / 2, foretold.numpy(), rtol=0.05, atol=2e-3)


def test_effects_by_main_layer_and_by_depth_agree(asking):
    effects = files.read_table(asking.file("effects.parquet"))
    wanted = (effects["hand"] == FIRST) & (effects["measure"] == "difference")
    at_main = effects[wanted].set_index("direction")["estimate"]
    depth = files.read_table(asking.file("by_depth.parquet"))
    depth = depth[depth["layer"] == MAIN_LAYER].set_index("emotion")["slope_nats"]
    np.testing.assert_allclose(at_main[EMOTIONS], depth[EMOTIONS], rtol=1e-3, atol=1e-6)
    assert "calm + happy" in at_main


def test_slopes_by_scenario_make_up_the_effects_of_the_first_hand(asking):
    effects = files.read_table(asking.file("effects.parquet"))
    wanted = (effects["hand"] == FIRST) & (effects["measure"] == "difference")
    by_scenario = files.read_table(asking.file("by_scenario.parquet"))
    means = by_scenario.groupby(["experiment", "direction"])["slope_nats"].mean()
    estimates = effects[wanted].set_index(["experiment", "direction"])["estimate"]
    np.testing.assert_allclose(means[estimates.index], estimates, rtol=1e-4, atol=1e-6)
    assert (by_scenario.groupby(["experiment", "direction"]).size() == effects.loc[wanted, "n"].max()).all()


def test_lexical_controls_are_read_in_compared_contexts_of_the_first_hand_and_stand_beside_the_slope(asking, replies):
    lexical = replies[replies["cell"].str.startswith("lexical")]
    assert set(zip(lexical["hand"], lexical["kind"], lexical["context"], strict=True)) == {
        (FIRST, "context", "alone"),
        (FIRST, "context", "spare"),
    }
    effects = files.read_table(asking.file("effects.parquet"))
    first = effects[(effects["hand"] == FIRST) & (effects["direction"] == "calm")].set_index("measure")
    gradients = responses.load_gradients(asking.file("gradients/lending.safetensors"))
    vectors = emotion_vectors.load(asking.feelings.file("vectors.safetensors"))
    calm = vectors.of(["calm"])[0, MAIN_LAYER]
    by_hand = 0.1 * vectors.norms[MAIN_LAYER] * gradients.control(ROW).mean((0, 1)) @ calm / calm.norm()
    assert first.loc[conditions.CONTROL, "estimate"] == pytest.approx(float(by_hand), rel=1e-3)
    assert {conditions.UNPLEASANT, conditions.WORDLESS, conditions.LEFT} <= set(first.index)


def judged(asking, *, opened):
    claims = registry.load([asking.file("claims.yaml")], CLAIM_SCHEMA)
    return judge(claims, evaluate(asking, opened=opened))[1].set_index("part")


def test_every_measure_brings_evidence_that_can_be_judged(asking):
    parts = judged(asking, opened=True)
    assert len(parts) == len(PARTS)
    # A curvature over three scenes, and pressure that no emotion of pressure follows: on random weights none does for certain.
    assert {"part 7"} <= set(parts.index[parts["verdict"] == NOT_TESTABLE]) <= {"part 7", "part 8"}
    assert parts.loc["part 7", "guard"] == "act_lending, finite strengths: 3 scenarios, at least 24"
    assert "wording alone" in parts.loc["part 0", "beside"]
    assert conditions.LEFT in parts.loc["part 0", "beside"]
    assert "lexical control" in parts.loc["part 0", "beside"]


def test_an_effect_at_a_strength_that_breaks_ordinary_text_does_not_count(asking):
    table = evaluate(asking, opened=True, cost=0.8).set_index("part")
    assert table.loc["part 6", "guard"] == "outside the coherent range: neutral text loses 0.80 nats a token"
    assert np.isnan(table.loc["part 6", "estimate"])
    assert table.loc["part 0", "guard"] == ""


def test_what_stands_beside_a_turned_part_is_turned_as_well(asking, monkeypatch):
    """The sum of two emotions, once as the claim asks and once as if it asked for adding them."""
    monkeypatch.setattr(evidence, "interval_text", lambda effect: f"{effect['estimate']:.3f}")
    turned = evaluate(asking, opened=True).set_index("part").loc["part 1", "beside"]
    monkeypatch.setattr(evidence, "as_asked", lambda effect, _by: effect)
    added = evaluate(asking, opened=True).set_index("part").loc["part 1", "beside"]
    said = re.compile(r"(?:wording alone|words|control|second hand) (-?[\d.]+)")
    for one, other in zip(said.findall(turned), said.findall(added), strict=True):
        assert float(one) == -float(other)
    assert len(said.findall(turned)) == 4


def test_a_closed_gate_makes_every_part_not_testable_and_names_what_was_measured(asking):
    parts = judged(asking, opened=False)
    assert set(parts["verdict"]) == {NOT_TESTABLE}
    assert parts["guard"].str.contains("order for the act minus order against it, nats per reply").all()


def test_behind_closed_gates_no_vector_is_added_and_parts_that_ask_for_it_are_not_testable(asking, monkeypatch):
    monkeypatch.setattr(language_model, "load", lambda *_: pytest.fail("no model is needed"))
    steer(asking, "gates.parquet", "behind_closed_gates.parquet")
    assert files.read_table(asking.file("behind_closed_gates.parquet")).empty
    closed = evaluate(asking, opened=False, steered="behind_closed_gates.parquet").set_index("part")
    asked = [f"part {number}" for number, by in enumerate(PARTS) if by["measure"] in ("act_dose", "act_curvature")]
    assert closed.loc[asked, "estimate"].isna().all()
    assert closed.loc[asked, "guard"].str.contains("order for the act minus order against it").all()
    with pytest.raises(ActError, match="was not steered; repeat steer_acts"):
        evaluate(asking, opened=True, steered="behind_closed_gates.parquet")


def test_without_finite_strengths_the_parts_that_ask_for_them_bring_nothing_and_all_others_the_same(asking):
    whole, without = (
        evaluate(asking, opened=True, steered=steered).set_index("part") for steered in ("steered.parquet", None)
    )
    of_strengths = {
        f"part {number}" for number, by in enumerate(PARTS) if by["measure"] in ("act_dose", "act_curvature")
    }
    assert len(of_strengths) == 2
    assert {*whole.index} - {*without.index} == of_strengths
    assert_frame_equal(without, whole.loc[without.index])
