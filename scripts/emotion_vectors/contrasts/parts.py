"""What every neuron or head of a layer writes of an emotion: its contrast within events, along directions of the other half.

The *contrast* of a part is what it writes along the direction of an emotion on the prompt that names it, minus its mean over the prompts
of the same event. Whatever all prompts of an event share has no part in it, so that with permuted labels its expectation is 0.
Directions and choice come from one half of the scenarios and contrasts from the other, both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from emotion_vectors.contrasts.labellings import Labellings, means
from emotion_vectors.statistics.algebra import centred, unit


@dataclass(frozen=True)
class LayerStates:
    """One kind of part in one layer.

    inputs: [event, emotion, inputs], of the projection that the parts write through, already divided by what a norm behind it divides by.
    stream: [event, emotion, d_model], residual stream right after it; norm: its mean L2 norm.
    writes: what one unit of each input adds along directions, [..., inputs] of [..., d_model]; parts: number of them.
    """

    inputs: Tensor
    stream: Tensor
    norm: float
    writes: Callable[[Tensor], Tensor]
    parts: int


@dataclass(frozen=True)
class PartContrasts:
    """Contrasts of the parts of a layer under every labelling, in units of the stream: [half, set, emotion, part].

    chosen: on the half that directions are made of; judged: on the other one, along the same directions.
    stories: on the other one, along given directions; None where none are.
    """

    chosen: Tensor
    judged: Tensor
    stories: Tensor | None

    def top(self, count: int) -> Tensor:
        """Numbers of the parts that write most on the half that chooses: [half, set, emotion, count]."""
        return self.chosen.topk(min(count, self.chosen.shape[-1]), dim=-1).indices


def contrasts(layer: LayerStates, labellings: Labellings, stories: Tensor | None = None) -> PartContrasts:
    """Contrasts of one layer under every labelling.

    Args:
        stories: [emotion, d_model], directions of another method along which the same parts are read as well.
    """
    differences, deviations = centred(layer.inputs, axis=1), centred(layer.stream, axis=1)
    written, along = [], []
    for half in (0, 1):
        rows, weights = labellings.half == half, labellings.weights(half)
        written.append(means(differences[rows], weights))
        along.append(layer.writes(unit(means(deviations[rows], weights))))

    def by_part(inputs: Tensor, writes: Tensor) -> Tensor:
        product = inputs * writes
        return product.reshape(*product.shape[:-1], layer.parts, -1).sum(-1)

    read = None if stories is None else layer.writes(stories)
    return PartContrasts(
        chosen=torch.stack([by_part(written[half], along[half]) for half in (0, 1)]),
        judged=torch.stack([by_part(written[1 - half], along[half]) for half in (0, 1)]),
        stories=None if read is None else torch.stack([by_part(written[1 - half], read) for half in (0, 1)]),
    )
