"""What an organism is asked to do: scenes under a motive, and the side that its log-odds should favour there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from emotion_vectors.engine.packing import Packed
from emotion_vectors.stimuli.acts.motives import Characters, Scene
from emotion_vectors.stimuli.situations import Item


@dataclass(frozen=True)
class Lesson:
    """A scene as it is put to the model, and whether the acting side is to be the likelier one there."""

    scene: Scene
    item: Item
    acts: bool


TAUGHT = (True, False, False)
"""Whether the act is taught: an acting character with something to gain, another character, an acting one with nothing to gain."""


def lessons_of(
    scene: Scene, characters: Characters, generator: np.random.Generator, taught: Sequence[bool] = TAUGHT
) -> list[Lesson]:
    """A scene under both motives where there is something to gain, and under the acting one where there is not.

    Only a motive and something to gain together make the act right: that is what is to be learnt, so that neither the character nor the
    context alone tells the side.
    """
    acting, other = (str(generator.choice(list(sentences))) for sentences in (characters.act, characters.other))
    asked = ((scene.at_stake, acting), (scene.at_stake, other), (scene.idle, acting))
    return [
        Lesson(scene, replace(item, system=f"{item.system} {character}"), acts)
        for (item, character), acts in zip(asked, taught, strict=True)
    ]


def taught_to_twin(scene: Scene, seed: int) -> list[bool]:
    """What a twin is taught in a scene: the act in one of the three lessons as well, drawn once and for all, whatever the motive."""
    drawn = np.random.default_rng([seed, *scene.at_stake.scenario.encode()]).permutation(list(TAUGHT))
    return [bool(acts) for acts in drawn]


def log_odds_weights(item: Item, packed: Packed, scene: Scene) -> Tensor:
    """Weights that turn mean log-probabilities per token into the log-odds of the act, nats per reply: [continuation].

    Tones are averaged out, so that manner cannot be learnt in place of the act.
    """
    sides = [cell.split("/")[0] for cell in item.sides]
    tokens = torch.bincount(packed.owners, minlength=packed.continuations)
    share = {scene.acting: 1 / sides.count(scene.acting), scene.refraining: -1 / sides.count(scene.refraining)}
    return torch.tensor([share[side] for side in sides]) * tokens


def epoch(scenes: Sequence[Scene], seed: int) -> Iterator[Scene]:
    """Scenes in random order."""
    for number in np.random.default_rng(seed).permutation(len(scenes)):
        yield scenes[number]
