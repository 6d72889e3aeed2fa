"""Vectors of crossed labels: differences of means on a balanced grid, and free of each other on any."""

import numpy as np
import pytest

from emotion_vectors.context.crossed import Labelled, permuted_within

WIDTH = 7


def grid(first: int, second: int, generator, *, diagonal: bool = True, repeats: int = 2):
    """Labels of a grid, and what each label adds, sums zero over its levels."""
    cells = [(a, b) for a in range(first) for b in range(second) if diagonal or a != b]
    labels = np.array([cell for cell in cells for _ in range(repeats)]).T
    half = np.array([number % 2 for _ in cells for number in range(repeats)])
    added = [generator.normal(size=(levels, WIDTH)) for levels in (first, second)]
    return labels, half, [vectors - vectors.mean(0) for vectors in added]


def labelled(labels, half, added, noise=0.0, generator=None):
    states = 5.0 + sum(vectors[numbers] for vectors, numbers in zip(added, labels, strict=True))
    if noise:
        states = states + noise * generator.normal(size=states.shape)
    return Labelled(states, labels, half, np.arange(len(states)))


def test_on_a_balanced_grid_vectors_are_differences_of_means():
    generator = np.random.default_rng(0)
    states = labelled(*grid(4, 3, generator), noise=1.0, generator=generator)
    for side in (0, 1):
        rows = states.half == side
        whole = states.states[rows].mean(0)
        _, added = states.added(side)
        for label, vectors in enumerate(added):
            for level, vector in enumerate(vectors):
                mean = states.states[rows][states.labels[label, rows] == level].mean(0)
                np.testing.assert_allclose(vector, mean - whole, atol=1e-9)


@pytest.mark.parametrize("drawn", [False, True])
def test_without_a_diagonal_or_with_dialogues_drawn_anew_labels_stay_apart(drawn):
    generator = np.random.default_rng(1)
    labels, half, added = grid(8, 8, generator, diagonal=False, repeats=6)
    states = labelled(labels, half, added)
    times = states.drawn(generator) if drawn else None
    for first, second in states.of_halves(times):
        np.testing.assert_allclose(first, added[0], atol=1e-9)
        np.testing.assert_allclose(second, added[1], atol=1e-9)
    means = np.stack([states.states[labels[0] == level].mean(0) for level in range(8)])
    assert np.abs(means - means.mean(0) - added[0]).max() > 0.05


def test_dialogues_are_drawn_within_halves_with_all_their_states():
    states = Labelled(np.zeros((8, 2)), np.zeros((1, 8), int), np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.arange(8) // 2)
    times = states.drawn(np.random.default_rng(3))
    assert times[:4].sum() == times[4:].sum() == 4
    assert (times[0::2] == times[1::2]).all()


def test_planted_labels_are_named_in_the_other_half_and_absent_ones_are_not():
    generator = np.random.default_rng(2)
    labels, half, added = grid(6, 6, generator, repeats=4)
    states = labelled(labels, half, [added[0], 0 * added[1]], noise=0.3, generator=generator)
    assert states.hits(0).mean() > 0.95
    assert states.hits(1).mean() < 0.35


def test_a_label_is_named_although_another_one_adds_more():
    generator = np.random.default_rng(4)
    labels, half, added = grid(5, 5, generator, repeats=4)
    states = labelled(labels, half, [added[0], 20 * added[1]], noise=0.1, generator=generator)
    assert states.hits(0).mean() > 0.95


def test_permuted_items_stay_in_their_group():
    groups = np.array([0, 1, 0, 1, 2, 0, 1])
    order = permuted_within(groups, np.random.default_rng(0))
    assert sorted(order) == [*range(7)]
    assert (groups[order] == groups).all()
    assert {tuple(permuted_within(groups, np.random.default_rng(seed))) for seed in range(20)} != {tuple(order)}
