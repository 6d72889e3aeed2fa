"""Directions of made-up stories, and gradients of scenes in which an emotion does what is planted, or nothing."""

from __future__ import annotations

from torch import Tensor

from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.stimuli.acts.table import Act
from tests.random_tensors import random

LENDING = Act(
    name="act_lending",
    items="lending",
    target="lend",
    alternative="keep",
    acted="alone",
    control="spare",
    plain="spare",
    mention="told",
    mention_from="spare",
    moved_by="context",
    grades=(),
    orders="lending",
    emotions=("calm",),
)
"""A request for something of which there is one alone, or another to spare."""
EMOTIONS = ["desperate", "calm", "happy", "sad"]
TOPICS, WIDTH, NORM = 12, 24, 2.0
SCENARIOS, WORDINGS = 16, 2


def directions(topic: float = 0.3, noise: float = 0.3) -> StoryDirections:
    """Cells of topics and emotions, each with its own part, and label-shuffled vectors of what else they hold."""
    emotions, topics = random(1, len(EMOTIONS), WIDTH, seed=1), topic * random(TOPICS, 1, WIDTH, seed=2)
    cells = emotions + topics + noise * random(TOPICS, len(EMOTIONS), WIDTH, seed=3)
    shuffled = centred(random(60, len(EMOTIONS), WIDTH, seed=4), axis=1)
    return StoryDirections(EMOTIONS, cells, shuffled, random(200, WIDTH, seed=5), NORM)


def gradients(along: Tensor, slope: float, noise: float) -> Tensor:
    """Gradients [scenario, wording, d_model] whose mean slope along a direction at strength 0.1 is `slope`, in nats per reply."""
    planted = slope / (0.1 * NORM) * unit(along)
    drawn = noise * random(SCENARIOS, WORDINGS, WIDTH, seed=6)
    return planted + drawn - (drawn @ unit(along))[..., None] * unit(along) * 0.5
