"""Steps of the acts, from scenes to evidence, on an act made of files alone and a tiny model."""

import numpy as np
import pytest

from emotion_vectors.acts import odds, responses
from emotion_vectors.artefacts import files
from emotion_vectors.claims import registry
from emotion_vectors.claims.judging import NOT_TESTABLE, judge
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, Act
from tests.steps.acts.asking import ACT, CLAIM_SCHEMA, ORDERS, PARTS, TOOLS
from tests.steps.acts.conftest import evaluate
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


def judged(asking, *, opened):
    claims = registry.load([asking.file("claims.yaml")], CLAIM_SCHEMA)
    return judge(claims, evaluate(asking, opened=opened))[1].set_index("part")


def test_every_measure_brings_evidence_that_can_be_judged(asking):
    parts = judged(asking, opened=True)
    assert len(parts) == len(PARTS)
    # Pressure that no reading of pressure follows says nothing of emotion, and on random weights none does for certain.
    assert set(parts.index[parts["verdict"] == NOT_TESTABLE]) <= {"part 4"}
    assert "wording alone" in parts.loc["part 0", "beside"]


def test_a_closed_gate_makes_every_part_not_testable_and_names_what_was_measured(asking):
    parts = judged(asking, opened=False)
    assert set(parts["verdict"]) == {NOT_TESTABLE}
    assert parts["guard"].str.contains("order for the act minus order against it, nats per reply").all()
