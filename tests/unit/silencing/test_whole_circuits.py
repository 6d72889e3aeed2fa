"""Whole circuits silenced: states against plain hooks, random circuits of the same make, and a planted effect."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.silencing import whole_circuits
from emotion_vectors.statistics.resampling import Draws

DRAWS = Draws(bootstraps=200, shuffles=300, seed=0)
TEXT = Encoded([5, 9, 14, 3, 21, 8, 30, 11, 6, 17], 0)
CIRCUIT = {
    str(layer): {NEURONS: [layer, 10, 30 + layer], HEADS: [layer % 4] if layer != 1 else []} for layer in range(4)
}


@torch.no_grad()
def by_hand(model, layer, kind, parts, reference_states):
    handles = []
    for place, chosen in parts.items():
        writer = model.attention_output(place) if kind == HEADS else model.mlp_output(place)
        size = writer.in_features // 4 if kind == HEADS else 1
        columns = [part * size + column for part in chosen for column in range(size)]

        def zero(_module, inputs, columns=columns):
            changed = inputs[0].clone()
            changed[..., columns] = 0
            return (changed,)

        handles.append(writer.register_forward_pre_hook(zero))
    state = reference_states(model, TEXT.ids)[layer, -1]
    for handle in handles:
        handle.remove()
    return state


def test_states_are_those_with_hooks_on_every_projection(any_model, reference_states):
    layer, generator = 2, torch.Generator().manual_seed(0)
    chosen = whole_circuits.conditions(CIRCUIT, any_model, layer, generator)
    hooks = [dict(block._forward_hooks) for block in any_model.blocks]
    for budget in (10, 1000):
        found = whole_circuits.last_states(any_model, TEXT, layer, list(chosen.values()), budget)
        assert [dict(block._forward_hooks) for block in any_model.blocks] == hooks
        for state, (kind, parts) in zip(found, chosen.values(), strict=True):
            expected = by_hand(any_model, layer, kind, parts, reference_states)
            torch.testing.assert_close(state, expected, atol=1e-4, rtol=1e-3)


def test_random_circuits_have_as_many_parts_of_every_layer_and_none_above(llama):
    chosen = whole_circuits.conditions(CIRCUIT, llama, 2, torch.Generator().manual_seed(0))
    assert chosen[NEURONS, "circuit"] == (NEURONS, {layer: [layer, 10, 30 + layer] for layer in range(3)})
    for kind in (NEURONS, HEADS):
        own, random = chosen[kind, "circuit"][1], chosen[kind, "random"][1]
        assert {layer: len(set(parts)) for layer, parts in random.items()} == {
            layer: len(parts) for layer, parts in own.items()
        }
        assert own != random


def test_a_fall_is_a_share_of_the_untouched_projection():
    generator = np.random.default_rng(0)
    projections = generator.normal(-4, 0.1, size=(12, 6))
    random = generator.normal(0, 0.1, size=(12, 6))
    found = whole_circuits.fall_effect(random + 1.0, random, projections, DRAWS)
    assert found.estimate == pytest.approx(0.25, rel=0.02)
    assert found.low < found.estimate < found.high
    # Six emotions have 64 ways to exchange their circuits: the true one and its mirror are ties, which nothing exceeds.
    assert found.null_percentile == pytest.approx(100 * (1 - 2 / 64))
    nothing = whole_circuits.fall_effect(random, random[::-1], projections, DRAWS)
    assert nothing.null_percentile < 95
    assert nothing.low < 0 < nothing.high


def falls_table(projection: float) -> pd.DataFrame:
    """One emotion with a projection of its own, five others of 2; circuits lower every projection by 1, random ones by nothing."""
    rows = [
        {
            "event": event,
            "emotion": emotion,
            "kind": "neurons",
            "choice": choice,
            "fall": float(choice == "circuit"),
            "fall_of_others": 0.5 * (choice == "circuit"),
            "projection": projection if emotion == 0 else 2.0,
        }
        for event in range(8)
        for emotion in range(6)
        for choice in ("circuit", "random")
    ]
    return pd.DataFrame(rows)


def test_a_share_is_not_judged_where_a_projection_lies_on_the_far_side():
    sound = whole_circuits.silencing_evidence(falls_table(2.0), "neurons", DRAWS)
    assert sound["guard"] == ""
    assert sound["estimate"] == pytest.approx(0.5)
    assert sound["beside"].startswith(
        "ratio of sums 0.50, of the vectors of the other emotions 0.25; single emotions 0.50 to 0.50"
    )
    unsound = whole_circuits.silencing_evidence(falls_table(-0.1), "neurons", DRAWS)
    assert "1 of 6 emotions" in unsound["guard"]
    assert unsound["estimate"] > 1
