"""Does a quantity in the user's words move the readings as its meaning asks for? (A04; figure 3 of A.)"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from emotion_vectors.statistics.algebra import unit


def projections(states: Tensor, directions: Tensor) -> NDArray[np.float64]:
    """Scalar projections of states [item, d_model] on the unit directions [direction, d_model]: [item, direction]."""
    return (states @ unit(directions).T).double().numpy()


def rank_correlations(magnitudes: Sequence[float], readings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman rho of each column of readings [item, direction] with the magnitudes."""
    order, columns = rankdata(magnitudes), rankdata(readings, axis=0)
    order, columns = order - order.mean(), columns - columns.mean(axis=0)
    scale = np.sqrt((order**2).sum() * (columns**2).sum(axis=0))
    rho: NDArray[np.float64] = np.divide(order @ columns, scale, out=np.zeros(readings.shape[1]), where=scale > 0)
    return rho
