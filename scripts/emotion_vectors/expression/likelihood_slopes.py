"""What naming an emotion, and directions at strength zero, do to the likelihood of written replies (said beside W02, W03, W08 and O04).

A change is that of the log-odds of an emotion's reply against the other five (`likelihood`). Under directions it is a slope,
as elsewhere: nats per token for an addition of a tenth of the mean residual norm at every position, extrapolated from strength zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.conduct.slopes import slopes_along
from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.statistics import random_directions, resampling
from emotion_vectors.statistics.algebra import centred
from emotion_vectors.statistics.resampling import Draws, percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS

if TYPE_CHECKING:
    from emotion_vectors.expression.likelihood import Readings

Array = NDArray[np.float64]

NAMED, INSTRUCTIONS, STORY_VECTORS = "named in the prompt", "instruction directions", "story vectors"


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


def null_changes(readings: Readings, norm: Tensor, draws: Draws) -> Array:
    """Mean slopes along sets of six random directions that sum to zero, as those of emotions do: [set, direction, reply]."""
    sets, count, width = draws.shuffles, len(EMOTIONS), readings.gradients.shape[-1]
    flat = random_directions.gaussian_sets(sets, count, width, draws.seed).flatten(0, 1)
    slopes: Array = along(readings.gradients.mean(0), flat, norm).reshape(sets, count, count)
    return slopes


def own_most(means: Array) -> Array:
    """Whether each emotion raises its own reply most of the six: [..., emotion] of [..., emotion, reply]."""
    hits: Array = (means.argmax(-1) == np.arange(means.shape[-1])).astype(float)
    return hits


def slope_table(by_method: Mapping[str, Array], null: Array, draws: Draws) -> pd.DataFrame:
    """Change of each emotion's own reply by every method, and of all six on average.

    Args:
        by_method: as `changes`; null: as `null_changes`.
    Returns:
        Tidy table: method, emotion (or `all`), change_nats, low, high (95 % interval over scenarios), own_most (whether, and for all in
        which share, an emotion raises its own reply most), n (scenarios), null_95_or_missing (95th percentile of the size of the change
        under random directions; missing where none were added) and own_most_null_95_or_missing.
    """
    names, rows = [*EMOTIONS, ALL], []
    null_change = with_mean(null.diagonal(axis1=-2, axis2=-1))
    null_hits = with_mean(own_most(null))
    for method, values in by_method.items():
        change = with_mean(values.diagonal(axis1=-2, axis2=-1))
        hits = with_mean(own_most(values.mean(0)))
        drawn = resampling.weights(len(change), draws.bootstraps, draws.seed)
        pushed = method != NAMED
        for column, name in enumerate(names):
            low, high = percentile_interval(drawn @ change[:, column])
            rows.append(
                {
                    "method": method,
                    "emotion": name,
                    "change_nats": change[:, column].mean(),
                    "low": low,
                    "high": high,
                    "own_most": hits[column],
                    "n": len(change),
                    "null_95_or_missing": np.quantile(np.abs(null_change[:, column]), 0.95) if pushed else np.nan,
                    "own_most_null_95_or_missing": np.quantile(null_hits[:, column], 0.95) if pushed else np.nan,
                }
            )
    return pd.DataFrame(rows)


def with_mean(values: Array) -> Array:
    """The same with the mean over the emotions after them: [..., emotion + 1] of [..., emotion]."""
    return np.concatenate([values, values.mean(-1, keepdims=True)], -1)


def in_words(measured: pd.DataFrame) -> str:
    """The averages of a table in one sentence, to be said beside a claim."""
    said = []
    for row in measured[measured["emotion"] == ALL].to_dict("records"):
        text = f"{row['method']} {row['change_nats']:+.3f} [{row['low']:.3f}, {row['high']:.3f}]"
        if not np.isnan(row["null_95_or_missing"]):
            text += f" (null 95 %: {row['null_95_or_missing']:.3f})"
        said.append(f"{text}, own reply most in {round(6 * row['own_most'])} of 6")
    return "log-odds of written replies, nats per token, vectors at strength 0.1: " + "; ".join(said)


def main_layer_directions(instructions: Tensor, stories: Tensor) -> dict[str, Tensor]:
    """Directions of both methods [emotion, d_model], each relative to the mean of the six."""
    both = {INSTRUCTIONS: instructions, STORY_VECTORS: stories}
    return {method: centred(vectors) for method, vectors in both.items()}
