"""What is taken from readouts, by hand."""

import torch

from emotion_vectors.engine import plain_readouts


def test_own_minus_others_takes_the_diagonal_and_the_mean_of_the_rest():
    changes = torch.tensor([[3.0, 0.0, 1.0], [2.0, 5.0, 4.0], [1.0, -1.0, -2.0]])
    torch.testing.assert_close(plain_readouts.own_minus_others(changes), torch.tensor([2.5, 2.0, -2.0]))
    stacked = torch.stack([changes, changes.T])
    torch.testing.assert_close(plain_readouts.own_minus_others(stacked)[0], torch.tensor([2.5, 2.0, -2.0]))
    torch.testing.assert_close(plain_readouts.own_minus_others(stacked)[1], torch.tensor([1.5, 5.5, -4.5]))
