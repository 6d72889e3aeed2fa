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
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.engine.component_edits import mask
from emotion_vectors.engine.driven_replies import STREAM, Push
from emotion_vectors.expression.arm_names import CIRCUIT, CIRCUIT_LAST, FULL, LADDER, RANDOM, STEERING, STORIES
from emotion_vectors.models.layers import like_blocks
from emotion_vectors.models.points import HEADS, MLP, NEURONS, POINTS
from emotion_vectors.replies.transcripts import Condition
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.random_directions import gaussian
from emotion_vectors.stimuli.events import EMOTIONS

if TYPE_CHECKING:
    from emotion_vectors.circuits.emotion_directions import EmotionDirections
    from emotion_vectors.models.language_model import LanguageModel


DOSE = 8 / 3072**0.5
"""Dose of the original in every layer of the band, 0.144 of the residual norm: 8 root mean squares of a stream of 3,072 numbers."""
BAND, OF = (12, 21), 28
"""First and last block that they steer, counted from 1, and the blocks of their model."""

Circuits = Mapping[str, Mapping[str, Mapping[str, list[int]]]]
"""Emotion -> layer -> kind -> components, as `assembly.circuits` has them."""


class ArmError(MendableError, ValueError):
    """What is to be added does not belong to the emotions of the arms."""


@dataclass(frozen=True)
class ArmDirections:
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


@dataclass(frozen=True)
class Added:
    """Everything that the arms add, by what it is added to."""

    directions: ArmDirections
    differences: Differences
    circuits: Circuits


@dataclass(frozen=True)
class ArmSettings:
    """Sizes of the arms: scenarios that are answered in all of them, random directions, scenarios under every multiple in a circuit,
    and the length of replies and the memory in which they are decoded side by side."""

    arm_scenarios: int
    random_directions: int
    ladder_scenarios: int
    new_tokens: int
    memory_mib: float


def band(layers: int) -> list[int]:
    """Layers at the depths that the original steers: 11 to 20 of 28."""
    return like_blocks(layers, *BAND, OF)


def directions_of(known: EmotionDirections, stories: Tensor, random: Tensor) -> ArmDirections:
    """Directions of both methods after whole blocks, and random ones.

    Args:
        stories: vectors of the same emotions, of any length [emotion, layer, d_model]; random: [direction, layer, d_model].
    Raises:
        ArmError: the directions are of other emotions.
    """
    if known.emotions != list(EMOTIONS):
        raise ArmError("directions of other emotions; delete them and repeat compute_directions")
    block = POINTS.index(MLP)
    return ArmDirections(known.directions[:, block], unit(centred(stories)), random, known.norms[block])


def random_directions(count: int, layers: int, width: int, seed: int) -> Tensor:
    """Isotropic unit directions, independent at every layer: [direction, layer, d_model]."""
    return unit(gaussian((count, layers, width), seed))


def conditions(random: int) -> list[Condition]:
    """What is added to the prompt that names no emotion: each arm under each emotion, and `random` random directions.

    Strengths are norm fractions in every layer of the band, and of circuits multiples of the difference vectors.
    """
    return [
        *(Condition(emotion, arm, DOSE) for arm in (STEERING, STORIES) for emotion in EMOTIONS),
        *(Condition(f"random {number}", RANDOM, DOSE) for number in range(1, random + 1)),
        *(Condition(emotion, arm, FULL) for arm in (CIRCUIT, CIRCUIT_LAST) for emotion in EMOTIONS),
        *(Condition(emotion, CIRCUIT, step) for step in LADDER for emotion in EMOTIONS),
    ]


def pushes(model: LanguageModel, asked: Sequence[Condition], added: Added) -> list[Push]:
    """Pushes with one row for every condition."""
    along = _along(asked, added.directions, model.layers)
    return [*along, *_through(model, asked, added.differences, added.circuits)]


def _along(asked: Sequence[Condition], directions: ArmDirections, layers: int) -> list[Push]:
    """Additions after the blocks of the band (step 4): dose times mean norm times unit direction."""
    sets = {STEERING: directions.steering, STORIES: directions.stories, RANDOM: directions.random}
    numbers = {name: number for number, name in enumerate(EMOTIONS)}
    pushed = []
    for layer in band(layers):
        vectors = torch.zeros(len(asked), directions.steering.shape[-1])
        for row, condition in enumerate(asked):
            if condition.kind in sets:
                named = condition.direction
                number = int(named.split()[-1]) - 1 if condition.kind == RANDOM else numbers[named]
                dose = condition.strength_norm_fraction * directions.norms[layer]
                vectors[row] = dose * sets[condition.kind][number, layer]
        pushed.append(Push(STREAM, layer, vectors))
    return pushed


def _through(
    model: LanguageModel, asked: Sequence[Condition], differences: Differences, circuits: Circuits
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
            differences_of = dict(zip(EMOTIONS, chosen * deltas[kind][:, layer], strict=True))
            rows = [
                condition.strength_norm_fraction * differences_of[condition.direction]
                if condition.kind in driven
                else torch.zeros(chosen.shape[1])
                for condition in asked
            ]
            pushed.append(Push(kind, layer, torch.stack(rows), whole))
    return pushed


def digest(pushed: Sequence[Push]) -> str:
    """SHA-256 of pushes, so that replies under others are told from those under these."""
    sha256 = hashlib.sha256()
    for push in pushed:
        sha256.update(f"{push.site} {push.layer} {push.whole} {tuple(push.vectors.shape)}".encode())
        sha256.update(push.vectors.contiguous().numpy().tobytes())
    return sha256.hexdigest()
