"""Gates: what a model must show without steering before a readout of its conduct is looked at (readouts of the design)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.statistics.resampling import bootstrap

LIKELIHOOD, CHOICE, GENERATION = "likelihood", "choice", "generation"


@dataclass(frozen=True)
class Gate:
    """One condition on a readout: what was measured without steering, beside the limit it must keep.

    value, low, high: estimate with its 95 % interval over situations; n: what it was measured on, named in `of`.
    """

    behaviour: str
    readout: str
    quantity: str
    value: float
    low: float
    high: float
    n: int
    of: str
    limit: str
    passed: bool


def passed(gates: Sequence[Gate]) -> bool:
    """Whether a readout may be looked at: every one of its gates is passed."""
    return all(gate.passed for gate in gates)


def table(gates: Sequence[Gate]) -> pd.DataFrame:
    """Gates as a table, one row each."""
    return pd.DataFrame([asdict(gate) for gate in gates])


def likelihood_gates(
    behaviour: str,
    log_odds: Mapping[str, NDArray[np.float64]],
    limits: Mapping[str, float],
    bootstraps: int,
    seed: int,
) -> list[Gate]:
    """Both sides of a contrast must be nearly as fluent as each other.

    Args:
        log_odds: unsteered, of every contrast by its name: [situation], nats per token.
        limits: `gates` of the configuration.
    """
    most = limits["fluency_nats"]
    found = []
    for name, values in log_odds.items():
        value, low, high = _mean(values, bootstraps, seed)
        quantity, text = f"{name}: difference in log-probability per token, nats", f"at most {most:g} either way"
        gate = Gate(
            behaviour, LIKELIHOOD, quantity, value, low, high, len(values), "situations", text, abs(value) <= most
        )
        found.append(gate)
    return found


def choice_gates(
    behaviour: str, answers: pd.DataFrame, limits: Mapping[str, float], bootstraps: int, seed: int
) -> list[Gate]:
    """The model must understand the prompts, and must not choose by the letter.

    Args:
        answers: to the questions about the prompts; scenario, log_odds_nats, order_bias_nats.
        limits: `gates` of the configuration.
    """
    by_scenario = answers.assign(right=answers["log_odds_nats"] > 0).groupby("scenario")
    least, most = limits["comprehension"], limits["order_bias_nats"]
    share, share_low, share_high = _mean(by_scenario["right"].mean().to_numpy(dtype=float), bootstraps, seed)
    bias, bias_low, bias_high = _mean(by_scenario["order_bias_nats"].mean().to_numpy(dtype=float), bootstraps, seed)
    return [
        Gate(
            behaviour, CHOICE, "questions about the prompt answered rightly, share", share, share_low, share_high,
            n=len(answers), of="questions", limit=f"at least {least:g}", passed=share >= least,
        ),
        Gate(
            behaviour, CHOICE, "leaning to the first letter, nats", bias, bias_low, bias_high,
            n=len(answers), of="questions", limit=f"at most {most:g} either way", passed=abs(bias) <= most,
        ),
    ]  # fmt: skip


def _mean(values: NDArray[np.float64], bootstraps: int, seed: int) -> tuple[float, float, float]:
    low, high = bootstrap(values, lambda rows: float(values[rows].mean()), bootstraps, seed)
    return float(values.mean()), low, high
