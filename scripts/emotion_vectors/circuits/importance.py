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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.circuits.depths import LATE, bands, late_layers
from emotion_vectors.models.points import POINTS
from emotion_vectors.models.sublayers import point_hooks
from emotion_vectors.statistics.algebra import unit

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded

ADDITIONS_TOGETHER = 64
"""Finite additions side by side; changes no result."""
DOSES = (0.1, 0.3, 0.5, 0.7)
"""Of the original, in root mean squares of the residual stream at the sublayer."""


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
    repeated = copy.deepcopy(cache)
    repeated.batch_repeat_interleave(len(added))
    ids = torch.full((len(added), 1), text.ids[-1], device=model.device)

    def add(layer: int, point: str, hidden: Tensor) -> Tensor:
        return hidden + added[:, POINTS.index(point), layer][:, None].to(hidden)

    with point_hooks(model, add):
        states: Tensor = model.base(input_ids=ids, past_key_values=repeated, use_cache=True).last_hidden_state
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
        gradient: Tensor = torch.autograd.grad(projections, added)[0]
    return gradient.float().cpu()


def importances(gradient: Tensor, directions: Tensor, named: Tensor) -> Tensor:
    """Change of the projection on a reference per unit added along each direction: [..., emotion, point, layer].

    Directions are turned towards the reference, as in step 10.

    Args:
        gradient: [..., emotion, point, layer, d_model]; directions: [emotion, point, layer, d_model]; named: [..., emotion,
            d_model], the references.
    """
    turned = aligned(directions, named[..., None, None, :])
    return (gradient * turned).sum(-1)


@dataclass(frozen=True)
class Additions:
    """What is added at each sublayer, and what it is to change.

    directions: [emotion, point, layer, d_model]; reference: [emotion, d_model]; sizes: [point, layer], root mean square of the
    residual stream there.
    """

    directions: Tensor
    reference: Tensor
    sizes: Tensor


@torch.inference_mode()
def finite_importances(model: LanguageModel, text: Encoded, additions: Additions, budget: int) -> Tensor:
    """The same by additions of finite size, one sublayer, emotion and dose at a time: [dose, emotion, point, layer].

    Args:
        budget: rows side by side.
    """
    cache, reference, sizes = read_before_last(model, text), additions.reference, additions.sizes
    emotions, points, layers, width = additions.directions.shape
    turned = aligned(additions.directions, reference[:, None, None])
    base = final_states(model, text, cache, torch.zeros(1, points, layers, width, device=model.device))
    base = base[0].float().cpu() @ reference.T
    cells = list(itertools.product(range(emotions), range(points), range(layers)))
    changes = torch.zeros(len(DOSES), emotions, points, layers)
    for (number, dose), begin in itertools.product(enumerate(DOSES), range(0, len(cells), budget)):
        rows = cells[begin : begin + budget]
        added = torch.zeros(len(rows), points, layers, width)
        for row, (emotion, *where) in enumerate(rows):
            added[(row, *where)] = dose * sizes[tuple(where)] * turned[(emotion, *where)]
        states = final_states(model, text, cache, added.to(model.device)).float().cpu()
        for state, (emotion, *where) in zip(states, rows, strict=True):
            change = state @ reference[emotion] - base[emotion]
            changes[(number, emotion, *where)] = change / (dose * sizes[tuple(where)])
    return changes


@dataclass(frozen=True)
class Measured:
    """Importances by gradients.

    by_prompt: [prompt, reference, emotion, point, layer]; mean_gradients: [reference, emotion, point, layer, d_model];
    first_gradients: [prompt, emotion, point, layer, d_model], of the first prompts, towards the first reference.
    """

    by_prompt: Tensor
    mean_gradients: Tensor
    first_gradients: Tensor


def measure(
    model: LanguageModel, texts: Sequence[Encoded], directions: Tensor, targets: Tensor, first: int
) -> Measured:
    """Importance of every sublayer of a model on each prompt.

    Args:
        directions: [emotion, point, layer, d_model]; targets: [reference, emotion, d_model].
        first: number of prompts whose gradients are kept.
    """
    shape = (len(targets), *directions.shape)
    by_prompt, total, kept = [], torch.zeros(shape), []
    for number, text in enumerate(tqdm(texts, desc=f"{model.name} importance", unit="prompt", mininterval=5)):
        gradient = gradients(model, text, targets.flatten(0, 1)).reshape(shape)
        by_prompt.append(importances(gradient, directions, targets))
        total += gradient / len(texts)
        kept += [gradient[0]] if number < first else []
    return Measured(torch.stack(by_prompt), total, torch.stack(kept))


def importance_table(importance: Tensor, names: Sequence[str], emotions: Sequence[str]) -> pd.DataFrame:
    """Importance [reference, emotion, point, layer] as a tidy table: reference, emotion, point, layer, importance."""
    index = pd.MultiIndex.from_product(
        [names, emotions, POINTS, range(importance.shape[-1])], names=["reference", "emotion", "point", "layer"]
    )
    return pd.DataFrame({"importance": importance.flatten().numpy()}, index=index).reset_index()


def finite_table(
    model: LanguageModel, texts: Sequence[Encoded], additions: Additions, gradients: Tensor, emotions: Sequence[str]
) -> pd.DataFrame:
    """Importance by additions of finite size beside that by gradients of the same prompts: dose_rms, emotion, point, layer, both.

    Args:
        gradients: [text, emotion, point, layer, d_model], towards the same reference.
    """
    index = pd.MultiIndex.from_product(
        [DOSES, emotions, POINTS, range(model.layers)], names=["dose_rms", "emotion", "point", "layer"]
    )
    measured = torch.stack([finite_importances(model, text, additions, ADDITIONS_TOGETHER) for text in texts]).mean(0)
    expected = importances(gradients.mean(0), additions.directions, additions.reference).expand_as(measured)
    columns = {"importance": measured.flatten().numpy(), "by_gradient": expected.flatten().numpy()}
    return pd.DataFrame(columns, index=index).reset_index()
