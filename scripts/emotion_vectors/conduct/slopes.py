"""Slopes of behaviour along emotion vectors: effects with intervals and nulls, corrected for many tests and adjusted for tone.

A slope is the change of a log-odds for an addition of a tenth of the mean residual norm, extrapolated from strength zero
(`slopes`). The null directions have the same length: Gaussian ones, and emotion vectors made from permuted labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests
from torch import Tensor

from emotion_vectors.conduct.directions import Directions
from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Effect, Scale, effect, hardest
from emotion_vectors.statistics.resampling import hierarchical_bootstrap

Array = NDArray[np.float64]

EFFECT_COLUMNS = [*Effect.__dataclass_fields__, "emotion", "p"]
"""Columns of a table of effects."""
PER_STRENGTH = 0.1
"""Strength to which slopes are scaled, a fraction of the mean residual norm."""
UNIT = "nats per token at strength 0.1"
"""Of a log-odds that is a mean over the tokens of a reply; between two letters it is that of their one token."""


def slopes_along(gradients: Tensor, directions: Tensor, norms: Tensor) -> Array:
    """Slopes at strength 0.1 along directions of any length.

    Args:
        gradients: [..., layer, d_model]; directions: [direction, layer, d_model]; norms: [layer], mean residual norm.
    Returns:
        [..., direction, layer], nats per token.
    """
    additions = PER_STRENGTH * norms[:, None] * unit(directions)
    return torch.einsum("...ld,vld->...vl", gradients.double(), additions.double()).numpy()


@dataclass(frozen=True)
class NullSlopes:
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
    tables = [
        effect(
            float(slopes.mean()), interval, values, n=slopes.size, scale=Scale(of="items", unit=UNIT, two_sided=True)
        )
        for values in null.values()
    ]
    return hardest(tables)


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


def null_slopes(directions: Directions, gaussian: Tensor, gradient: Tensor) -> NullSlopes:
    """Null slopes of a mean gradient at the main layer [d_model]; gaussian: [direction, layer, d_model]."""
    norm, shuffled = directions.main_norm, directions.shuffled
    of_gaussian = slopes_along(gradient[None], gaussian[:, [directions.main]], norm)[:, 0]
    of_shuffled = slopes_along(gradient[None], shuffled.flatten(0, 1)[:, None], norm)[:, 0]
    return NullSlopes(of_gaussian, of_shuffled.reshape(shuffled.shape[:2]))


def null_95_by_depth(gradient: Tensor, nulls: Mapping[str, Tensor], norms: Tensor) -> dict[str, Array]:
    """95th percentile of the absolute null slopes at every layer, by kind: [layer].

    Args:
        gradient: [layer, d_model]; nulls: kind -> [direction, layer, d_model].
    """
    return {
        kind: np.quantile(np.abs(slopes_along(gradient, directions, norms)), 0.95, axis=0)
        for kind, directions in nulls.items()
    }


def main_slopes(directions: Directions, gradients: Tensor) -> Array:
    """Slopes of every emotion: [..., emotion] of gradients at the main layer [..., d_model]."""
    vectors = directions.emotions[:, [directions.main]]
    return slopes_along(gradients[..., None, :], vectors, directions.main_norm)[..., 0]


def effects(directions: Directions, gaussian: Tensor, gradients: Tensor, bootstraps: int, seed: int) -> pd.DataFrame:
    """Effect of every emotion, one row each, from gradients at the main layer [scenario, variant, d_model].

    Args:
        gaussian: null directions [direction, layer, d_model].
    """
    slopes, null = main_slopes(directions, gradients), null_slopes(directions, gaussian, gradients.mean((0, 1)))
    emotions = range(len(directions.names))
    rows = [slope_effect(slopes[..., index], null.of(index), bootstraps, seed) for index in emotions]
    ps = [p_value(row.estimate, null.of(index)) for index, row in enumerate(rows)]
    return pd.DataFrame([vars(row) for row in rows]).assign(emotion=directions.names, p=ps)


def without_tone(gradients: Tensor, tones: Tensor, directions: Directions) -> Tensor:
    """Gradients of a behaviour less what the tone of the wording alone explains, at the main layer.

    The weights of the tones come from label-shuffled directions, which vary as emotion vectors do.

    Args:
        gradients: [..., d_model]; tones: [tone, d_model], mean gradients of the style controls.
    Returns:
        [..., d_model].
    """
    sample, norm = directions.shuffled.flatten(0, 1)[:, None], directions.main_norm
    mean = gradients.flatten(0, -2).mean(0)
    behaviour = slopes_along(mean[None], sample, norm)[:, 0]
    explained = np.stack([slopes_along(tone[None], sample, norm)[:, 0] for tone in tones])
    weights = torch.from_numpy(tone_weights(behaviour, explained)).to(tones)
    return gradients - weights @ tones
