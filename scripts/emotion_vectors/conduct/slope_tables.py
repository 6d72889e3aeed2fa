"""Slopes of experiments as tables: the effect of every emotion, slopes by depth and by item, and shares in the span of the vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.conduct import slopes
from emotion_vectors.conduct.directions import Directions
from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.models import layers
from emotion_vectors.statistics import random_directions

if TYPE_CHECKING:
    from emotion_vectors.conduct.responses import Responses
    from emotion_vectors.stimuli.experiments import Experiment

SPANS = 200
"""Random subspaces with which the span of the emotion vectors is compared."""


@dataclass(frozen=True)
class NullDirections:
    """Null directions at every layer: gaussian [direction, layer, d_model]; shuffled [set, emotion, layer, d_model]."""

    gaussian: Tensor
    shuffled: Tensor

    def by_kind(self) -> dict[str, Tensor]:
        """Directions of each kind, [direction, layer, d_model]."""
        return {GAUSSIAN: self.gaussian, SHUFFLED: self.shuffled.flatten(0, 1)}


def by_depth(gradient: Tensor, directions: Directions, nulls: NullDirections) -> pd.DataFrame:
    """Slope of every emotion at every layer, with the null there; the band is the mean over the middle third.

    Args:
        gradient: mean of an experiment, [layer, d_model].
    """
    values = slopes.slopes_along(gradient, directions.emotions, directions.norms)
    percentiles = slopes.null_95_by_depth(gradient, nulls.by_kind(), directions.norms)
    table = pd.DataFrame(values, index=directions.names).rename_axis("emotion").reset_index()
    table = table.melt("emotion", var_name="layer", value_name="slope_nats")
    band = values[:, layers.middle_third(values.shape[1])].mean(1)
    table["band_slope_nats"] = table["emotion"].map(dict(zip(directions.names, band, strict=True)))
    for kind, by_layer in percentiles.items():
        table[f"null_95_{kind.replace('-', '_').lower()}"] = table["layer"].map(dict(enumerate(by_layer)))
    return table


def span(gradient: Tensor, directions: Directions, seed: int) -> dict[str, float]:
    """Share of a mean gradient [d_model] at the main layer in the span of the emotion vectors, and in random subspaces of its size."""
    generator = torch.Generator().manual_seed(seed)
    basis = directions.emotions[:-1, directions.main]  # The vectors sum to zero: one of them adds no dimension.
    random = [random_directions.gaussian(basis.shape, generator) for _ in range(SPANS)]
    shuffled = [vectors[:-1] for vectors in directions.shuffled[:SPANS]]
    share = slopes.share_in_span
    return {
        "share": share(gradient, basis),
        "gaussian_95": float(np.quantile([share(gradient, subspace) for subspace in random], 0.95)),
        "shuffled_95": float(np.quantile([share(gradient, subspace) for subspace in shuffled], 0.95)),
        "dimensions": len(basis),
    }


def by_item(gradients: Tensor, measured: Responses, experiment: Experiment, directions: Directions) -> pd.DataFrame:
    """Slope of every item along every emotion vector.

    Args:
        gradients: of the experiment at the main layer, [scenario, variant, d_model].
    """
    keys = [measured.keys[row] for row in measured.rows(experiment)]
    values = slopes.main_slopes(directions, gradients).reshape(len(keys), -1)
    table = pd.DataFrame(values, columns=directions.names)
    table = table.assign(scenario=[key.scenario for key in keys], variant=[key.variant for key in keys])
    return table.melt(["scenario", "variant"], var_name="emotion", value_name="slope_nats")
