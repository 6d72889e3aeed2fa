"""Replies under pushes of every place, against full forwards with plain hooks."""

from __future__ import annotations

import math

import pytest
import torch

from emotion_vectors.engine import driven_replies
from emotion_vectors.engine import sampling as generate
from emotion_vectors.engine.draws import GenerationError, Sampling
from emotion_vectors.engine.driven_replies import STREAM, Push
from emotion_vectors.models import language_model
from emotion_vectors.models.points import HEADS, NEURONS
from tests.random_tensors import random

NEW = 6
TEXT = "the angry neighbour closed the door and walked into the garden"
WIDTHS = {STREAM: 32, NEURONS: 48, HEADS: 32}


def some_pushes(rows=4):
    """Of all places; the third row pushes nothing, and the first two alone push heads on the whole prompt."""
    found = [
        Push(STREAM, 1, 2 * random(rows, WIDTHS[STREAM], seed=1)),
        Push(STREAM, 2, 2 * random(rows, WIDTHS[STREAM], seed=2)),
        Push(NEURONS, 2, 4 * random(rows, WIDTHS[NEURONS], seed=3)),
        Push(HEADS, 3, 4 * random(rows, WIDTHS[HEADS], seed=4)),
        Push(HEADS, 1, 4 * random(rows, WIDTHS[HEADS], seed=5), whole=True),
    ]
    for push in found:
        push.vectors[2] = 0
    found[-1].vectors[3] = 0
    return found


def module_of(model, push):
    if push.site == STREAM:
        return model.blocks[push.layer]
    return model.mlp_output(push.layer) if push.site == NEURONS else model.attention_output(push.layer)


def step_by_step(model, prompt, pushes, row, count):
    """Likeliest tokens by full forwards of prompt and reply without a cache, every push added by a hook at its own tokens."""
    ids = list(prompt)

    def changed(tensor, push):
        tensor = tensor.clone()
        begin = 0 if push.whole else len(prompt) - 1
        tensor[0, begin:] += push.vectors[row]
        return tensor

    def after(push):
        def hook(_module, _inputs, output):
            if isinstance(output, tuple):
                return (changed(output[0], push), *output[1:])
            return changed(output, push)

        return hook

    handles = []
    for push in pushes:
        module = module_of(model, push)
        if push.site == STREAM:
            handles.append(module.register_forward_hook(after(push)))
        else:
            handles.append(module.register_forward_pre_hook(lambda _m, given, push=push: (changed(given[0], push),)))
    margins = []
    try:
        for _ in range(count):
            with torch.no_grad():
                top = model.network(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
            margins.append(float(top.values[0] - top.values[1]))
            ids.append(int(top.indices[0]))
    finally:
        for handle in handles:
            handle.remove()
    return ids[len(prompt) :], min(margins)


@pytest.fixture
def prompt(tokenizer):
    return generate.Encoded(tokenizer(TEXT).input_ids, 1)


def test_every_row_is_what_full_forwards_with_plain_hooks_give(any_model, prompt):
    """With a cache and side by side as without, token by token: for every family, place and kind of row."""
    pushes = some_pushes()
    found = driven_replies.replies(any_model, prompt, pushes, NEW)
    texts = set()
    for row, reply in enumerate(found):
        expected, margin = step_by_step(any_model, prompt.ids, pushes, row, len(reply.ids))
        assert margin > 1e-4, "a tie would make the comparison meaningless"
        assert reply.ids == expected
        assert reply.text == any_model.tokenizer.decode(reply.ids, skip_special_tokens=True)
        texts.add(tuple(reply.ids))
    assert len(texts) > 2


def test_each_push_of_each_place_matters(llama, prompt):
    pushes = some_pushes()
    whole = [reply.ids for reply in driven_replies.replies(llama, prompt, pushes, NEW)]
    for place in range(len(pushes)):
        left = pushes[:place] + pushes[place + 1 :]
        assert [reply.ids for reply in driven_replies.replies(llama, prompt, left, NEW)] != whole


def test_nothing_added_is_the_reply_of_the_other_arms(any_model, prompt):
    nothing = [Push(STREAM, 1, torch.zeros(2, 32)), Push(HEADS, 2, torch.zeros(2, 32), whole=True)]
    sampling = Sampling(NEW, 0.0, 1.0, 4)
    (plain,) = next(generate.generate(any_model, [prompt], [1], sampling)).values()
    for reply in driven_replies.replies(any_model, prompt, nothing, NEW):
        assert (reply.ids, reply.text, reply.ended) == (plain.ids, plain.text, plain.ended)


def test_a_reply_depends_on_its_own_row_only(any_model, prompt):
    pushes = some_pushes()
    together = [reply.ids for reply in driven_replies.replies(any_model, prompt, pushes, NEW)]
    order = torch.tensor([3, 0, 2, 1])
    turned = driven_replies.replies(any_model, prompt, [push.rows(order) for push in pushes], NEW)
    assert [reply.ids for reply in turned] == [together[row] for row in order]
    for row in (0, 3):
        (alone,) = driven_replies.replies(any_model, prompt, [push.rows(torch.tensor([row])) for push in pushes], NEW)
        assert alone.ids == together[row]


def test_rows_that_end_leave_the_others_as_they_are(make_model, prompt):
    model = make_model("llama")
    pushes = some_pushes()
    free = [reply.ids for reply in driven_replies.replies(model, prompt, pushes, NEW)]
    ends = {free[0][2], free[1][4]}
    model.network.generation_config.eos_token_id = list(ends)
    model = language_model.assemble(model.network, model.tokenizer, name=model.name, sha256=model.sha256)
    for reply, longer in zip(driven_replies.replies(model, prompt, pushes, NEW), free, strict=True):
        where = [place for place, token in enumerate(longer) if token in ends]
        assert reply.ids == (longer[: where[0] + 1] if where else longer)
        assert reply.ended == bool(where)


def test_no_hook_is_left_behind(llama, prompt):
    def hooks():
        return [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in llama.network.modules()]

    before = hooks()
    driven_replies.replies(llama, prompt, some_pushes(), 2)
    assert hooks() == before


@pytest.mark.parametrize(
    ("pushes", "message"),
    [
        ([], "no push given"),
        ([Push("nose", 1, torch.zeros(1, 32))], "no place 'nose' in layer 1"),
        ([Push(STREAM, 4, torch.zeros(1, 32))], "no place 'stream' in layer 4"),
        ([Push(NEURONS, 1, torch.zeros(1, 32))], r"must be \[1, 48\], not \[1, 32\]"),
        ([Push(STREAM, 1, torch.zeros(1, 32)), Push(STREAM, 1, torch.zeros(2, 32))], r"must be \[1, 32\]"),
        ([Push(HEADS, 1, torch.full((1, 32), math.nan))], "heads of layer 1 is not finite"),
    ],
)
def test_pushes_that_do_not_fit_are_refused(llama, prompt, pushes, message):
    with pytest.raises(GenerationError, match=message):
        driven_replies.replies(llama, prompt, pushes, 2)


def test_output_that_is_not_finite_and_prompts_without_a_past_are_refused(llama, prompt):
    with pytest.raises(GenerationError, match="not finite; lower the dose"):
        driven_replies.replies(llama, prompt, [Push(STREAM, 1, torch.full((1, 32), 3e38))] * 2, 2)
    with pytest.raises(GenerationError, match="two tokens"):
        driven_replies.replies(llama, generate.Encoded([5], 0), some_pushes(), 2)
