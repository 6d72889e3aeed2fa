"""What writes into the residual stream, in every family, against hooks that know the family by name."""

import pytest
import torch

from emotion_vectors.models import sublayers
from emotion_vectors.models.families import ModelError
from emotion_vectors.models.points import ATTENTION, MLP, POINTS

IDS = torch.tensor([[5, 9, 14, 3, 21, 8, 30, 11, 6, 17]])


def read_by_mlp(model, layer):
    """The part of a block that is handed the stream between the sublayers, by the names of its family."""
    block, family = model.blocks[layer], model.network.config.get_text_config().model_type
    if family == "olmo2":
        return block.mlp
    return block.pre_feedforward_layernorm if "gemma" in family else block.post_attention_layernorm


def test_both_points_are_where_the_family_has_them(any_model, reference_states):
    expected, found = {}, {}
    handles = [
        read_by_mlp(any_model, layer).register_forward_pre_hook(
            lambda _module, inputs, layer=layer: expected.__setitem__(layer, inputs[0][0])
        )
        for layer in range(any_model.layers)
    ]
    with (
        torch.no_grad(),
        sublayers.point_hooks(
            any_model, lambda layer, point, hidden: found.__setitem__((layer, point), hidden[0].clone())
        ),
    ):
        any_model.base(input_ids=IDS, use_cache=False)
    for handle in handles:
        handle.remove()
    after = reference_states(any_model, IDS[0].tolist())
    for layer in range(any_model.layers):
        torch.testing.assert_close(found[layer, ATTENTION], expected[layer], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(found[layer, MLP], after[layer], atol=1e-5, rtol=1e-4)


def test_every_family_writes_what_its_sublayers_say(any_model):
    before = [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in any_model.network.modules()]
    sublayers.check_sublayers(any_model)
    after = [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in any_model.network.modules()]
    assert after == before


def test_a_family_that_writes_otherwise_is_refused_and_the_slow_way_named(make_model):
    model = make_model("llama")
    model.blocks[2].mlp.register_forward_hook(lambda _module, _inputs, output: 1.5 * output)
    with pytest.raises(ModelError, match=r"mlp sublayer of block 2.*silence heads one by one"):
        sublayers.check_sublayers(model)


def test_writes_of_all_inputs_add_up_to_the_projection_on_a_direction(any_model):
    generator = torch.Generator().manual_seed(1)
    for point in POINTS:
        there = sublayers.sublayer(any_model, 1, point)
        inputs = torch.randn(5, there.projection.in_features, generator=generator)
        directions = torch.randn(3, any_model.width, generator=generator)
        assert there.projection.bias is None
        summed = (inputs / there.scale(inputs)[:, None]) @ there.writes(directions).T
        torch.testing.assert_close(summed, there.written(inputs) @ directions.T, atol=1e-3, rtol=1e-3)
        parts = there.by_part(inputs).sum(1) if there.parts < 10 else None
        if parts is not None:
            torch.testing.assert_close(parts, there.projection(inputs), atol=1e-5, rtol=1e-4)
