"""Both orders of a question in one sequence, and clamps between two texts, against texts read one at a time."""

import pytest
import torch

from emotion_vectors.conduct import choices
from emotion_vectors.engine.edits import InterventionError
from emotion_vectors.engine.packing import pack
from emotion_vectors.engine.replay import record, replay
from emotion_vectors.models.hooks import residual_streams
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.removal import framings, questions, subspaces
from emotion_vectors.removal.framings import Clamps
from emotion_vectors.stimuli.function.capability import TwoChoiceItem
from emotion_vectors.stimuli.function.framings import FramingWords
from emotion_vectors.stimuli.situations import Item
from tests.random_tensors import random

QUESTION = TwoChoiceItem("q", "facts", 1, "what came over the bridge", "the train", "the calm storm", "A")
WORDS = FramingWords(
    "threat_1", "threat", "he felt sad and angry.", "the small boat was open.", "the tall bridge was in rain."
)
BUDGET, LAYER = 4000, 2


@pytest.fixture(scope="module")
def model(make_model):
    return make_model("llama", max_position_embeddings=2048)


def two_orders(model, lead):
    item = Item("q", "-", "-", "", lead, {}, {}, ())
    answers = (QUESTION.right, QUESTION.wrong)
    return [choices.encode(model, item, QUESTION.question, order) for order in (answers, answers[::-1])]


def test_both_orders_together_are_each_alone(model):
    item = Item("q", "-", "-", "", questions.PLAIN, {}, {}, ())
    expected = choices.choose(model, item, QUESTION.question, (QUESTION.right, QUESTION.wrong)).log_odds
    packed = questions.both_orders(model, "file", QUESTION, questions.PLAIN)
    assert questions.plain_odds(model, packed) == pytest.approx(expected, abs=1e-4)
    assert len(packed.ids) < sum(len(order.ids) for order in two_orders(model, questions.PLAIN))


def test_removal_from_both_orders_is_that_from_each(model):
    basis = subspaces.emotion_subspace(random(6, model.layers, model.width), 3)
    edits = subspaces.removal(basis[None], random(model.layers, model.width).double(), range(model.layers))
    each_way = [
        replay(model, record(model, order, [0]), edits, BUDGET)[0] @ torch.tensor([1.0, -1.0])
        for order in two_orders(model, questions.PLAIN)
    ]
    packed = questions.both_orders(model, "file", QUESTION, questions.PLAIN)
    odds = questions.edited_odds(model, packed, edits, BUDGET)
    assert float(odds[0]) == pytest.approx(float(each_way[0] - each_way[1]) / 2, abs=1e-4)
    assert float(odds[0]) != pytest.approx(questions.plain_odds(model, packed), abs=1e-4)


def test_texts_share_their_end_from_the_first_token_after_the_difference():
    first, second = (pack(Encoded(ids, 0), [[1]], 50) for ids in ([4, 5, 6, 7, 8], [9, 5, 3, 7, 8]))
    assert framings.shared_end(first, second) == 2
    assert framings.shared_end(first, first) == 5
    with pytest.raises(InterventionError, match="end in different tokens"):
        framings.shared_end(first, pack(Encoded([4, 5, 6, 7, 9], 0), [[1]], 50))


def test_an_answer_after_both_frames_is_that_of_each_text_alone(model):
    pair = framings.frames(model, "file", QUESTION, WORDS)
    basis = torch.linalg.qr(random(model.width, 3)).Q.T.contiguous()
    random_bases = {"equal dimension": torch.stack([basis, torch.linalg.qr(random(model.width, 3, seed=1)).Q.T])}
    answer = framings.answer(model, pair, Clamps(LAYER, basis, random_bases, random_bases["equal dimension"]), BUDGET)
    for value, words in ((answer.framed, WORDS.framed), (answer.neutral, WORDS.neutral), (answer.vivid, WORDS.vivid)):
        item = Item("q", "-", "-", "", words, {}, {}, ())
        expected = choices.choose(model, item, QUESTION.question, (QUESTION.right, QUESTION.wrong)).log_odds
        assert value == pytest.approx(expected, abs=1e-4)
    assert float(answer.random["equal dimension"][0]) == pytest.approx(answer.removed, abs=1e-5)
    assert float(answer.by_run[0]) == pytest.approx(answer.framed - answer.clamped, abs=1e-5)
    assert float(answer.by_run[1]) != pytest.approx(float(answer.by_run[0]), abs=1e-5)
    without = framings.answer(
        model, pair, Clamps(LAYER, basis, random_bases, random_bases["equal dimension"]).without_run, BUDGET
    )
    assert len(without.by_run) == 0
    assert without.clamped == pytest.approx(answer.clamped, abs=1e-4)
    at_reply = [
        torch.stack([residual_streams(model, order.ids[None])[LAYER][0, -1] for order in two_orders(model, words)])
        for words in (WORDS.framed, WORDS.neutral)
    ]
    expected = torch.stack([states.mean(0) for states in at_reply])
    torch.testing.assert_close(answer.states, expected, atol=1e-4, rtol=1e-4)


def test_a_clamp_of_nothing_but_a_small_difference_is_its_first_order(model):
    """To first order: the share of a subspace that gradients give is what the clamp does to a stream that hardly differs."""
    framed, *_ = framings.frames(model, "file", QUESTION, WORDS)
    basis = torch.linalg.qr(random(model.width, 3)).Q.T.contiguous()
    response = framings.respond_by_position(model, framed, questions.RIGHT_OVER_WRONG, [LAYER])
    length = 20
    other = response.streams[0, -length:] + 1e-2 * random(length, model.width)
    edit = framings.clamped_end(LAYER, basis[None], other, len(framed.ids) - length)
    recording = record(model, framed, [LAYER])
    left = float(questions.odds_of(replay(model, recording, [edit], BUDGET))[0])
    taken = float(questions.odds_of(response.logprobs)) - left
    difference, gradient = response.streams[0, -length:] - other, response.gradients[0, 0, -length:]
    assert taken == pytest.approx(float(framings.first_order(difference, gradient, basis[None])[0]), rel=0.1, abs=1e-5)
