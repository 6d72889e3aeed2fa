"""What readings before the reply must tell in both models before their shift is looked at: the kind of the prompt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from emotion_vectors.posttraining.shifts import Array, TunedPair


def share_told(readings: Array, kinds: Sequence[str]) -> float:
    """Share of prompts to whose kind the nearest mean of readings belongs, each left out of the mean of its own kind.

    Args:
        readings: [prompt, direction]; each direction counts in its own standard deviations over prompts.
    """
    spread = readings.std(0)
    values = np.divide(readings, spread, out=np.zeros_like(readings), where=spread > 0)
    names, of_prompt = np.unique(kinds, return_inverse=True)
    members = np.eye(len(names))[of_prompt]
    left_out = members.sum(0) - members
    sums = (members.T @ values)[None] - members[:, :, None] * values[:, None]
    means = sums / np.maximum(left_out, 1)[:, :, None]
    distances = np.where(left_out > 0, ((values[:, None] - means) ** 2).sum(-1), np.inf)
    return float((distances.argmin(1) == of_prompt).mean())


def unreadable(pair: TunedPair) -> str:
    """Which of both models does not tell the kind of a prompt before the reply, in words; empty where both do.

    The vectors of the tuned model read both, as they do for the shift. A token at which neither feeling nor matter of a prompt can be
    read would show nothing but what tuning adds whatever is said.
    """
    prompts, chance = len(pair.kinds), 1 / len({*pair.kinds})
    faults = []
    for name, read in {"the tuned model": pair.tuned, "its base": pair.base}.items():
        share = share_told(read.readings(pair.tuned.vectors), pair.kinds)
        low, _ = proportion_confint(round(share * prompts), prompts, method="wilson")
        if low <= chance:
            faults.append(f"{name} {share:.2f}")
    if not faults:
        return ""
    shares = f"share told by {' and '.join(faults)} of {prompts}, interval not above {chance:.2f}"
    return f"readings before the reply do not tell the kind of the prompt: {shares}"
