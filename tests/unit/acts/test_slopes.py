"""Slopes of acts: what is planted along a vector is found, what is not is not, and each null is made as it says."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from emotion_vectors.acts import slopes
from emotion_vectors.acts.slopes import Resamples, act_effect, along, spread
from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.vectors.story_cells import semantic
from tests.random_tensors import random
from tests.unit.acts.planted import EMOTIONS, NORM, SCENARIOS, TOPICS, WIDTH, WORDINGS, directions, gradients


@pytest.fixture(scope="module")
def stories():
    return directions()


@pytest.fixture(scope="module")
def resamples():
    return Resamples.draw(SCENARIOS, WORDINGS, TOPICS, 400, seed=1)


def test_a_slope_is_the_product_of_gradient_and_unit_vector_at_a_tenth_of_the_norm():
    gradient, direction = random(WIDTH, seed=7), random(WIDTH, seed=8)
    by_hand = 0.1 * NORM * float(gradient.double() @ direction.double() / direction.double().norm())
    assert along(gradient, 5 * direction[None], NORM)[0] == pytest.approx(by_hand, rel=1e-6)


def test_a_planted_slope_is_found_beyond_all_three_nulls(stories, resamples):
    planted = gradients(stories.direction(["desperate"]), slope=0.5, noise=0.2)
    found = act_effect(planted, stories, ["desperate"], resamples)
    assert found.effect.low > 0.25
    assert found.effect.n == SCENARIOS
    assert min(found.percentiles.values()) > 95
    assert found.effect.null_percentile == min(found.percentiles.values())


def test_a_slope_the_other_way_has_the_other_sign_and_the_same_place(stories, resamples):
    direction = stories.direction(["desperate"])
    there, back = (
        act_effect(sign * gradients(direction, 0.5, 0.2), stories, ["desperate"], resamples) for sign in (1, -1)
    )
    assert there.effect.estimate == pytest.approx(-back.effect.estimate)
    assert there.percentiles == back.percentiles


def test_noise_lies_inside_the_nulls(stories, resamples):
    drawn = (random(SCENARIOS, WORDINGS, WIDTH, seed=seed) for seed in range(20, 80))
    percentiles = [act_effect(of, stories, ["desperate"], resamples).effect.null_percentile for of in drawn]
    assert np.mean(np.array(percentiles) < 95) >= 0.9


def test_a_topic_that_moves_the_readout_as_much_keeps_an_emotion_inside_the_semantic_null(resamples):
    stories = directions(topic=3.0)
    topic = stories.cells.mean(1)[0] - stories.cells.mean(1)[1]
    gradient = gradients(stories.direction(["calm"]), 0.2, 0.0) + gradients(topic, 2.0, 0.0)
    percentiles = act_effect(gradient, stories, ["calm"], resamples).percentiles
    assert percentiles[slopes.SEMANTIC] < 95


def test_the_interval_is_wider_where_topics_disagree_about_the_vector(resamples):
    widths = []
    for noise in (0.05, 2.0):
        stories = directions(noise=noise)
        effect = act_effect(gradients(stories.direction(["sad"]), 0.5, 0.0), stories, ["sad"], resamples).effect
        widths.append(effect.high - effect.low)
    assert widths[1] > 3 * widths[0]


def test_a_sum_of_emotions_is_held_against_sums_of_shuffled_vectors(stories):
    nulls = stories.nulls(["happy", "sad"])
    torch.testing.assert_close(nulls[SHUFFLED], stories.shuffled[:, 2] + stories.shuffled[:, 3])
    torch.testing.assert_close(stories.direction(["happy", "sad"]), stories.by_topic(["happy", "sad"]).mean(0))
    assert len(nulls[GAUSSIAN]) == 200


def test_semantic_directions_are_topics_and_contrasts_between_them_without_emotion(stories):
    null = semantic(stories.cells)
    assert null.shape == (TOPICS + TOPICS * (TOPICS - 1) // 2, WIDTH)
    shifted = stories.cells + random(1, len(EMOTIONS), WIDTH, seed=9)
    torch.testing.assert_close(semantic(shifted), null, atol=1e-5, rtol=1e-4)


def test_emotions_spread_more_than_shuffled_ones_only_where_they_move_the_readout(stories, resamples):
    planted = sum(gradients(stories.direction([emotion]), sign, 0.1) for emotion, sign in (("happy", 1), ("sad", -1)))
    found, nothing = (spread(of, stories, resamples) for of in (planted, random(SCENARIOS, WORDINGS, WIDTH, seed=31)))
    assert found.estimate > 1.5
    assert found.null_percentile > 95
    assert nothing.null_percentile < 95


def test_topics_in_another_order_spread_no_less(stories, resamples):
    """A contrast of two topics stands either way round as they are listed; with two kinds of topics, most stand one way."""
    kinds = torch.tensor([1.0] * 8 + [-1.0] * (TOPICS - 8))[:, None, None] * random(1, 1, WIDTH, seed=40)
    told = replace(stories, cells=stories.cells + kinds)
    turned = replace(told, cells=told.cells.flip(0))
    mixed = replace(told, cells=told.cells[torch.randperm(TOPICS, generator=torch.Generator().manual_seed(1))])
    gradient = gradients(kinds[0, 0], 1.0, 0.3)
    first, *others = (spread(gradient, of, resamples).estimate for of in (told, turned, mixed))
    assert others == pytest.approx([first, first], rel=1e-4)


def test_resamples_weigh_every_scenario_and_topic_as_much_on_average(resamples):
    for weights in (resamples.replies, resamples.topics):
        torch.testing.assert_close(weights.sum(1), torch.ones(400))
        torch.testing.assert_close(
            weights.mean(0), torch.full((weights.shape[1],), 1 / weights.shape[1]), atol=0.02, rtol=0
        )
