"""All neurons and heads of a model looked at once, layer by layer, under every labelling; only sums over parts are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.contrasts import few, specificity
from emotion_vectors.contrasts.few import FewParts
from emotion_vectors.contrasts.parts import LayerStates, contrasts
from emotion_vectors.contrasts.specificity import Overlaps
from emotion_vectors.models.points import HEADS, MLP, POINT_OF
from emotion_vectors.models.sublayers import sublayer
from emotion_vectors.statistics.algebra import centred

if TYPE_CHECKING:
    from emotion_vectors.circuits.prompt_states import PromptStates
    from emotion_vectors.contrasts.labellings import Labellings
    from emotion_vectors.models.language_model import LanguageModel

Array = NDArray[np.float64]


@dataclass(frozen=True)
class StoryReading:
    """Directions of the other method [emotion, d_model], unit length, and the layer after which they are read."""

    directions: Tensor
    layer: int


@dataclass(frozen=True)
class Survey:
    """What is kept of all parts of one kind.

    ten: [set, emotion], of the ten heads of the whole model, and strongest, which these are; None for neurons.
    stories: [set, emotion], what the few of all layers up to
    the one that is read write along the other method's directions, beyond random ones.
    """

    few: FewParts
    overlaps: Overlaps
    stories: Array
    ten: Array | None
    strongest: pd.DataFrame | None


def states_of(model: LanguageModel, prompts: PromptStates, kind: str, layer: int) -> LayerStates:
    """One kind of part in one layer of a model, on captured prompts."""
    writer, stream = sublayer(model, layer, POINT_OF[kind]), prompts.streams(POINT_OF[kind], layer)
    inputs, device = prompts.inputs(kind, layer), writer.projection.weight.device
    return LayerStates(
        inputs=inputs / writer.scale(inputs.to(device)).cpu()[..., None],
        stream=stream,
        norm=float(stream.norm(dim=-1).mean()),
        writes=lambda directions: writer.writes(directions.to(device)).cpu(),
        parts=writer.parts,
    )


@torch.inference_mode()
def survey(
    model: LanguageModel, prompts: PromptStates, kind: str, labellings: Labellings, reading: StoryReading, seed: int
) -> Survey:
    """Contrasts of all parts of one kind, summed as the claims ask for.

    Args:
        seed: of the random parts.
    """
    generator, emotions = torch.Generator().manual_seed(seed), len(prompts.emotions)
    sums: list[dict[str, Tensor]] = []
    kept, norms = [], []
    parts = sublayer(model, 0, POINT_OF[kind]).parts
    size = specificity.size_in_layer(kind, model.layers, parts)
    shape = (len(labellings.order), emotions)
    shared, stories = torch.zeros(*shape, emotions).double(), torch.zeros(*shape).double()
    for layer in tqdm(range(model.layers), desc=f"{model.name} {kind}", mininterval=5):
        states = states_of(model, prompts, kind, layer)
        read = reading.directions if layer <= reading.layer else None
        by_part = contrasts(states, labellings, read)
        sums.append(few.few_of_layer(by_part, states.norm, generator))
        shared += specificity.shared_parts(by_part.chosen, size)
        stories += few.along_stories(by_part) if read is not None else 0
        kept += [by_part] if kind == HEADS else []
        norms.append(states.norm)
    stacked = {name: torch.stack([of_layer[name] for of_layer in sums], -1).numpy() for name in sums[0]}
    indices = specificity.corrected(shared.numpy(), size, model.layers, parts) if size else np.zeros(shared.shape)
    return Survey(
        few=FewParts(kind, parts, stacked, labellings),
        overlaps=Overlaps(indices, size, parts),
        stories=stories.numpy(),
        ten=few.ten_of_all(kept, norms).numpy() if kept else None,
        strongest=few.strongest(kept, norms, prompts.emotions) if kept else None,
    )


def spread_along(prompts: PromptStates, reading: StoryReading) -> Array:
    """Contrast of the stream along the directions of the other method: [event, emotion]."""
    stream = centred(prompts.streams(MLP, reading.layer), axis=1)
    along: Array = (stream * reading.directions).sum(-1).double().numpy()
    return along
