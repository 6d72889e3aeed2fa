"""Vectors at one layer of the tiny model."""

import pytest

from emotion_vectors.exports.vector_set import Rows
from tests.random_tensors import random


@pytest.fixture
def rows(llama) -> Rows:
    return Rows(["calm", "angry"], layer=2, values=random(2, llama.width), norm=6.0)
