"""Slopes of behaviour along emotion vectors: effects with intervals and nulls, corrected for many tests and adjusted for tone.

A slope is the change of a log-odds for an addition of a tenth of the mean residual norm, extrapolated from strength zero
(`slopes`). The null directions have the same length: Gaussian ones, and emotion vectors made from permuted labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from statsmodels.stats.multitest import multipletests
from torch import Tensor

from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models.layers import main_layer
from emotion_vectors.statistics import random_directions
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Effect, Scale, beyond_both, effect
from emotion_vectors.statistics.resampling import hierarchical_bootstrap

Array = NDArray[np.float64]

EFFECT_COLUMNS = [*Effect.__dataclass_fields__, "emotion", "p"]
"""Columns of a table of effects."""
STRENGTH = 0.1
UNIT = "nats at strength 0.1"
GAUSSIAN, SHUFFLED = "Gaussian", "label-shuffled"


def slopes_along(gradients: Tensor, directions: Tensor, norms: Tensor) -> Array:
    """Slopes at strength 0.1 along directions of any length.

    Args:
        gradients: [..., layer, d_model]; directions: [direction, layer, d_model]; norms: [layer], mean residual norm.
    Returns:
        [..., direction, layer], nats.
    """
    additions = STRENGTH * norms[:, None] * unit(directions)
    return torch.einsum("...ld,vld->...vl", gradients.double(), additions.double()).numpy()


@dataclass(frozen=True)
class Null:
    """Slopes of an experiment along null directions, averaged over its items.

    gaussian: [direction]; shuffled: [set, emotion], the emotion that stands at that place of a label-shuffled set.
    """

    gaussian: Array
    shuffled: Array

    def of(self, emotion: int) -> dict[str, Array]:
        """Null values for one emotion, by kind."""
        return {GAUSSIAN: self.gaussian, SHUFFLED: self.shuffled[:, emotion]}


def slope_effect(slopes: Array, null: Mapping[str, Array], bootstraps: int, seed: int) -> Effect:
    """Mean slope with its interval over scenarios, then variants, beside the null that is harder to exceed.

    Args:
        slopes: [scenario, variant].
    """
    interval = hierarchical_bootstrap(slopes, bootstraps, seed)
    found = [
        effect(
            float(slopes.mean()), interval, values, n=slopes.size, scale=Scale(of="items", unit=UNIT, two_sided=True)
        )
        for values in null.values()
    ]
    return beyond_both(*found)


def p_value(estimate: float, null: Mapping[str, Array]) -> float:
    """Two-sided p of an estimate, counting itself among the null; the larger of those of the two kinds."""
    return max(
        float((1 + (np.abs(values) >= abs(estimate)).sum()) / (1 + len(values)))
        for values in map(np.asarray, null.values())
    )


def holm(p_values: Sequence[float]) -> Array:
    """Holm-corrected p-values, in the same order."""
    corrected: Array = multipletests(p_values, method="holm")[1]
    return corrected


def tone_weights(behaviour: Array, tones: Array) -> Array:
    """Least-squares weights of tone slopes in behaviour slopes over null directions that are made as emotion vectors are.

    Args:
        behaviour: [direction]; tones: [tone, direction].
    Returns:
        [tone].
    """
    weights: Array = np.asarray(np.linalg.lstsq(tones.T, behaviour, rcond=None)[0], dtype=float)
    return weights


def share_in_span(gradient: Tensor, basis: Tensor) -> float:
    """Share of a gradient's squared length [d_model] that lies in the span of the rows of `basis` [row, d_model]."""
    directions = torch.linalg.qr(basis.double().T).Q
    vector = gradient.double()
    return float((directions.T @ vector).square().sum() / vector.square().sum())


@dataclass(frozen=True)
class Directions:
    """Emotion vectors and null directions of one model, each at every layer unless it says main.

    emotions: [emotion, layer, d_model]; gaussian: [direction, layer, d_model]; shuffled: [set, emotion, layer, d_model];
    shuffled_main: [set, emotion, d_model] at the main layer; norms: [layer].
    """

    names: list[str]
    emotions: Tensor
    gaussian: Tensor
    shuffled: Tensor
    shuffled_main: Tensor
    norms: Tensor
    main: int

    def null_of(self, gradient: Tensor) -> Null:
        """Null slopes of a mean gradient at the main layer [d_model]."""
        here, norm = gradient[None], self.norms[[self.main]]
        gaussian = slopes_along(here, self.gaussian[:, [self.main]], norm)[:, 0]
        shuffled = slopes_along(here, self.shuffled_main.flatten(0, 1)[:, None], norm)[:, 0]
        return Null(gaussian, shuffled.reshape(self.shuffled_main.shape[:2]))

    def null_95_by_depth(self, gradient: Tensor) -> dict[str, Array]:
        """95th percentile of the absolute null slopes at every layer, by kind: [layer]."""
        kinds = {GAUSSIAN: self.gaussian, SHUFFLED: self.shuffled.flatten(0, 1)}
        return {
            kind: np.quantile(np.abs(slopes_along(gradient, directions, self.norms)), 0.95, axis=0)
            for kind, directions in kinds.items()
        }

    def main_slopes(self, gradients: Tensor) -> Array:
        """Slopes of every emotion: [..., emotion] of gradients at the main layer [..., d_model]."""
        return slopes_along(gradients[..., None, :], self.emotions[:, [self.main]], self.norms[[self.main]])[..., 0]

    def effects(self, gradients: Tensor, bootstraps: int, seed: int) -> pd.DataFrame:
        """Effect of every emotion, one row each, from gradients at the main layer [scenario, variant, d_model]."""
        slopes, null = self.main_slopes(gradients), self.null_of(gradients.mean((0, 1)))
        rows = [slope_effect(slopes[..., index], null.of(index), bootstraps, seed) for index in range(len(self.names))]
        ps = [p_value(row.estimate, null.of(index)) for index, row in enumerate(rows)]
        return pd.DataFrame([vars(row) for row in rows]).assign(emotion=self.names, p=ps)


def load_directions(inputs: Any, depth: float, count: int, seed: int) -> Directions:
    """Emotion vectors and null directions of a model, from the files named `vectors`, `shuffled_all` and `shuffled_main`."""
    found = emotion_vectors.load(inputs.vectors)
    layers, width = found.values.shape[1:]
    return Directions(
        names=found.emotions,
        emotions=found.values,
        gaussian=random_directions.gaussian((count, layers, width), seed),
        shuffled=load_file(inputs.shuffled_all)["vectors"],
        shuffled_main=load_file(inputs.shuffled_main)["vectors"][:, :, 0],
        norms=found.norms,
        main=main_layer(layers, depth),
    )


def without_tone(gradients: Tensor, tones: Tensor, directions: Directions) -> Tensor:
    """Gradients of a behaviour less what the tone of the wording alone explains, at the main layer.

    The weights of the tones come from label-shuffled directions, which vary as emotion vectors do.

    Args:
        gradients: [..., d_model]; tones: [tone, d_model], mean gradients of the style controls.
    Returns:
        [..., d_model].
    """
    sample, norm = directions.shuffled_main.flatten(0, 1)[:, None], directions.norms[[directions.main]]
    mean = gradients.flatten(0, -2).mean(0)
    behaviour = slopes_along(mean[None], sample, norm)[:, 0]
    explained = np.stack([slopes_along(tone[None], sample, norm)[:, 0] for tone in tones])
    weights = torch.from_numpy(tone_weights(behaviour, explained)).to(tones)
    return gradients - weights @ tones
