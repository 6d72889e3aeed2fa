"""Whether readings of emotion vectors tell the sides of an organism's training scenes apart, on the model before it is tuned.

Motive is to decide conduct, and no emotion: where an emotion is read higher under one motive than under the other, by more than
label-shuffled vectors are, what is learnt may be about that emotion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.conduct.gates import Gate
from emotion_vectors.engine import prompts
from emotion_vectors.engine.capture import at_last_token
from emotion_vectors.organisms.motives import lessons_of
from emotion_vectors.statistics.algebra import unit

if TYPE_CHECKING:
    from emotion_vectors.acts.sensitivity import GateDraws
    from emotion_vectors.conduct.directions import Directions
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.acts.motives import Characters, Scene
    from emotion_vectors.stimuli.acts.table import Act

Array = NDArray[np.float64]
PROBE = "probe"
"""Name of the readout in tables of gates."""
MOTIVES, STAKES = "motives", "contexts"
"""Sides that are compared: the acting character and the other; something to gain and nothing, under the acting character."""


def differences(
    model: LanguageModel, scenes: Sequence[Scene], characters: Characters, layer: int, budget: int, seed: int
) -> dict[str, Tensor]:
    """Residual stream before the reply, one side minus the other: motives and stakes -> [scene, d_model].

    Args:
        characters: those of the training, of which every scene is given one of each kind, as in training.
    """
    generator = np.random.default_rng(seed)
    items = [lesson.item for scene in scenes for lesson in lessons_of(scene, characters, generator)]
    states = at_last_token(model, [prompts.prompt_of(model, item) for item in items], budget)[:, layer]
    acting, other, idle = states.reshape(len(scenes), 3, -1).unbind(1)
    return {MOTIVES: acting - other, STAKES: acting - idle}


def most_apart(sides: Tensor, vectors: Tensor, shuffled: Tensor) -> tuple[int, Array]:
    """The emotion whose reading tells two sides apart most, against the one that does so in each label-shuffled set.

    Args:
        sides: [scene, d_model], one side minus the other; vectors: [emotion, d_model]; shuffled: [set, emotion, d_model].
    Returns:
        Number of the emotion, and its difference in every scene, turned to the side of its mean and in multiples of what 95 % of the
        shuffled sets stay below: [scene].
    """
    mean, units = sides.mean(0), unit(vectors)
    threshold = torch.quantile((unit(shuffled) @ mean).abs().amax(1), 0.95)
    readings = units @ mean
    emotion = int(readings.abs().argmax())
    values: Array = (sides @ units[emotion] * readings[emotion].sign() / threshold).double().numpy()
    return emotion, values


def gates(kind: str, sides: Mapping[str, Tensor], known: Directions, draws: GateDraws) -> list[Gate]:
    """What was read on the scenes of a kind; motives must not differ, contexts, which say what happens, are shown and close nothing."""
    rows = []
    for name, of_sides in sides.items():
        emotion, values = most_apart(of_sides, known.emotions[:, known.main], known.shuffled)
        quantity = f"difference between {name} in the reading of {known.names[emotion]}, the largest one, multiples of the null"
        value, low, high = draws.mean(values)
        limit, passed = ("at most 1", value <= 1) if name == MOTIVES else ("none", True)
        rows.append(Gate(kind, PROBE, quantity, value, low, high, len(values), "scenes", limit, passed))
    return rows


def of_acts(probed: pd.DataFrame, acts: Mapping[str, Act]) -> pd.DataFrame:
    """Gates of kinds of scenes as gates of the acts that they train: those whose items or orders bear the name of the kind."""
    rows = [
        gate | {"behaviour": name}
        for name, act in acts.items()
        for gate in probed.to_dict("records")
        if gate["behaviour"] in (act.items, act.orders)
    ]
    return pd.DataFrame(rows, columns=list(probed.columns))
