"""Silenced and driven components against weights set to zero and hooks written here."""

import copy

import pytest
import torch

from emotion_vectors.engine import component_edits
from emotion_vectors.engine.component_edits import SilencingError, changing, silence
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.points import ATTENTION, HEADS, NEURONS, POINTS
from emotion_vectors.models.sublayers import sublayer
from emotion_vectors.models.tokens import Encoded
from tests.interventions import drive, falls_one_by_one

IDS = torch.tensor([[5, 9, 14, 3, 21, 8, 30, 11, 6, 17]])
CHOSEN = {HEADS: {1: [2], 3: [0, 3]}, NEURONS: {0: [1, 40], 2: [7]}}
ATTENTION_POINT = POINTS.index(ATTENTION)


@torch.no_grad()
def logits(model, ids=IDS, changes=()):
    with changing(model, changes):
        return model.network(input_ids=ids, use_cache=False).logits


@torch.no_grad()
def without_weights(model, chosen):
    """Logits of a copy whose projections do not read the chosen components."""
    network = copy.deepcopy(model.network)
    mutilated = LanguageModel(model.name, network, model.tokenizer, model.family, "", model.conversation)
    for kind, layers in chosen.items():
        for layer, parts in layers.items():
            writer = mutilated.attention_output(layer) if kind == HEADS else mutilated.mlp_output(layer)
            size = writer.in_features // (4 if kind == HEADS else writer.in_features)
            for part in parts:
                writer.weight[:, part * size : (part + 1) * size] = 0
    return network(input_ids=IDS, use_cache=False).logits


def for_all_rows(model, chosen, **keywords):
    return [
        change
        for kind, layers in chosen.items()
        for change in silence(model, kind, {layer: [parts] for layer, parts in layers.items()}, **keywords)
    ]


def test_silenced_components_are_those_whose_weights_are_not_there(any_model):
    """Heads and neurons of several layers at once."""
    found = logits(any_model, changes=for_all_rows(any_model, CHOSEN))
    torch.testing.assert_close(found, without_weights(any_model, CHOSEN), atol=1e-5, rtol=1e-4)
    assert (found - logits(any_model)).abs().max() > 1e-3


def test_no_change_changes_nothing_and_nothing_stays(any_model):
    before = logits(any_model)
    nothing = [
        component_edits.Change(2, HEADS, torch.ones(1, sublayer(any_model, 2, ATTENTION).projection.in_features)),
        drive(any_model, 1, NEURONS, [[3, 4]], torch.zeros(1, 48)),
    ]
    assert torch.equal(logits(any_model, changes=nothing), before)
    assert silence(any_model, HEADS, {1: [[]]}) == []
    with pytest.raises(ZeroDivisionError), changing(any_model, for_all_rows(any_model, CHOSEN)):
        raise ZeroDivisionError
    assert torch.equal(logits(any_model), before)


def test_each_row_has_its_own_components(llama):
    rows = {1: [[0], [], [2, 3]], 2: [[], [1], []]}
    together = logits(llama, IDS.expand(3, -1), silence(llama, HEADS, rows))
    for row in range(3):
        alone = [change for layer in rows for change in silence(llama, HEADS, {layer: [rows[layer][row]]})]
        torch.testing.assert_close(together[row], logits(llama, changes=alone)[0], atol=1e-5, rtol=1e-4)


def test_positions_bound_what_is_changed(llama):
    """What lies before a changed position cannot know of it; padded rows have their own."""
    first = torch.zeros(10, dtype=torch.bool)
    first[6] = True
    where = torch.stack([first, torch.roll(first, 2)])
    changed = logits(llama, IDS.expand(2, -1), silence(llama, NEURONS, {1: [[3, 4, 5, 6]]}, positions=where))
    before = logits(llama)[0]
    torch.testing.assert_close(changed[0, :6], before[:6])
    torch.testing.assert_close(changed[1, :8], before[:8])
    assert (changed[0, 6:8] - before[6:8]).abs().amin(-1).max() > 1e-6
    everywhere = logits(llama, changes=silence(llama, NEURONS, {1: [[3]]}, positions=torch.ones(10, dtype=torch.bool)))
    torch.testing.assert_close(everywhere, logits(llama, changes=silence(llama, NEURONS, {1: [[3]]})))


def test_driven_components_get_their_values_and_no_other(any_model):
    values = torch.randn(1, any_model.mlp_output(1).in_features, generator=torch.Generator().manual_seed(2))
    added = torch.zeros_like(values)
    added[0, [3, 11]] = values[0, [3, 11]]
    handle = any_model.mlp_output(1).register_forward_pre_hook(lambda _module, inputs: (inputs[0] + added,))
    expected = logits(any_model)
    handle.remove()
    found = logits(any_model, changes=[drive(any_model, 1, NEURONS, [[3, 11]], values)])
    torch.testing.assert_close(found, expected)


def test_heads_silenced_everywhere_or_at_the_last_token_alone_fall_alike_in_their_own_layer(any_model):
    """W silences at all positions; heads at other positions do not act on the last token within the layer."""
    last = torch.zeros(IDS.shape[1], dtype=torch.bool)
    last[-1] = True
    everywhere, at_last = (
        component_edits.read_last(any_model, IDS, silence(any_model, HEADS, {2: [[1]]}, positions=positions))[0]
        for positions in (None, last)
    )
    torch.testing.assert_close(everywhere[ATTENTION_POINT, 2], at_last[ATTENTION_POINT, 2], atol=1e-5, rtol=1e-4)
    assert (everywhere[:, 3] - at_last[:, 3]).abs().max() > 1e-4


def test_the_slow_way_silences_one_head_at_a_time(llama):
    heads = [(0, 1), (2, 3)]
    directions = torch.randn(llama.layers, llama.width, generator=torch.Generator().manual_seed(0))
    falls = falls_one_by_one(llama, Encoded(IDS[0].tolist(), 0), heads, directions)
    for (layer, head), fall in zip(heads, falls, strict=True):
        seen = []

        def zero(_module, inputs, head=head):
            changed = inputs[0].clone()
            changed[..., 8 * head : 8 * head + 8] = 0
            return (changed,)

        norm = llama.blocks[layer].post_attention_layernorm
        watch = norm.register_forward_pre_hook(lambda _module, inputs, seen=seen: seen.append(inputs[0][0, -1]))
        logits(llama)
        handle = llama.attention_output(layer).register_forward_pre_hook(zero)
        logits(llama)
        handle.remove()
        watch.remove()
        torch.testing.assert_close(fall, (seen[0] - seen[1]) @ directions[layer], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda model: silence(model, HEADS, {1: [[4]]}), "layer 1 has 4 heads, none with the number 4"),
        (lambda model: silence(model, NEURONS, {9: [[0]]}), "layer 9 does not exist"),
        (lambda model: silence(model, "channels", {1: [[0]]}), "'channels' is no kind"),
        (lambda model: logits(model, changes=silence(model, HEADS, {1: [[0], [1]]})), "2 rows on a batch of 1"),
        (
            lambda model: logits(model, changes=silence(model, HEADS, {1: [[0]]}, positions=torch.ones(3).bool())),
            "positions",
        ),
    ],
)
def test_what_does_not_fit_is_named(llama, make, message):
    with pytest.raises(SilencingError, match=message):
        make(llama)
