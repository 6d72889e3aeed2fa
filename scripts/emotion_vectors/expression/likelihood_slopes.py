"""What naming an emotion, and directions at strength zero, do to the likelihood of written replies; stands beside W02, W03, W08 and O04.

A change is that of the log-odds of an emotion's reply against the other five (`expression_readings`). Under directions it is a slope,
as elsewhere: nats per token for an addition of a tenth of the mean residual norm at every position, extrapolated from strength zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.conduct.slopes import slopes_along
from emotion_vectors.expression.likelihood import Readings
from emotion_vectors.statistics import random_directions, resampling
from emotion_vectors.statistics.resampling import percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS

Array = NDArray[np.float64]

NAMED, INSTRUCTIONS, STORIES = "named in the prompt", "instruction directions", "story vectors"
ALL = "all"


def changes(readings: Readings, directions: Mapping[str, Tensor], norm: Tensor) -> dict[str, Array]:
    """Changes of the log-odds of every reply: method -> [scenario, emotion named or pushed, reply].

    Args:
        directions: method -> [emotion, d_model] at the main layer, of any length; norm: mean residual norm there.
    """
    named = (readings.named - readings.odds[:, None]).double().numpy()
    return {NAMED: named} | {method: along(readings.gradients, vectors, norm) for method, vectors in directions.items()}


def along(gradients: Tensor, directions: Tensor, norm: Tensor) -> Array:
    """Slopes along directions [direction, d_model] of gradients [..., reply, d_model]: [..., direction, reply]."""
    slopes = slopes_along(gradients[..., None, :], directions[:, None], norm[None])[..., 0]
    return np.swapaxes(slopes, -1, -2)


def null_changes(readings: Readings, norm: Tensor, sets: int, seed: int) -> Array:
    """Mean slopes along sets of six random directions that sum to zero, as those of emotions do: [set, direction, reply]."""
    count, width = len(EMOTIONS), readings.gradients.shape[-1]
    flat = random_directions.gaussian_sets(sets, count, width, seed).flatten(0, 1)
    found: Array = along(readings.gradients.mean(0), flat, norm).reshape(sets, count, count)
    return found


def own_most(means: Array) -> Array:
    """Whether each emotion raises its own reply most of the six: [..., emotion] of [..., emotion, reply]."""
    found: Array = (means.argmax(-1) == np.arange(means.shape[-1])).astype(float)
    return found


def table(found: Mapping[str, Array], null: Array, bootstraps: int, seed: int) -> pd.DataFrame:
    """Change of each emotion's own reply by every method, and of all six on average.

    Args:
        found: as `changes`; null: as `null_changes`.
    Returns:
        Tidy table: method, emotion (or `all`), change_nats, low, high (95 % interval over scenarios), own_most (whether, and for all in
        which share, an emotion raises its own reply most), n (scenarios), null_95_or_missing (95th percentile of the size of the change
        under random directions; missing where none were added) and own_most_null_95_or_missing.
    """
    names, rows = [*EMOTIONS, ALL], []
    own_null = with_mean(null.diagonal(axis1=-2, axis2=-1))
    hit_null = with_mean(own_most(null))
    for method, values in found.items():
        own = with_mean(values.diagonal(axis1=-2, axis2=-1))
        hits = with_mean(own_most(values.mean(0)))
        drawn = resampling.weights(len(own), bootstraps, seed)
        for place, name in enumerate(names):
            low, high = percentile_interval(drawn @ own[:, place])
            pushed = method != NAMED
            rows.append({
                "method": method, "emotion": name, "change_nats": own[:, place].mean(), "low": low, "high": high,
                "own_most": hits[place], "n": len(own),
                "null_95_or_missing": np.quantile(np.abs(own_null[:, place]), 0.95) if pushed else np.nan,
                "own_most_null_95_or_missing": np.quantile(hit_null[:, place], 0.95) if pushed else np.nan,
            })  # fmt: skip
    return pd.DataFrame(rows)


def with_mean(values: Array) -> Array:
    """The same with the mean over the emotions after them: [..., emotion + 1] of [..., emotion]."""
    return np.concatenate([values, values.mean(-1, keepdims=True)], -1)


def in_words(measured: pd.DataFrame) -> str:
    """The averages of a table in one sentence, for what stands beside a claim."""
    said = []
    for row in measured[measured["emotion"] == ALL].to_dict("records"):
        text = f"{row['method']} {row['change_nats']:+.3f} [{row['low']:.3f}, {row['high']:.3f}]"
        if not np.isnan(row["null_95_or_missing"]):
            text += f" (null 95 %: {row['null_95_or_missing']:.3f})"
        said.append(f"{text}, own reply most in {round(6 * row['own_most'])} of 6")
    return "log-odds of written replies, nats per token, vectors at strength 0.1: " + "; ".join(said)


def main_layer_directions(instructions: Tensor, stories: Tensor) -> dict[str, Tensor]:
    """Directions of both methods [emotion, d_model], each relative to the mean of the six."""
    both = {INSTRUCTIONS: instructions, STORIES: stories}
    return {method: vectors - torch.mean(vectors, dim=0, keepdim=True) for method, vectors in both.items()}
