"""Whether a model answers two-choice questions neither by chance nor without fault: only then can something help it or cost it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.conduct import gates
from emotion_vectors.removal.kinds import NOTHING
from emotion_vectors.statistics.resampling import Draws, bootstrap

READOUT = "choice"
QUANTITY = "questions answered rightly as they stand, share"


def right_of(answers: pd.DataFrame) -> NDArray[np.float64]:
    """1 for every question answered rightly as it stands, 0 for the others: [item].

    Args:
        answers: kind, logodds_nats, as `remove_subspaces` wrote them.
    """
    plain = answers.loc[answers["kind"] == NOTHING, "logodds_nats"]
    return np.asarray(plain > 0, dtype=np.float64)


def passed(answers: pd.DataFrame, limits: Sequence[float]) -> bool:
    """Whether the share of right answers lies between the limits."""
    least, most = limits
    return bool(least <= right_of(answers).mean() <= most)


def closed(answers: pd.DataFrame, limits: Sequence[float], draws: Draws) -> str:
    """Why questions say nothing about this model, in words; empty where they do."""
    right = right_of(answers)
    least, most = limits
    interval = bootstrap(right, lambda rows: float(right[rows].mean()), draws.bootstraps, draws.seed)
    gate = gates.Gate(
        "capability",
        READOUT,
        QUANTITY,
        float(right.mean()),
        *interval,
        n=len(right),
        of="questions",
        limit=f"{least:g} to {most:g}",
        passed=passed(answers, limits),
    )
    return gates.closed([vars(gate)])
