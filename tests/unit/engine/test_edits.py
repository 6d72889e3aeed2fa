"""Additions to the residual stream: exactly there, exactly that much, and gone afterwards."""

import pytest
import torch

from emotion_vectors.engine.edits import dose
from emotion_vectors.models.hooks import residual_streams
from emotion_vectors.statistics.algebra import VectorError
from tests.interventions import adding
from tests.random_tensors import random

LENGTH = 14


@pytest.fixture
def ids():
    return torch.randint(5, 300, (1, LENGTH), generator=torch.Generator().manual_seed(1))


def logits(model, ids):
    with torch.no_grad():
        return model.network(input_ids=ids, use_cache=False).logits


def hooks(model):
    return [len(block._forward_hooks) for block in model.blocks]


def states_handed_on(model, ids):
    """What each block hands on: the input of the next block, or of the final norm."""
    seen = []
    parts = [*model.blocks[1:], model.final_norm]
    handles = [part.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0].clone())) for part in parts]
    logits(model, ids)
    for handle in handles:
        handle.remove()
    return seen


def test_dose_is_a_fraction_of_the_norm_along_the_direction():
    directions = random(3, 8) * torch.tensor([0.01, 1, 100])[:, None]
    added = dose(directions, torch.tensor(40.0), -0.05)
    torch.testing.assert_close(added.norm(dim=-1), torch.full((3,), 2.0))
    torch.testing.assert_close(torch.cosine_similarity(added, directions), torch.full((3,), -1.0))


def test_dose_of_no_direction_is_refused():
    with pytest.raises(VectorError):
        dose(torch.zeros(1, 8), torch.tensor(1.0), 0.1)


def test_strength_zero_changes_nothing_at_all(any_model, ids):
    plain = logits(any_model, ids)
    with adding(any_model, 1, dose(random(1, any_model.width), torch.tensor(5.0), 0.0)):
        assert torch.equal(logits(any_model, ids), plain)


@pytest.mark.parametrize("layer", [0, 2, 3])
def test_the_vector_appears_at_its_layer_at_every_position_and_nowhere_earlier(any_model, ids, layer):
    vector = random(1, any_model.width)
    plain = residual_streams(any_model, ids)
    with adding(any_model, layer, vector):
        changed_logits = logits(any_model, ids)
        steered = states_handed_on(any_model, ids)
    for earlier in range(layer):
        assert torch.equal(steered[earlier], plain[earlier])
    difference = steered[layer] - plain[layer]
    torch.testing.assert_close(difference, vector[:, None].expand(1, LENGTH, -1), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(changed_logits, logits(any_model, ids), atol=1e-3)


@pytest.mark.parametrize("layer", [0, 2])
def test_an_addition_is_made_once_and_the_blocks_after_it_are_left_alone(any_model, ids, layer):
    vector = random(1, any_model.width)

    def add(_module, _inputs, output):
        return (output[0] + vector, *output[1:]) if isinstance(output, tuple) else output + vector

    handle = any_model.blocks[layer].register_forward_hook(add)
    expected = logits(any_model, ids)
    handle.remove()
    with adding(any_model, layer, vector):
        torch.testing.assert_close(logits(any_model, ids), expected)


def test_one_row_with_many_vectors_is_the_plain_loop(any_model, ids):
    vectors = random(5, any_model.width, seed=2)
    with adding(any_model, 1, vectors):
        together = logits(any_model, ids)
    assert together.shape[0] == 5
    for row, vector in enumerate(vectors):
        with adding(any_model, 1, vector[None]):
            torch.testing.assert_close(together[row], logits(any_model, ids)[0], atol=1e-4, rtol=1e-4)


def test_each_row_of_a_batch_gets_its_own_vector(llama, ids):
    rows = torch.cat([ids, ids.flip(1)])
    vectors = random(2, llama.width, seed=3)
    with adding(llama, 2, vectors):
        together = logits(llama, rows)
    for row in range(2):
        with adding(llama, 2, vectors[row : row + 1]):
            torch.testing.assert_close(together[row], logits(llama, rows[row : row + 1])[0], atol=1e-4, rtol=1e-4)


def test_additions_at_two_layers_are_both_made(llama, ids):
    first, second = random(1, llama.width), random(1, llama.width, seed=1)
    plain = logits(llama, ids)
    with adding(llama, 0, first):
        one = logits(llama, ids)
        with adding(llama, 2, second):
            both = logits(llama, ids)
        assert torch.equal(logits(llama, ids), one)
    assert not torch.allclose(both, one, atol=1e-3)
    assert torch.equal(logits(llama, ids), plain)


def test_nothing_is_left_behind_after_an_exception(llama, ids):
    before, plain = hooks(llama), logits(llama, ids)

    def interrupted():
        with adding(llama, 1, random(1, llama.width)):
            assert hooks(llama) != before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert hooks(llama) == before
    assert torch.equal(logits(llama, ids), plain)


@pytest.mark.parametrize("layer", [-1, 4])
def test_a_layer_that_does_not_exist_is_refused(llama, layer):
    vector, message = random(1, llama.width), rf"layer {layer} does not exist; tiny-llama has layers 0 to 3"
    with pytest.raises(ValueError, match=message), adding(llama, layer, vector):
        pass


def test_a_vector_that_is_not_finite_is_refused(llama):
    with pytest.raises(ValueError, match="layer 1 is not finite"), adding(llama, 1, torch.full((1, 32), float("nan"))):
        pass


def test_a_vector_without_a_row_is_refused(llama):
    """It would be added along the tokens where there are as many of them as channels."""
    ids = torch.randint(5, 300, (1, llama.width))
    with pytest.raises(ValueError, match="row"), adding(llama, 1, random(llama.width)):
        logits(llama, ids)
