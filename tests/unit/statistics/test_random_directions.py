"""Random directions depend on the seed alone, not on how they are asked for."""

import torch

from emotion_vectors.statistics.random_directions import gaussian, gaussian_sets


def test_the_same_seed_gives_the_same_numbers_in_any_shape():
    flat = gaussian((7 * 3 * 32,), 5)
    assert torch.equal(gaussian((7, 3, 32), 5), flat.reshape(7, 3, 32))
    assert torch.equal(gaussian((7, 1, 96), 5), flat.reshape(7, 1, 96))
    assert not torch.equal(gaussian((7, 3, 32), 6), flat.reshape(7, 3, 32))


def test_a_generator_goes_on_where_it_stood():
    generator = torch.Generator().manual_seed(2)
    first, second = gaussian((4, 16), generator), gaussian((4, 16), generator)
    assert torch.equal(first, gaussian((4, 16), 2))
    assert not torch.equal(first, second)


def test_directions_are_isotropic():
    drawn = gaussian((20_000, 8), 0, torch.float64)
    torch.testing.assert_close(drawn.T @ drawn / len(drawn), torch.eye(8, dtype=torch.float64), atol=0.04, rtol=0)


def test_sets_sum_to_zero():
    drawn = gaussian_sets(5, 6, 16, 1)
    assert drawn.shape == (5, 6, 16)
    torch.testing.assert_close(drawn.sum(1), torch.zeros(5, 16), atol=1e-5, rtol=0)
