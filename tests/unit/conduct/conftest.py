"""Emotion vectors and label-shuffled ones of a model of three layers, drawn at random."""

import pytest
import torch

from emotion_vectors.conduct.directions import Directions
from emotion_vectors.vectors.emotion_vectors import EmotionVectors
from tests.random_tensors import random

LAYERS, WIDTH, MAIN = 3, 16, 1
NAMES = ["calm", "angry", "sad"]


@pytest.fixture
def directions():
    vectors = EmotionVectors(random(3, LAYERS, WIDTH), torch.tensor([2.0, 4.0, 8.0]), NAMES)
    return Directions(vectors, MAIN, shuffled=random(300, 3, WIDTH, seed=3))
