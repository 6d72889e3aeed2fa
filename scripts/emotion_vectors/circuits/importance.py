"""How much each sublayer moves a late representation of an emotion when its direction is added there (steps 9 and 10 of W).

W adds small vectors at the last token of a prompt without emotion and measures the projection of the final state on a reference
direction, per unit of length added. For small additions this is a gradient: one backward pass for each reference serves all
sublayers and every direction. The final state is that after the final norm, as the code of W reads it. Only the last token is
differentiated: nothing added there reaches an earlier one.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.layers import between, main_layer
from emotion_vectors.models.sublayers import POINTS, point_hooks
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.statistics import random_directions, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import percentile_interval

Array = NDArray[np.float64]

LATE = "late"
LATE_DEPTHS = (22 / 28, 26 / 28)
"""Depths of layers 21 and 25 of 28, between which the original takes its reference."""
BANDS = 5
ROWS = 64
"""Finite additions side by side; changes no result."""
DOSES = (0.1, 0.3, 0.5, 0.7)
"""Of the original, in root mean squares of the residual stream at the sublayer."""


def late_layers(layers: int) -> list[int]:
    """Layers at the depths from which the original takes its reference."""
    first, last = (main_layer(layers, depth) for depth in LATE_DEPTHS)
    return list(range(first, last + 1))


def bands(layers: int) -> dict[str, list[int]]:
    """Five bands of equal depth, each named by its depths; a band without a layer is left out."""
    found = {}
    for band in range(BANDS):
        inside = between(layers, band / BANDS, (band + 1) / BANDS)
        if inside:
            found[f"{band / BANDS:.1f}-{(band + 1) / BANDS:.1f}"] = inside
    return found


def aligned(vectors: Tensor, to: Tensor) -> Tensor:
    """Vectors turned so that their product with `to` is not negative; both [..., d_model]."""
    return torch.where((vectors * to).sum(-1, keepdim=True) < 0, -vectors, vectors)


def reference(directions: Tensor, layers: Sequence[int]) -> Tensor:
    """Unit mean of the sign-aligned directions of both points of these layers (step 9): [emotion, d_model].

    Args:
        directions: [emotion, point, layer, d_model], unit length.
    """
    chosen = directions[:, :, list(layers)].flatten(1, 2)
    return unit(aligned(chosen, chosen.mean(1, keepdim=True)).mean(1))


def references(directions: Tensor) -> dict[str, Tensor]:
    """The late reference of the original, and one of each band of depth: name -> [emotion, d_model]."""
    layers = directions.shape[2]
    named = {LATE: late_layers(layers)} | bands(layers)
    return {name: reference(directions, chosen) for name, chosen in named.items()}


def other_references(names: Sequence[str]) -> list[str]:
    """Bands other than the deepest, which shares most of its layers with the late reference."""
    return [name for name in names if name != LATE][:-1]


def read_before_last(model: LanguageModel, text: Encoded) -> Any:
    """Cache of a prompt up to the token before its last one."""
    ids = torch.tensor([text.ids[:-1]], device=model.device)
    with torch.no_grad():
        return model.base(input_ids=ids, use_cache=True).past_key_values


def final_states(model: LanguageModel, text: Encoded, cache: Any, added: Tensor) -> Tensor:
    """State of the last token after the final norm, with additions at every sublayer there.

    Args:
        cache: of `read_before_last`, left as it is.
        added: [row, point, layer, d_model].
    Returns:
        [row, d_model].
    """
    own = copy.deepcopy(cache)
    own.batch_repeat_interleave(len(added))
    ids = torch.full((len(added), 1), text.ids[-1], device=model.device)

    def add(layer: int, point: str, hidden: Tensor) -> Tensor:
        return hidden + added[:, POINTS.index(point), layer][:, None].to(hidden)

    with point_hooks(model, add):
        states: Tensor = model.base(input_ids=ids, past_key_values=own, use_cache=True).last_hidden_state
    return states[:, -1]


def gradients(model: LanguageModel, text: Encoded, targets: Tensor) -> Tensor:
    """Gradient of the projection of the final state on each target, with respect to additions at the last token.

    Args:
        targets: [row, d_model].
    Returns:
        [row, point, layer, d_model].
    """
    cache = read_before_last(model, text)
    shape = (len(targets), len(POINTS), model.layers, model.width)
    added = torch.zeros(shape, dtype=model.network.dtype, device=model.device, requires_grad=True)
    with torch.enable_grad():
        states = final_states(model, text, cache, added)
        projections = (states.float() * targets.to(model.device)).sum()
        found: Tensor = torch.autograd.grad(projections, added)[0]
    return found.float().cpu()


def importances(gradient: Tensor, directions: Tensor, named: Tensor) -> Tensor:
    """Change of the projection on a reference per unit added along each direction: [..., emotion, point, layer].

    Directions are turned towards the reference, as in step 10.

    Args:
        gradient: [..., emotion, point, layer, d_model]; directions: [emotion, point, layer, d_model]; named: [..., emotion,
            d_model], the references.
    """
    turned = aligned(directions, named[..., None, None, :])
    return (gradient * turned).sum(-1)


@torch.inference_mode()
def finite_importances(
    model: LanguageModel, text: Encoded, directions: Tensor, named: Tensor, sizes: Tensor, budget: int
) -> Tensor:
    """The same by additions of finite size, one sublayer, emotion and dose at a time: [dose, emotion, point, layer].

    Args:
        named: [emotion, d_model]; sizes: [point, layer], root mean square of the residual stream there; budget: rows side by side.
    """
    cache = read_before_last(model, text)
    emotions, points, layers, width = directions.shape
    turned = aligned(directions, named[:, None, None])
    base = final_states(model, text, cache, torch.zeros(1, points, layers, width, device=model.device))
    base = base[0].float().cpu() @ named.T
    places = list(itertools.product(range(emotions), range(points), range(layers)))
    found = torch.zeros(len(DOSES), emotions, points, layers)
    for (number, dose), begin in itertools.product(enumerate(DOSES), range(0, len(places), budget)):
        rows = places[begin : begin + budget]
        added = torch.zeros(len(rows), points, layers, width)
        for row, (emotion, *where) in enumerate(rows):
            added[(row, *where)] = dose * sizes[tuple(where)] * turned[(emotion, *where)]
        states = final_states(model, text, cache, added.to(model.device)).float().cpu()
        for state, (emotion, *where) in zip(states, rows, strict=True):
            change = state @ named[emotion] - base[emotion]
            found[(number, emotion, *where)] = change / (dose * sizes[tuple(where)])
    return found


def peak_depths(importance: Tensor) -> Tensor:
    """Depth of the sublayer that matters most: [...] of [..., point, layer]."""
    layers = importance.shape[-1]
    peak = importance.flatten(-2).argmax(-1) % layers
    return (peak + 1) / layers


def peak_effect(
    by_scenario: Tensor, mean_gradients: Tensor, named: Tensor, resamples: int, draws: int, seed: int
) -> Effect:
    """Mean depth of the peaks of all emotions (and references), with an interval over scenarios.

    Null: random unit directions in place of the emotions' at every sublayer, on the same prompts.

    Args:
        by_scenario: [scenario, reference, emotion, point, layer]; mean_gradients: [reference, emotion, point, layer, d_model].
        named: [reference, emotion, d_model].
    """
    count = len(by_scenario)
    drawn = torch.from_numpy(resampling.weights(count, resamples, seed)).float()
    found = peak_depths(torch.tensordot(drawn, by_scenario, 1)).mean((1, 2))
    randomly = torch.Generator().manual_seed(seed)
    null = []
    for _ in range(draws):
        directions = random_directions.gaussian(mean_gradients.shape[1:], randomly)
        null.append(float(peak_depths(importances(mean_gradients, unit(directions), named)).mean()))
    estimate = float(peak_depths(by_scenario.mean(0)).mean())
    return effect(
        estimate,
        percentile_interval(found.numpy()),
        null,
        n=count,
        scale=Scale(of="scenarios", unit="depth", reference=0.5),
    )


def peak_table(importance: Tensor, names: Sequence[str], emotions: Sequence[str]) -> pd.DataFrame:
    """Depth of the peak for every reference and emotion. importance: [reference, emotion, point, layer]."""
    index = pd.MultiIndex.from_product([names, emotions], names=["reference", "emotion"])
    depths = peak_depths(importance).flatten().numpy()
    return pd.DataFrame({"peak_depth": depths}, index=index).reset_index()


def importance_table(importance: Tensor, names: Sequence[str], emotions: Sequence[str]) -> pd.DataFrame:
    """Importance [reference, emotion, point, layer] as a tidy table: reference, emotion, point, layer, importance."""
    index = pd.MultiIndex.from_product(
        [names, emotions, POINTS, range(importance.shape[-1])], names=["reference", "emotion", "point", "layer"]
    )
    return pd.DataFrame({"importance": importance.flatten().numpy()}, index=index).reset_index()


def finite_table(
    model: LanguageModel,
    texts: Sequence[Encoded],
    directions: Tensor,
    named: Tensor,
    sizes: Tensor,
    gradients: Tensor,
    emotions: Sequence[str],
) -> pd.DataFrame:
    """Importance by additions of finite size beside that by gradients of the same prompts: dose_rms, emotion, point, layer, both.

    Args:
        named, sizes: as in `finite_importances`; gradients: [text, emotion, point, layer, d_model], towards the same references.
    """
    index = pd.MultiIndex.from_product(
        [DOSES, emotions, POINTS, range(model.layers)],
        names=["dose_rms", "emotion", "point", "layer"],
    )
    measured = torch.stack([finite_importances(model, text, directions, named, sizes, ROWS) for text in texts]).mean(0)
    expected = importances(gradients.mean(0), directions, named).expand_as(measured)
    columns = {"importance": measured.flatten().numpy(), "by_gradient": expected.flatten().numpy()}
    return pd.DataFrame(columns, index=index).reset_index()
