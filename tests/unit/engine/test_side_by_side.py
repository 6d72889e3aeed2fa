"""Packed texts that are read side by side, against each of them read alone."""

import itertools

import pytest
import torch

from emotion_vectors.engine.gradients import AtOneLayer, Readout, respond, respond_within
from emotion_vectors.engine.packing import additive_masks, pack, side_by_side, visible
from tests.unit.engine.test_replay import CONTEXT, PROMPTS, item, odds

BUDGETS = [1, 150, 100_000]
"""One text at a time, some of them, all at once."""


def readouts_of(model):
    """Texts of three lengths: differentiated everywhere, at some tokens and with a readout at one layer, and not at all."""
    texts = [pack(*item(model, prompt), CONTEXT) for prompt in PROMPTS]
    before_reply = torch.arange(len(texts[1].ids)) == texts[1].prompt_length - 1
    return [
        Readout(texts[0], odds()),
        Readout(texts[1], odds()[:1], beside=AtOneLayer(odds()[1:], layer=2), positions=before_reply),
        Readout(texts[2], odds()[:0]),
        Readout(texts[2], odds()[1:]),
    ]


@pytest.mark.parametrize("budget", BUDGETS)
def test_texts_side_by_side_respond_as_each_alone(any_model, budget):
    readouts = readouts_of(any_model)
    for readout, response in zip(readouts, respond_within(any_model, readouts, budget), strict=True):
        asked = (readout.packed, readout.contrasts, None, readout.beside, readout.positions)
        alone = respond(any_model, *asked)
        torch.testing.assert_close(response.logprobs, alone.logprobs, atol=1e-4, rtol=0)
        torch.testing.assert_close(response.reading, alone.reading, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(response.gradients, alone.gradients, atol=1e-4, rtol=1e-3)
        torch.testing.assert_close(response.at_one_layer, alone.at_one_layer, atol=1e-4, rtol=1e-3)
        assert response.gradients.shape == (len(readout.contrasts), any_model.layers, any_model.width)


def test_some_layers_alone_may_be_differentiated(llama):
    readouts = readouts_of(llama)
    chosen = [response.gradients for response in respond_within(llama, readouts, 100_000, layers=[0, 2, 3])]
    everywhere = [response.gradients for response in respond_within(llama, readouts, 100_000)]
    for some, every in zip(chosen, everywhere, strict=True):
        torch.testing.assert_close(some, every[:, [0, 2, 3]], atol=1e-5, rtol=1e-4)


def test_a_budget_counts_padding_and_one_text_is_read_whatever_it_takes(llama):
    lengths = [len(readout.packed.ids) for readout in readouts_of(llama)]
    texts = [readout.packed for readout in readouts_of(llama)]
    for budget in range(1, sum(lengths) * 2, 7):
        runs = [range(*run.indices(len(texts))) for run in side_by_side(texts, budget)]
        assert [row for run in runs for row in run] == [*range(len(texts))]
        for run in runs:
            assert len(run) == 1 or len(run) * max(lengths[row] for row in run) <= budget
        for run, following in itertools.pairwise(runs):
            assert (len(run) + 1) * max(lengths[row] for row in [*run, following[0]]) > budget
    assert [*side_by_side([], 10)] == []


def test_nothing_sees_padding(llama):
    texts = [readout.packed for readout in readouts_of(llama)[:3]]
    masks = additive_masks(texts, None, torch.float32)
    for text, (mask,) in zip(texts, masks, strict=True):
        length = len(text.ids)
        assert torch.equal(mask[:length, :length] == 0, visible(text))
        assert (mask[:length, length:] < 0).all()
        assert torch.equal(mask[length:, :] == 0, torch.eye(len(mask), dtype=torch.bool)[length:])
