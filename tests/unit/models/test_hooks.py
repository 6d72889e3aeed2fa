"""Hooks see and change residual streams, and are gone afterwards."""

import pytest
import torch

from emotion_vectors.models import hooks
from tests.unit.models.texts import ids_of


def hook_count(model):
    return sum(len(block._forward_hooks) + len(block._forward_pre_hooks) for block in model.blocks)


def test_hooks_are_removed_after_an_exception(llama):
    before, during = hook_count(llama), []

    def broken(layer, hidden):
        during.append(hook_count(llama))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), hooks.block_hooks(llama, broken):
        llama.base(input_ids=ids_of(llama))
    assert during == [before + llama.layers]
    assert hook_count(llama) == before


def test_run_blocks_leaves_no_hook_after_an_exception(llama):
    before = hook_count(llama)
    with pytest.raises(IndexError):
        hooks.run_blocks(llama, torch.full((1, 4), 10**6))
    assert hook_count(llama) == before


def test_a_tensor_returned_by_a_hook_replaces_the_output(any_model):
    ids = ids_of(any_model)
    seen = {}

    def hook(layer, hidden):
        seen[layer] = hidden
        return torch.zeros_like(hidden) if layer == 1 else None

    before = hooks.residual_streams(any_model, ids)
    with torch.no_grad(), hooks.block_hooks(any_model, hook):
        any_model.base(input_ids=ids, use_cache=False)
    torch.testing.assert_close(seen[0], before[0])
    assert not torch.allclose(seen[1][0, 0], seen[1][0, -1], atol=1e-2)
    torch.testing.assert_close(seen[2][0, 0], seen[2][0, -1], msg="from zero states every position goes on alike")
