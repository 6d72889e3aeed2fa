"""Curves of silenced and driven components against plain loops, and the evidence made of them."""

import numpy as np
import pytest
import torch

from emotion_vectors.silencing import actions, handful
from emotion_vectors.silencing import curves as component_curves
from emotion_vectors.silencing.actions import DRIVEN, RANDOM_COMPONENTS, SILENCED, TOP
from emotion_vectors.statistics.resampling import Draws

EVENTS, EMOTIONS, LAYERS, PARTS, SIZE = 12, 3, 2, 5, 2
SCENARIOS = [f"s{event // 2}" for event in range(EVENTS)]
HALF = torch.tensor([event // 2 % 2 for event in range(EVENTS)])
COUNTS = [0, 1, 2, 4, 5]


@pytest.fixture
def layer():
    generator = torch.Generator().manual_seed(0)
    return {
        "inputs": torch.randn(EVENTS, EMOTIONS, PARTS * SIZE, generator=generator),
        "scales": 1 + torch.rand(EVENTS, EMOTIONS, generator=generator),
        "scores": torch.randn(2, EMOTIONS, PARTS, generator=generator),
        "writes": torch.randn(2, EMOTIONS, PARTS * SIZE, generator=generator),
    }


def test_numbers_of_components_are_powers_of_two_up_to_all():
    assert actions.ladder(9) == [0, 1, 2, 4, 8, 9]
    assert actions.ladder(8) == [0, 1, 2, 4, 8]


def test_curves_of_a_layer_are_what_their_definition_says(layer):
    found = component_curves.layer_curves(**layer, half=HALF, counts=COUNTS)
    for event in range(EVENTS):
        chooser = 1 - int(HALF[event])
        for emotion in range(EMOTIONS):
            order = np.argsort(-layer["scores"][chooser, emotion].numpy(), kind="stable")
            inputs = layer["inputs"][event]
            given = {"silenced": inputs[emotion], "enhanced": inputs[emotion] - inputs.mean(0)}
            for name, values in given.items():
                written = values * layer["writes"][chooser, emotion] / layer["scales"][event, emotion]
                parts = [float(written[part * SIZE : (part + 1) * SIZE].sum()) for part in range(PARTS)]
                expected = [sum(parts[part] for part in order[:count]) for count in COUNTS]
                curve = getattr(found, name)[event, emotion]
                np.testing.assert_allclose(curve.numpy(), expected, atol=1e-5)
                mean = getattr(found, f"{name}_mean")[event, emotion]
                assert float(mean) == pytest.approx(np.mean(parts), abs=1e-5)


def make(layer, **changes):
    layers = [component_curves.layer_curves(**(layer | changes), half=HALF, counts=COUNTS)] * LAYERS
    return component_curves.gather("neurons", COUNTS, layers, torch.tensor([1.0, 2.0]), SCENARIOS)


def test_means_over_prompts_follow_the_scenarios_drawn(layer):
    curves = make(layer)
    raw = component_curves.layer_curves(**layer, half=HALF, counts=COUNTS)
    draws = np.array([[1, 1, 1, 1, 1, 1], [0, 3, 0, 1, 2, 0]], dtype=float)
    rows = [row for row in range(EVENTS) for _ in range(int(draws[1, row // 2]))]
    found = curves.means(draws)
    np.testing.assert_allclose(found[SILENCED, TOP][0, :, 0], raw.silenced.mean(0).numpy(), atol=1e-5)
    np.testing.assert_allclose(found[DRIVEN, TOP][1, :, 1], raw.enhanced[rows].mean(0).numpy() / 2, atol=1e-5)
    expected = raw.silenced_mean[rows].mean(0)[:, None].numpy() * np.array(COUNTS) / 2
    np.testing.assert_allclose(found[SILENCED, RANDOM_COMPONENTS][1, :, 1], expected, atol=1e-5)


def test_random_components_drop_their_share_in_the_mean(layer):
    curves = make(layer)
    drops = component_curves.random_drops(curves, 2, 2000, 0).mean(1)
    np.testing.assert_allclose(drops.mean(0), 2 * curves.by_part.mean(-1).mean(0), atol=0.1)
    everything = component_curves.random_drops(curves, PARTS, 3, 0).mean(1)
    np.testing.assert_allclose(everything, np.broadcast_to(curves.by_part.sum(-1).mean(0), everything.shape), atol=1e-6)


def planted(strong: int) -> component_curves.Curves:
    """Forty neurons in each of 16 layers, of which a few write far more than the others; both halves rank them rightly."""
    generator, counts = torch.Generator().manual_seed(1), actions.ladder(40)
    scores = torch.zeros(2, EMOTIONS, 40)
    scores[..., :strong] = 1.0
    layers = []
    for _ in range(16):
        inputs = 0.1 * torch.randn(EVENTS, EMOTIONS, 40, generator=generator)
        inputs[..., :strong] += 3.0
        ones = torch.ones(EVENTS, EMOTIONS)
        layers.append(component_curves.layer_curves(inputs, ones, scores, torch.ones(2, EMOTIONS, 40), HALF, counts))
    return component_curves.gather("neurons", counts, layers, torch.ones(16), SCENARIOS)


def four_top(curves):
    return handful.handful(curves, component_curves.random_drops(curves, 4, 400, 1), Draws(200, 400, 0))


def test_a_planted_handful_is_found_and_random_components_do_little():
    found = four_top(planted(3))
    assert found["share"].estimate > 0.8
    assert found["share"].low > 0.75
    assert found["minus random"].estimate == pytest.approx(found["share"].estimate * 0.9, abs=0.05)
    assert found["random over top"].estimate == pytest.approx(0.1, abs=0.03)
    assert found["random over top"].null_percentile > 95
    assert found["random over top"].reference == 1.0


def test_where_all_components_write_alike_the_top_ones_are_no_better_than_random():
    found = four_top(planted(0))
    assert found["minus random"].null_percentile < 95
    everything = four_top(planted(40))
    assert everything["share"].estimate == pytest.approx(0.1, abs=0.01)


def test_ten_heads_that_hold_everything_are_told_from_random_directions():
    generator = torch.Generator().manual_seed(4)
    by_event = 0.01 * torch.rand(EVENTS, EMOTIONS, 6, 8, generator=generator)
    by_event[:, :, 3] += 1.0
    falls = torch.randn(EMOTIONS, 6, 8, 16, generator=generator)
    found = handful.ten_heads(by_event, SCENARIOS, falls, Draws(100, 200, 0))
    assert found.estimate > 0.9
    assert found.null_percentile == 100
    assert 10 / 48 < found.null_95 < 0.9


def test_tables_hold_every_curve_once(layer):
    curves = make(layer)
    emotions = ["anger", "fear", "disgust"]
    table = handful.curve_table(curves, emotions, Draws(50, 50, 0))
    assert len(table) == 2 * 2 * 4 * len(COUNTS)
    assert not table.duplicated(["kind", "action", "choice", "emotion", "components"]).any()
    by_layer = handful.layer_table(curves, emotions)
    assert len(by_layer) == 2 * 2 * EMOTIONS * LAYERS * len(COUNTS)
    one = by_layer.query(
        "emotion == 'fear' and layer == 1 and components == 4 and action == 'silenced' and choice == 'top'"
    )
    assert float(one["change_norm_fraction"].iloc[0]) == pytest.approx(curves.means()[SILENCED, TOP][0, 1, 1, 3])


def test_drops_on_prompts_for_other_emotions_are_means_over_those(layer):
    found = component_curves.layer_curves(**layer, half=HALF, counts=COUNTS)
    few = actions.FEW
    for event, emotion in ((0, 0), (3, 2)):
        chooser = 1 - int(HALF[event])
        chosen = layer["scores"][chooser, emotion].argsort(descending=True)[:few].tolist()
        drops = []
        for other in set(range(EMOTIONS)) - {emotion}:
            written = layer["inputs"][event, other] * layer["writes"][chooser, emotion] / layer["scales"][event, other]
            drops.append(float(written.reshape(PARTS, SIZE)[chosen].sum()))
        assert float(found.elsewhere[event, emotion]) == pytest.approx(np.mean(drops), abs=1e-5)


def test_components_that_write_on_every_prompt_are_told_from_those_of_one_emotion():
    """Planted ones write alike for all emotions: the drop elsewhere is the drop at home, and random signs are not hidden."""
    curves = planted(3)
    here = four_top(curves)["share"].estimate
    assert handful.share_elsewhere(curves) == pytest.approx(here, abs=0.02)
    assert handful.size_over_top(curves, component_curves.random_drops(curves, 4, 400, 1)) == pytest.approx(
        0.1, abs=0.04
    )


def test_sizes_of_random_drops_do_not_cancel():
    """Two heads that write one against the other: nothing in the mean, much at each draw."""
    scores, counts = torch.zeros(2, EMOTIONS, 8), actions.ladder(8)
    scores[..., :4] = 1.0
    inputs = torch.cat([torch.ones(4), -torch.ones(4)]).expand(EVENTS, EMOTIONS, 8)
    ones = torch.ones(EVENTS, EMOTIONS)
    layer = component_curves.layer_curves(inputs, ones, scores, torch.ones(2, EMOTIONS, 8), HALF, counts)
    curves = component_curves.gather("heads", counts, [layer], torch.ones(1), SCENARIOS)
    np.testing.assert_allclose(curves.means()[SILENCED, RANDOM_COMPONENTS], 0, atol=1e-6)
    sizes = handful.size_over_top(curves, component_curves.random_drops(curves, 4, 4000, 1))
    # Of 70 choices of four, 2 drop or raise by four and 32 by two, where the top ones drop by four.
    assert sizes == pytest.approx((2 * 4 + 32 * 2) / 70 / 4, abs=0.02)


def test_falls_along_one_direction_are_not_concentrated_along_another():
    falls = torch.zeros(2, 3, 8, 4)
    falls[0, 0, 0, 0] = falls[1, 2, 5, 1] = 5.0
    falls[..., 2] = 1.0
    directions = torch.zeros(2, 3, 4)
    directions[0, :, 0], directions[1, :, 1] = 1.0, 1.0
    directions[..., 2] = 0.1
    crossed = handful.share_of_other_directions(falls, directions)
    assert crossed == pytest.approx(10 / 24, abs=1e-6)
