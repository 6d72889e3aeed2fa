"""Everything that was measured about the acts of one model, as evidence on claims is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.acts import odds as log_odds
from emotion_vectors.acts.responses import ActGradients, ActReadings
from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.statistics import resampling
from emotion_vectors.stimuli.acts.table import FIRST

if TYPE_CHECKING:
    from emotion_vectors.stimuli.acts.table import Act

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FiniteStrengths:
    """What finite strengths of vectors do on acts whose gates are open, and to ordinary text.

    changes: as `steer_acts` wrote them, of all acts; costs: as `measure_coherence` wrote them; guard_nats: what neutral text may lose by
    token under a strength that counts.
    """

    changes: pd.DataFrame
    costs: pd.DataFrame
    guard_nats: float


@dataclass(frozen=True)
class ActMeasurements:
    """Everything that was measured about the acts of one model.

    effects, gates: as `compute_acts` wrote them; replies, readings, gradients: by set; finite: None where this study steers none.
    """

    acts: Mapping[str, Act]
    effects: pd.DataFrame
    gates: pd.DataFrame
    replies: Mapping[str, pd.DataFrame]
    readings: Mapping[str, ActReadings]
    gradients: Mapping[str, ActGradients]
    finite: FiniteStrengths | None
    directions: StoryDirections
    main: int
    bootstraps: int
    flips: int
    seed: int

    def odds(self, act: Act, hand: str = FIRST) -> pd.DataFrame:
        """Unsteered log-odds of an act on the items of one hand."""
        odds = log_odds.odds_of(self.replies[act.items], act)
        return odds[odds["hand"] == hand]

    def interval(self, values: Array) -> tuple[float, float]:
        """Interval of a mean over scenarios."""
        return resampling.bootstrap(values, lambda rows: float(values[rows].mean()), self.bootstraps, self.seed)
