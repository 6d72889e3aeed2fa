"""Scores of neurons and heads without silencing, against real silencing in every family."""

import pytest
import torch

from emotion_vectors.benchmarks import heads as head_benchmark
from emotion_vectors.circuits import scores as components
from emotion_vectors.engine import component_edits
from emotion_vectors.engine.component_edits import changing, silence
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.points import ATTENTION, HEADS, MLP, NEURONS, POINTS
from emotion_vectors.models.sublayers import mlp_input_norm, sublayer
from emotion_vectors.models.tokens import Encoded
from tests.interventions import falls_one_by_one

TEXTS = [Encoded([5, 9, 14, 3, 21, 8, 30, 11, 6, 17], 0), Encoded([7, 22, 31, 9, 2, 40, 12], 0)]
LAYER = 2


def states(model: LanguageModel, point: str):
    """Inputs of a projection and the stream after it at the last token: [text, inputs], [text, d_model]."""
    inputs, streams = [], []
    there = sublayer(model, LAYER, point).projection
    for text in TEXTS:
        handle = there.register_forward_pre_hook(lambda _module, given: inputs.append(given[0][0, -1]))
        streams.append(component_edits.read_last(model, torch.tensor([text.ids]))[0, POINTS.index(point), LAYER])
        handle.remove()
    return torch.stack(inputs).clone(), torch.stack(streams)


@pytest.mark.parametrize("as_coded", [False, True])
def test_falls_of_heads_are_those_of_real_silencing(any_model, as_coded):
    """Both readings: the stream itself, and behind the norm through which the MLP reads it (trap 6)."""
    direction = torch.randn(any_model.layers, any_model.width, generator=torch.Generator().manual_seed(0))
    inputs, stream = states(any_model, ATTENTION)
    reader = mlp_input_norm(any_model, LAYER) if as_coded else None
    with torch.no_grad():
        found = components.falls(sublayer(any_model, LAYER, ATTENTION), inputs, stream, reader) @ direction[LAYER]
    heads = [(LAYER, head) for head in range(4)]
    for row, text in enumerate(TEXTS):
        real = falls_one_by_one(any_model, text, heads, direction, as_coded=as_coded)
        torch.testing.assert_close(found[row], real, atol=2e-4, rtol=2e-3)


def test_contributions_are_drops_under_real_silencing_where_nothing_is_normalised(llama):
    """Sets of components as well as single ones: drops add up."""
    direction = torch.randn(1, llama.width, generator=torch.Generator().manual_seed(0))
    for kind, point, chosen in ((NEURONS, MLP, [3, 17, 40]), (HEADS, ATTENTION, [0, 2])):
        there = sublayer(llama, LAYER, point)
        inputs, stream = states(llama, point)
        each = components.contributions(inputs, there.writes(direction)[0], there.scale(inputs), there.parts)
        for row, text in enumerate(TEXTS):
            with changing(llama, silence(llama, kind, {LAYER: [chosen]})):
                changed = component_edits.read_last(llama, torch.tensor([text.ids]))[0, POINTS.index(point), LAYER]
            drop = (stream[row] - changed) @ direction[0]
            torch.testing.assert_close(each[row, chosen].sum(), drop, atol=1e-4, rtol=1e-3)


def test_head_scores_are_means_over_events_on_every_set_of_directions(llama):
    there = sublayer(llama, LAYER, ATTENTION)
    generator = torch.Generator().manual_seed(3)
    inputs = torch.randn(70, 2, there.projection.in_features, generator=generator)
    stream, directions = torch.randn(70, 2, llama.width, generator=generator), torch.randn(3, 2, llama.width)
    found = components.head_scores(there, inputs, stream, directions, mlp_input_norm(llama, LAYER))
    assert found.by_event.shape == (70, 2, 3, 4)
    torch.testing.assert_close(
        torch.einsum("ehd,sed->seh", found.mean_falls, directions),
        found.by_event.mean(0).transpose(0, 1),
        atol=1e-4,
        rtol=1e-3,
    )
    one = components.falls(there, inputs[69:, 1], stream[69:, 1], mlp_input_norm(llama, LAYER))[0] @ directions[2, 1]
    torch.testing.assert_close(found.by_event[69, 1, 2], one, atol=1e-5, rtol=1e-4)


def test_means_of_halves_use_the_directions_of_each():
    values = torch.arange(12.0).reshape(6, 2)
    means = components.means_of_halves(values, torch.tensor([0, 0, 1, 0, 0, 1]))
    assert means.tolist() == [(0 + 2 + 6 + 8) / 4, (5 + 11) / 2]


def test_share_of_the_top_counts_positive_scores_only():
    scores = torch.tensor([[4.0, -9.0, 3.0, 1.0], [-1.0, -2.0, -3.0, -4.0]])
    assert components.share_of_top(scores, 2).tolist() == [7 / 8, 0.0]
    assert components.share_of_top(scores, 9).tolist() == [1.0, 0.0]


def test_both_ways_of_scoring_heads_agree_and_their_ratio_is_defined(any_model):
    found = head_benchmark.measure(any_model, TEXTS)
    assert set(found["ratios"]) == set(head_benchmark.HEAD_RATIOS)
    assert max(found["largest_difference"].values()) < 1e-3
    assert found["passes"] == {"writing": 2, "silencing_all": 2 * (1 + 4 * any_model.layers)}
    assert found["sizes"]["heads_silenced"] == min(head_benchmark.COUNT, 4 * any_model.layers)


def test_heads_of_a_sample_are_spread_over_the_model(llama):
    assert head_benchmark.spread_heads(llama, 3) == [(0, 0), (2, 0), (3, 3)]
    assert len(set(head_benchmark.spread_heads(llama, 99))) == 16
