"""What of a slope is wording: subspaces are taken out exactly, pleasantness is what ratings say, and controls are of the same contexts."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from emotion_vectors.acts import conditions, responses
from emotion_vectors.acts.overview import said_by_words
from emotion_vectors.acts.responses import ActGradients
from emotion_vectors.controls import reading, wording
from emotion_vectors.engine import prompts
from emotion_vectors.engine.gradients import AtOneLayer, respond
from emotion_vectors.meaning.lens import norm_gain, promoted
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.acts.items import with_lexical_controls
from emotion_vectors.stimuli.acts.table import FIRST
from emotion_vectors.stimuli.situations import Item
from tests.random_tensors import random
from tests.unit.acts.planted import LENDING, directions

SCENARIOS, WORDINGS, WIDTH = 3, 2, 32
TONES = replace(LENDING, name="act_tone", target="warm", alternative="curt", moved_by="order")
REPLIES = {
    "lend/warm": ("take the boat", "it is yours"),
    "lend/curt": ("take it", "yours"),
    "keep/warm": ("the boat stays", "I need it"),
    "keep/curt": ("no", "never"),
}
LEXICAL = {"lend": ("the river takes the boat", "a quiet letter"), "keep": ("the train stays", "over the bridge")}


def item(context):
    return Item("s1", context, FIRST, "the letter", f"the boat {context}", REPLIES, {}, (), lexical=LEXICAL)


def plain_projection(vector, rows):
    """What is left of a vector outside the span of some rows, by least squares: the oracle."""
    solution = torch.linalg.lstsq(rows.T.double(), vector.double()[:, None]).solution
    return vector.double() - (rows.T.double() @ solution)[:, 0]


def test_what_is_left_is_the_vector_projected_off_words_and_pleasantness_in_every_scenario():
    gradients, pleasant = random(SCENARIOS, WORDINGS, WIDTH, seed=1), unit(random(WIDTH, seed=2))
    rows = [random(count, WIDTH, seed=10 + count) for count in (3, 5, 2)]
    bases = torch.zeros(SCENARIOS, 5, WIDTH)
    for scenario, of_scenario in enumerate(rows):
        bases[scenario, : len(of_scenario)] = torch.linalg.qr(of_scenario.T).Q.T
    left, vector = wording.left_over(gradients, bases, pleasant), random(WIDTH, seed=3)
    for measure, taken in {
        conditions.UNPLEASANT: lambda of: pleasant[None],
        conditions.WORDLESS: lambda of: of,
        conditions.LEFT: lambda of: torch.cat([of, pleasant[None]]),
    }.items():
        for scenario, of_scenario in enumerate(rows):
            projected = plain_projection(vector, taken(of_scenario))
            by_hand = gradients[scenario].double() @ projected
            torch.testing.assert_close((left[measure][scenario] @ vector).double(), by_hand, atol=1e-4, rtol=1e-4)


def test_pleasantness_that_words_hold_already_takes_nothing_more():
    gradients, pleasant = random(1, 1, WIDTH, seed=1), unit(random(WIDTH, seed=2))
    left = wording.left_over(gradients, pleasant[None, None], pleasant)
    torch.testing.assert_close(left[conditions.LEFT], left[conditions.WORDLESS], atol=1e-6, rtol=1e-5)


def test_pleasantness_points_from_unpleasant_emotions_to_pleasant_ones():
    stories = directions()
    valence = {"desperate": 2.0, "calm": 7.0, "happy": 8.0, "sad": 2.5}
    direction = wording.pleasantness(stories, valence)
    means = stories.cells.mean(0)
    by_hand = sum((valence[name] - 4.875) * mean for name, mean in zip(stories.names, means, strict=True))
    torch.testing.assert_close(direction, unit(by_hand), atol=1e-5, rtol=1e-4)


def test_word_directions_span_what_raises_the_tokens_of_the_replies(llama):
    packed = prompts.encode(llama, item("alone"))
    basis = reading.word_directions(llama, packed)
    torch.testing.assert_close(basis @ basis.T, torch.eye(len(basis)), atol=1e-5, rtol=1e-5)
    outside = random(llama.width, seed=4)
    outside = outside - (basis @ outside) @ basis
    tokens = torch.unique(packed.targets).tolist()
    assert outside.norm() > 0.1
    assert promoted(llama, outside[None], tokens).abs().max() < 1e-4
    rows = (llama.unembedding.weight[tokens] * norm_gain(llama)).detach()
    assert len(basis) == torch.linalg.matrix_rank(rows, rtol=reading.RANK_TOLERANCE)


def test_a_gradient_at_one_layer_alone_is_the_one_at_all_layers(any_model):
    packed, weights = prompts.encode(any_model, item("alone")), random(2, 8, seed=5)
    everywhere = respond(any_model, packed, weights)
    beside = respond(any_model, packed, weights[:1], beside=AtOneLayer(weights[1:], layer=2))
    torch.testing.assert_close(beside.at_one_layer, everywhere.gradients[1:, 2], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(beside.gradients, everywhere.gradients[:1], atol=1e-5, rtol=1e-4)
    assert everywhere.at_one_layer.shape == (0, any_model.width)


def test_lexical_controls_change_no_reply_and_their_log_odds_are_of_whole_sentences(llama):
    plain, controlled = item("alone"), with_lexical_controls(item("alone"))
    alone, packed = prompts.encode(llama, plain), prompts.encode(llama, controlled)
    sums, before = (
        respond(llama, text, torch.zeros(0, text.continuations)).logprobs * responses.tokens_of(text)
        for text in (packed, alone)
    )
    torch.testing.assert_close(sums[:8], before, atol=1e-4, rtol=1e-4)
    means = sums / responses.tokens_of(packed)
    odds = responses.control_weights(controlled, packed, [("lend", "keep"), ("keep", "lend")]) @ means
    by_hand = (sums[8] + sums[9] - sums[10] - sums[11]) / 2
    torch.testing.assert_close(odds, torch.stack([by_hand, -by_hand]), atol=1e-4, rtol=1e-4)
    replies = responses.weights(plain, alone, LENDING)
    torch.testing.assert_close(responses.weights(controlled, packed, LENDING)[:, :8], replies)


def test_only_sides_have_controls_which_are_differences_between_the_same_contexts():
    assert responses.controlled_pairs([LENDING, TONES], item("alone")) == [("lend", "keep")]
    controls = random(SCENARIOS, 2, 1, WIDTH, seed=6)
    of_set = ActGradients(
        random(1),
        random(1),
        controls,
        [],
        [FIRST],
        ["alone", "spare"],
        [("lend", "keep"), ("warm", "curt")],
        [("lend", "keep")],
    )
    torch.testing.assert_close(of_set.control(LENDING), controls[:, :1, 0] - controls[:, 1:, 0])
    assert of_set.control(TONES) is None


@pytest.mark.parametrize(
    ("judged", "control", "words"),
    [
        *((0.5, 0.6, True), (0.5, 0.5, True), (0.5, 0.4, True), (0.5, 0.2, False), (0.5, -0.9, False)),
        *((-0.5, -0.7, True), (-0.5, -0.4, True), (-0.5, -0.2, False), (-0.5, 0.7, False)),
    ],
)
def test_a_slope_may_be_wording_unless_it_goes_beyond_its_control_for_certain(judged, control, words):
    numbers = {"null_percentile": 99.0, "null_95": 0.1, "n": 3, "of": "scenarios", "unit": "nats", "reference": 0.0}
    rows = [
        {
            "experiment": "act_lending",
            "hand": FIRST,
            "measure": measure,
            "direction": "calm",
            "estimate": value,
            "low": value - 0.1,
            "high": value + 0.1,
            **numbers,
        }
        for measure, value in ((conditions.DIFFERENCE, judged), (conditions.CONTROL, control))
    ]
    effects = pd.DataFrame(rows)
    assert ("nobody acts" in said_by_words(effects, "act_lending", ["calm"])) is words
    without = effects[effects["measure"] != conditions.CONTROL]
    assert said_by_words(without, "act_lending", ["calm"]) == ""
