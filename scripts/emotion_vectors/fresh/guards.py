"""What must hold besides a null before changes of own replies to fresh events are said to be the claims'."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from emotion_vectors.overlap import comparison
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.resampling import Draws, percentile_interval

Array = NDArray[np.float64]

AS_UNDER_THE_ORDER = "surprise falls no further behind than under the order, so that the texts may make the difference"
BY_VALENCE = "which replies are pleasant may be all that the directions know"
LAST_PLACE = 2
"""Of the true labels among the 48 assignments within valence, as in O01b: the third is one in sixteen."""
LEAST_EVENTS = 6
"""Of five events two exchanges in 32, one in sixteen, leave a difference as large as it is; an interval over fewer says little."""


def too_few(events: int) -> str:
    """Why so many events carry neither intervals nor exchanges, if so."""
    few = f"{events} events, fewer than the {LEAST_EVENTS} that intervals and exchanges rest on; raise circuits.fresh_events"
    return few if events < LEAST_EVENTS else ""


def beyond_valence(changes: Array, draws: Draws) -> tuple[str, str]:
    """Whether own replies rise beyond those of other emotions of the same valence: why not, empty where they do, and the numbers in words.

    Four unpleasant and two pleasant replies give every emotion a positive slope along an axis of pleasantness alone.

    Args:
        changes: [event, emotion named or pushed, reply].
    """
    by_event = comparison.by_assignment(torch.from_numpy(changes)).numpy()
    differences, means = by_event[:, 0] - by_event.mean(1), by_event.mean(0)
    low, high = percentile_interval(resampling.weights(len(changes), draws.bootstraps, draws.seed) @ differences)
    rank = int((means >= means[0]).sum())
    said = f"beyond the assignments within valence {differences.mean():+.2f} [{low:.2f}, {high:.2f}], place {rank} of {len(means)}"
    return "" if low > 0 and rank <= LAST_PLACE else BY_VALENCE, said


def beyond_order(steering: Array, ordered: Array, statistic: Callable[[Array], Array], draws: Draws) -> tuple[str, str]:
    """Whether surprise falls further behind under steering than under the order: why not, empty where it does, and the latter in words.

    Args:
        steering, ordered: changes of own replies [event, emotion] of the same events.
    """
    drawn = resampling.weights(len(steering), draws.bootstraps, draws.seed)
    _, high = percentile_interval(statistic(drawn @ steering) - statistic(drawn @ ordered))
    said = f"the same under the order {float(statistic(ordered.mean(0))):+.2f} nats per reply"
    return "" if high < 0 else AS_UNDER_THE_ORDER, said
