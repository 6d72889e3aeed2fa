"""The arms of Wang et al.: an emotion asked for, steered, or driven through its circuit, beside controls (steps 4 and 12).

Prompting names the emotion in the system prompt and adds nothing. All other arms answer the prompt that names none:

- `unsteered`: nothing is added;
- `steering`: their directions after every block of the band, `stories`: the vectors of Sofroniew et al., `random`: random directions;
- `circuit`: difference vectors in the neurons and heads of the emotion's circuit, `circuit_last`: the same with heads, too, at the last
  position of each pass alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from emotion_vectors.engine.component_edits import mask
from emotion_vectors.engine.driven_replies import STREAM, Push
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.layers import like_blocks
from emotion_vectors.models.sublayers import HEADS, NEURONS
from emotion_vectors.replies.transcripts import UNSTEERED, Condition
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.random_directions import gaussian
from emotion_vectors.stimuli.events import EMOTIONS

PROMPTING, STEERING, STORIES, RANDOM = "prompting", "steering", "stories", "random"
CIRCUIT, CIRCUIT_LAST = "circuit", "circuit_last"
ARMS = (PROMPTING, UNSTEERED.kind, STEERING, STORIES, RANDOM, CIRCUIT, CIRCUIT_LAST)

DOSE = 8 / 3072**0.5
"""Dose of the original in every layer of the band, 0.144 of the residual norm: 8 root mean squares of a stream of 3,072 numbers."""
BAND, OF = (12, 21), 28
"""First and last block that they steer, counted from 1, and the blocks of their model."""
FULL, LADDER = 1.0, (0.5, 1.5)
"""Multiples of the difference vectors in a circuit: that of the original, and those that are tried on a few scenarios."""

Circuits = Mapping[str, Mapping[str, Mapping[str, list[int]]]]
"""Emotion -> layer -> kind -> components, as `assembly.circuits` has them."""


@dataclass(frozen=True)
class Directions:
    """What is added after the blocks, unit length: [emotion, layer, d_model], and [direction, layer, d_model] of the random ones.

    norms: [layer], mean residual norm at the last token of a prompt.
    """

    steering: Tensor
    stories: Tensor
    random: Tensor
    norms: Tensor


@dataclass(frozen=True)
class Differences:
    """What is added in neurons [emotion, layer, d_ff] and heads [emotion, layer, heads * head_dim], not normalised (step 8)."""

    neurons: Tensor
    heads: Tensor


def band(layers: int) -> list[int]:
    """Layers at the depths that the original steers: 11 to 20 of 28."""
    return like_blocks(layers, *BAND, OF)


def random_directions(count: int, layers: int, width: int, seed: int) -> Tensor:
    """Isotropic unit directions, independent at every layer: [direction, layer, d_model]."""
    return unit(gaussian((count, layers, width), seed))


def centred_unit(vectors: Tensor) -> Tensor:
    """Unit vectors [emotion, ...] relative to the mean of these emotions."""
    return unit(vectors - torch.mean(vectors, dim=0, keepdim=True))


def conditions(random: int) -> list[Condition]:
    """What is added to the prompt that names no emotion: each arm under each emotion, beside so many random directions.

    Strengths are norm fractions in every layer of the band, and of circuits multiples of the difference vectors.
    """
    found = [Condition(emotion, arm, DOSE) for arm in (STEERING, STORIES) for emotion in EMOTIONS]
    found += [Condition(f"random {number}", RANDOM, DOSE) for number in range(1, random + 1)]
    found += [Condition(emotion, arm, FULL) for arm in (CIRCUIT, CIRCUIT_LAST) for emotion in EMOTIONS]
    return found + [Condition(emotion, CIRCUIT, step) for step in LADDER for emotion in EMOTIONS]


def pushes(
    model: LanguageModel,
    found: Sequence[Condition],
    directions: Directions,
    differences: Differences,
    circuits: Circuits,
) -> list[Push]:
    """Pushes with one row for every condition."""
    return [*_along(found, directions, model.layers), *_through(model, found, differences, circuits)]


def _along(found: Sequence[Condition], directions: Directions, layers: int) -> list[Push]:
    """Additions after the blocks of the band (step 4): dose times mean norm times unit direction."""
    sets = {STEERING: directions.steering, STORIES: directions.stories, RANDOM: directions.random}
    numbers = {name: place for place, name in enumerate(EMOTIONS)}
    pushed = []
    for layer in band(layers):
        vectors = torch.zeros(len(found), directions.steering.shape[-1])
        for row, condition in enumerate(found):
            if condition.kind in sets:
                named = condition.direction
                number = int(named.split()[-1]) - 1 if condition.kind == RANDOM else numbers[named]
                dose = condition.strength_norm_fraction * directions.norms[layer]
                vectors[row] = dose * sets[condition.kind][number, layer]
        pushed.append(Push(STREAM, layer, vectors))
    return pushed


def _through(
    model: LanguageModel, found: Sequence[Condition], differences: Differences, circuits: Circuits
) -> list[Push]:
    """Difference vectors in the components of the circuits (step 12), heads on the whole prompt except in `circuit_last`."""
    deltas, pushed = {NEURONS: differences.neurons, HEADS: differences.heads}, []
    for kind, driven, whole in (
        (NEURONS, (CIRCUIT, CIRCUIT_LAST), False),
        (HEADS, (CIRCUIT,), True),
        (HEADS, (CIRCUIT_LAST,), False),
    ):
        for layer in range(model.layers):
            chosen = mask(model, layer, kind, [circuits[emotion][str(layer)][kind] for emotion in EMOTIONS])
            own = dict(zip(EMOTIONS, chosen * deltas[kind][:, layer], strict=True))
            rows = [
                condition.strength_norm_fraction * own[condition.direction]
                if condition.kind in driven
                else torch.zeros(chosen.shape[1])
                for condition in found
            ]
            pushed.append(Push(kind, layer, torch.stack(rows), whole))
    return pushed


def digest(pushed: Sequence[Push]) -> str:
    """SHA-256 of pushes, so that replies under others are told from those under these."""
    found = hashlib.sha256()
    for push in pushed:
        found.update(f"{push.place} {push.layer} {push.whole} {tuple(push.vectors.shape)}".encode())
        found.update(push.vectors.contiguous().numpy().tobytes())
    return found.hexdigest()
