"""Made-up preferences: strengths, readings and gradients that follow planted directions, or nothing."""

from __future__ import annotations

import numpy as np
import torch

from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.preferences.association import AtMain
from emotion_vectors.preferences.evidence import JudgedPreferences
from emotion_vectors.preferences.measurements import Preferences
from emotion_vectors.preferences.tournament import schedule
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.function.activities import Activity

EMOTIONS = ["blissful", "hostile", *[f"emotion {number}" for number in range(14)]]
CATEGORIES = ("helpful", "neutral", "misaligned", "unsafe")
ACTIVITIES = [Activity(f"a{number}", CATEGORIES[number % 4], f"do {number}") for number in range(32)]
TOPICS, WIDTH, SETS, NORM = 8, 24, 120, 2.0
DRAWS = Draws(bootstraps=200, shuffles=120, seed=3)


def preferences(planted: bool = True, seed: int = 0) -> tuple[Preferences, np.ndarray]:
    """Preferences of known strengths, and these: states and gradients lie along the first axis in so far as something is planted."""
    draws = np.random.default_rng(seed)
    strengths = draws.normal(size=len(ACTIVITIES))
    pairs = schedule(len(ACTIVITIES), 14, seed=1).reshape(-1, 2)
    odds = strengths[pairs[:, 0]] - strengths[pairs[:, 1]] + 0.2 * draws.normal(size=len(pairs))
    states, gradients = draws.normal(size=(len(ACTIVITIES), 2, WIDTH)), 0.3 * draws.normal(size=(len(pairs), 2, WIDTH))
    if planted:
        states[:, 1, 0] += 4 * strengths
        gradients[..., 0] += 0.4
    made = Preferences(
        ACTIVITIES,
        pairs,
        odds,
        0.1 * draws.normal(size=len(pairs)),
        torch.from_numpy(gradients).float(),
        torch.from_numpy(states).float(),
        np.ones(20),
    )
    return made, strengths


def judged(planted: bool = True, seed: int = 0, guard: str = "") -> tuple[JudgedPreferences, np.ndarray]:
    """Preferences with directions of which that of bliss lies along the first axis, that of hostility against it, others in between.

    Returns:
        Both, and the share of the first axis in each emotion.
    """
    draws = np.random.default_rng(seed + 100)
    shares = np.array([3.0, -3.0, *np.linspace(-2, 2, len(EMOTIONS) - 2)])
    cells = draws.normal(size=(TOPICS, len(EMOTIONS), WIDTH))
    cells[..., 0] += shares
    shuffled = draws.normal(size=(SETS, len(EMOTIONS), WIDTH)) / np.sqrt(TOPICS)
    gaussian = draws.normal(size=(SETS, WIDTH))
    directions = StoryDirections(
        EMOTIONS, *(torch.from_numpy(values).float() for values in (cells, shuffled, gaussian)), NORM
    )
    made, _ = preferences(planted, seed)
    return JudgedPreferences(AtMain.of(made, 1, NORM), directions, DRAWS, guard), shares
