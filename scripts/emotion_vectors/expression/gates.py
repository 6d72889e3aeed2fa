"""Gates of expression: a model must express emotions when it is asked to, and the judge of emotions must be right.

A second gate heads what is said of directions made of orders: the model must follow an order to voice an emotion, as its prompted replies
show or the likelihood of replies written in that emotion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.conduct.gates import Agreement, Gate, agreement_gate, closed
from emotion_vectors.statistics import resampling
from emotion_vectors.stimuli.experiments import GENERATION, LIKELIHOOD

if TYPE_CHECKING:
    from emotion_vectors.expression.likelihood import Readings

EXPRESSION = "expression"


def expression_gates(
    prompted: pd.DataFrame,
    agreement: Agreement,
    least_rate: float,
    least_kappa: float,
    bootstraps: int,
    seed: int,
) -> list[Gate]:
    """Both conditions, with 95 % intervals over scenarios.

    Args:
        prompted: replies to prompts that name an emotion; scenario, emotion, predicted.
        agreement: of the judge with hand labels, none included.
    """
    hits = (prompted["predicted"] == prompted["emotion"]).astype(float)
    by_scenario: NDArray[np.float64] = np.asarray(hits.groupby(prompted["scenario"]).mean(), dtype=np.float64)
    rate = float(by_scenario.mean())
    low, high = resampling.bootstrap(by_scenario, lambda rows: float(by_scenario[rows].mean()), bootstraps, seed)
    return [
        Gate(
            EXPRESSION,
            GENERATION,
            "prompted replies that voice the emotion asked for, share of six-way choices",
            rate,
            low,
            high,
            n=len(prompted),
            of="replies",
            limit=f"at least {least_rate:g}",
            passed=rate >= least_rate,
        ),
        agreement_gate(EXPRESSION, "agreement of the emotions with hand labels, kappa", agreement, least_kappa),
    ]


def order_shifts(readings: Readings) -> NDArray[np.float64]:
    """What an order adds to the log-odds of the reply in its emotion, over orders for the other five: [scenario], nats per reply.

    Mean over the emotions. Replies of the other emotions stand on the other side of the log-odds, as everywhere.
    """
    count = readings.named.shape[1]
    ordered = readings.named.diagonal(dim1=1, dim2=2)
    others = (readings.named.sum(1) - ordered) / (count - 1)
    shifts: NDArray[np.float64] = ((ordered - others) * readings.lengths).mean(1).double().numpy()
    return shifts


def order_gates(readings: Readings, least_nats: float, least_share: float, bootstraps: int, seed: int) -> list[Gate]:
    """Whether orders move the log-odds of written replies as an order must move an act, with 95 % intervals over scenarios."""
    shifts = order_shifts(readings)
    return [
        _order_gate(
            "own reply under its order minus under the others, nats per reply",
            shifts,
            least_nats,
            (bootstraps, seed),
            limit=f"at least {least_nats:g}, interval above 0",
        ),
        _order_gate(
            "scenarios in which the order raises its own replies, share",
            (shifts > 0).astype(float),
            least_share,
            (bootstraps, seed),
            limit=f"at least {least_share:g}",
        ),
    ]


def _order_gate(
    quantity: str, values: NDArray[np.float64], least: float, draws: tuple[int, int], *, limit: str
) -> Gate:
    def mean(chosen: NDArray[np.int64]) -> float:
        return float(values[chosen].mean())

    value, (low, high) = float(values.mean()), resampling.bootstrap(values, mean, *draws)
    passed = value >= least and low > 0
    return Gate(EXPRESSION, LIKELIHOOD, quantity, value, low, high, len(values), "scenarios", limit, passed)


def ignored_orders(gates: pd.DataFrame) -> str:
    """By what it is seen that a model does not voice the emotion it is told to; empty where one readout has all its gates open.

    Args:
        gates: of both readouts, as `conduct.gates.table`.
    """
    if any(of_readout["passed"].all() for _, of_readout in gates.groupby("readout")):
        return ""
    return closed([{str(key): value for key, value in row.items()} for row in gates.to_dict("records")])
