"""Gate of the expression readout: a model must express emotions when it is asked to, and the judge of emotions must be right."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.conduct.gates import Agreement, Gate, agreement_gate
from emotion_vectors.statistics import resampling
from emotion_vectors.stimuli.experiments import GENERATION

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
            EXPRESSION, GENERATION, "prompted replies that voice the emotion asked for, share of six-way choices", rate, low, high,
            n=len(prompted), of="replies", limit=f"at least {least_rate:g}", passed=rate >= least_rate,
        ),
        agreement_gate(EXPRESSION, "agreement of the emotions with hand labels, kappa", agreement, least_kappa),
    ]  # fmt: skip
