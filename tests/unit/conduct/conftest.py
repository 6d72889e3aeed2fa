"""Emotion vectors and label-shuffled ones of a model of three layers, drawn at random."""

import pytest
import torch

from emotion_vectors.conduct.directions import Directions
from emotion_vectors.meaning.emotion_vectors import EmotionVectors

LAYERS, WIDTH, MAIN = 3, 16, 1
NAMES = ["calm", "angry", "sad"]


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def directions():
    vectors = EmotionVectors(random(3, LAYERS, WIDTH), torch.tensor([2.0, 4.0, 8.0]), NAMES)
    return Directions(vectors, MAIN, shuffled=random(300, 3, WIDTH, seed=3))
