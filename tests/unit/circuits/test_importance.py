"""Importance by gradients against additions of small size in plain forward passes of the whole prompt."""

import numpy as np
import pytest
import torch

from emotion_vectors.circuits import depths, importance, peaks
from emotion_vectors.circuits.depths import LATE
from emotion_vectors.circuits.emotion_directions import centroids
from emotion_vectors.circuits.importance import Additions
from emotion_vectors.models.points import POINTS
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.permutation import label_sets
from emotion_vectors.statistics.resampling import Draws

TEXT = Encoded([5, 9, 14, 3, 21, 8, 30, 11, 6, 17, 12], 0)
EMOTIONS = 2


@torch.no_grad()
def added_in_full(model, point, layer, vector):
    """Final normed state with a vector added to what the sublayer writes at the last token; names of the families' own."""
    block = model.blocks[layer]
    if point == "mlp":
        module = block
    elif hasattr(block, "post_feedforward_layernorm"):
        module = block.post_attention_layernorm
    else:
        module = model.attention_output(layer)

    def add(_module, _inputs, output):
        hidden = (output[0] if isinstance(output, tuple) else output).clone()
        hidden[:, -1] += vector
        return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

    handle = module.register_forward_hook(add)
    state = model.base(input_ids=torch.tensor([TEXT.ids]), use_cache=False).last_hidden_state[0, -1]
    handle.remove()
    return state


def directions_of(model):
    generator = torch.Generator().manual_seed(0)
    return unit(torch.randn(EMOTIONS, 2, model.layers, model.width, generator=generator))


def test_gradients_are_the_limit_of_small_additions(any_model):
    directions = directions_of(any_model)
    named = importance.reference(directions, [2])
    gradients = importance.gradients(any_model, TEXT, named)
    assert gradients.shape == (EMOTIONS, 2, any_model.layers, any_model.width)
    found = importance.importances(gradients, directions, named)
    for number, point in enumerate(POINTS):
        for layer in (0, any_model.layers - 1):
            vector = importance.aligned(directions[1, number, layer], named[1])
            step = 1e-2
            ends = [added_in_full(any_model, point, layer, sign * step * vector) @ named[1] for sign in (1, -1)]
            assert float(found[1, number, layer]) == pytest.approx(
                float(ends[0] - ends[1]) / (2 * step), abs=2e-2, rel=2e-2
            )


def test_finite_additions_are_those_of_the_whole_prompt_one_sublayer_at_a_time(any_model):
    directions = directions_of(any_model)
    named = importance.reference(directions, [2])
    sizes = 0.5 + torch.rand(2, any_model.layers, generator=torch.Generator().manual_seed(1))
    found = importance.finite_importances(any_model, TEXT, Additions(directions, named, sizes), budget=5)
    assert found.shape == (4, EMOTIONS, 2, any_model.layers)
    base = added_in_full(any_model, "mlp", 0, torch.zeros(any_model.width)) @ named[0]
    for number, point in enumerate(POINTS):
        size = 0.7 * sizes[number, 1]
        vector = size * importance.aligned(directions[0, number, 1], named[0])
        expected = (added_in_full(any_model, point, 1, vector) @ named[0] - base) / size
        torch.testing.assert_close(found[3, 0, number, 1], expected, atol=1e-3, rtol=1e-3)


def test_the_late_reference_lies_at_the_depth_of_the_original():
    assert depths.late_layers(28) == [21, 22, 23, 24, 25]
    for layers in (4, 24, 30, 36):
        reached = [(layer + 1) / layers for layer in depths.late_layers(layers)]
        assert min(reached) >= 22 / 28 - 1 / layers
        assert max(reached) <= 26 / 28 + 1 / layers
    bands = depths.bands(30)
    assert sorted(layer for band in bands.values() for layer in band) == list(range(30))
    assert {len(band) for band in bands.values()} == {6}
    assert list(depths.bands(4)) == ["0.2-0.4", "0.4-0.6", "0.6-0.8", "0.8-1.0"]
    assert depths.other_references([LATE, *bands]) == ["0.0-0.2", "0.2-0.4", "0.4-0.6", "0.6-0.8"]


def test_a_reference_does_not_depend_on_the_sign_of_one_of_its_directions():
    shared = torch.randn(1, 1, 1, 16, generator=torch.Generator().manual_seed(0))
    directions = unit(shared + 0.1 * torch.randn(3, 2, 6, 16, generator=torch.Generator().manual_seed(1)))
    plain = importance.reference(directions, [3, 4, 5])
    directions[1, 0, 4] *= -1
    torch.testing.assert_close(importance.reference(directions, [3, 4, 5]), plain)
    assert plain.norm(dim=-1).allclose(torch.ones(3))


def test_depth_of_a_planted_peak_is_found_with_its_null():
    layers, width, scenarios = 10, 24, 8
    generator = torch.Generator().manual_seed(0)
    gradients = 0.1 * torch.randn(1, 3, 2, layers, width, generator=generator)
    directions = unit(torch.randn(3, 2, layers, width, generator=generator))
    named = unit(torch.randn(1, 3, width, generator=generator))
    gradients[0, :, 1, 7] += 5 * importance.aligned(directions[:, 1, 7], named[0])
    gradients[0, :, 0, 1] += 2 * torch.randn(3, width, generator=generator)
    by_scenario = importance.importances(gradients, directions, named) + 0.01 * torch.randn(scenarios, 1, 3, 2, layers)
    found = peaks.peak_effect(by_scenario, gradients, named, Draws(100, 200, 0))
    assert found.estimate == found.low == found.high == pytest.approx(0.8)
    assert (found.n, found.reference) == (scenarios, 0.5)
    assert found.null_95 <= 0.8


def test_table_of_peaks():
    planted = torch.zeros(1, 2, 2, 4)
    planted[0, 0, 0, 3], planted[0, 1, 1, 1] = 1.0, 1.0
    table = peaks.peak_table(planted, [LATE], ["anger", "fear"])
    assert table["peak_depth"].tolist() == [1.0, 0.5]
    assert np.array_equal(table["emotion"], ["anger", "fear"])


def profiles(generator: torch.Generator, *shape: int) -> torch.Tensor:
    """Importance that is largest in the last layers whatever the labels, with noise: [..., point, layer]."""
    return torch.linspace(0, 3, 10) + 0.1 * torch.randn(*shape, 2, 10, generator=generator)


def test_a_peak_that_any_labels_have_is_taken_off_before_the_one_of_the_emotion_is_found():
    generator = torch.Generator().manual_seed(3)
    permuted, measured = profiles(generator, 60, 3, 6), profiles(generator, 8, 3, 6)
    assert float(peaks.peak_depths(measured.mean(0)).mean()) == 1.0
    measured[..., 1, 6] += 1
    depth, guard = peaks.above_permuted(measured, permuted, Draws(80, 60, 0))
    assert guard == ""
    assert (depth.estimate, depth.low, depth.high) == pytest.approx((0.7, 0.7, 0.7))
    assert depth.null_percentile > 95


def test_importance_that_permuted_labels_have_as_well_says_nothing():
    generator = torch.Generator().manual_seed(4)
    permuted = profiles(generator, 60, 3, 6)
    _, guard = peaks.above_permuted(permuted[:1].repeat(8, 1, 1, 1, 1) - 0.05, permuted, Draws(80, 60, 0))
    assert "not beyond the 95th" in guard


def test_permuted_directions_are_those_of_prompts_under_other_labels():
    states = torch.randn(4, 6, 2, 3, 8, generator=torch.Generator().manual_seed(5))
    found = list(peaks.permuted_directions(states, 3, seed=1))
    labels = label_sets(3, 4, 6, 1)[1:].reshape(3, 4, 6)
    centred = states - states.mean(1, keepdim=True)
    expected = torch.stack([centred[event, labels[2, event]] for event in range(4)]).mean(0)
    torch.testing.assert_close(found[2], unit(expected - expected.mean(0)), atol=1e-5, rtol=1e-4)


def test_directions_of_noise_pass_by_references_of_their_own_which_is_why_nothing_is_judged():
    """Whatever is added is read as it is: each direction lies along the reference made of it, and no permuted one does."""
    scenarios, layers = 8, 10
    states = torch.randn(scenarios, 6, 2, layers, 64, generator=torch.Generator().manual_seed(6))
    directions = unit(centroids(states))
    references = importance.references(directions)
    targets = torch.stack(list(references.values()))
    gradients = targets[:, :, None, None].expand(*targets.shape[:2], 2, layers, -1)
    by_prompt = importance.importances(gradients, directions, targets).expand(scenarios, *targets.shape[:2], 2, layers)
    measured = importance.Measured(by_prompt, gradients, gradients[:0])
    names = [f"s{number}" for number in range(scenarios)]
    row = peaks.contrast_row(measured, references, states, names, Draws(60, 60, 0))
    assert row["guard"] == peaks.SAME_DIRECTIONS
