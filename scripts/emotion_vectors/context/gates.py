"""Do the states hold what their vectors are made of? Decoding of held-out dialogues, and the gate that it closes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.context.crossed import Labelled
from emotion_vectors.statistics.effects import percentile_in

Array = NDArray[np.float64]

PERCENTILE = 95
"""Of the null, beyond which a gate opens."""


@dataclass(frozen=True)
class HeldOut:
    """Share of states whose label is named by vectors of the other half of the dialogues, and the same under permuted labels: [set]."""

    accuracy: float
    null: Array

    @property
    def percentile(self) -> float:
        """Share of the null that the accuracy exceeds, in percent."""
        return percentile_in(self.null, self.accuracy)

    def closed(self, what: str) -> str:
        """Why nothing can be said of these vectors, if so.

        Args:
            what: whose they are, as in "hidden emotions".
        """
        if self.percentile > PERCENTILE:
            return ""
        return (
            f"vectors of {what} name them in {self.accuracy:.3f} of the other half, at percentile {self.percentile:.0f} of permuted "
            f"emotions, not beyond the {PERCENTILE}th"
        )


def held_out(labelled: Labelled, permuted: Iterable[Labelled], label: int) -> HeldOut:
    """How often vectors of a label name its level in the other half.

    Args:
        permuted: the same states under permuted labels, one for each set.
    """
    null = np.array([other.hits(label).mean() for other in permuted])
    return HeldOut(float(labelled.hits(label).mean()), null)
