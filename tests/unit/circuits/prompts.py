"""Made-up prompt states for tests of directions and of their separation."""

from dataclasses import dataclass

import torch

from emotion_vectors.stimuli.events import EMOTIONS, VALENCES
from tests.random_tensors import random

NAMES = list(EMOTIONS)
LAYERS, WIDTH, SCENARIOS = 5, 24, 8


@dataclass(frozen=True)
class Prompts:
    """States of prompts in memory."""

    events: list[str]
    scenarios: list[str]
    residual: torch.Tensor
    neurons: torch.Tensor
    heads: torch.Tensor


def make_states(signal=1.0, scenarios=SCENARIOS, seed=0, prefix="s", emotions_seed=99):
    """Prompts with an emotion of their own, a large scene that all six share, and noise; there is no emotion at layers 0 and 1."""
    events = scenarios * 3
    emotion = signal * random(6, 2, LAYERS, WIDTH, seed=emotions_seed)
    emotion[:, :, :2] = 0
    scene = 20 * random(events, 1, 2, LAYERS, WIDTH, seed=seed)
    names = [f"{prefix}{number}" for number in range(scenarios) for _ in VALENCES]
    return Prompts(
        events=[f"{name}-{VALENCES[row % 3]}" for row, name in enumerate(names)],
        scenarios=names,
        residual=scene + emotion + random(events, 6, 2, LAYERS, WIDTH, seed=seed + 1),
        neurons=random(events, 6, LAYERS, 7, seed=seed + 2),
        heads=random(events, 6, LAYERS, 9, seed=seed + 3),
    )
