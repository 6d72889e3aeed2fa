"""Gates of a readout of acts: what it must be seen to respond to before any emotion is looked at (second registration)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.acts import odds as log_odds
from emotion_vectors.conduct.gates import Gate
from emotion_vectors.statistics import resampling
from emotion_vectors.stimuli.acts.table import ORDER, Act

Array = NDArray[np.float64]
ACTS = "acts"
"""Name of the readout in tables of gates."""
ORDERED = "order for the act minus order against it, nats per reply"


@dataclass(frozen=True)
class SensitivityLimits:
    """What must be kept, `acts` of the configuration.

    order_nats: least change under an order, per reply; order_scenarios: least share of scenarios that it moves in its own direction;
    mention_share: largest share of what makes the act one that a mere mention of it may give; ceiling_share: largest share of the
    slope along the mean gradient of other scenarios that the threshold of the null may reach; ceiling_nats: least such slope.
    """

    order_nats: float
    order_scenarios: float
    mention_share: float
    ceiling_share: float
    ceiling_nats: float


@dataclass(frozen=True)
class GateDraws:
    """Resamples of an interval, and their seed."""

    bootstraps: int
    seed: int

    def mean(self, values: Array) -> tuple[float, float, float]:
        """Mean over scenarios with its 95 % interval."""
        low, high = resampling.bootstrap(values, lambda rows: float(values[rows].mean()), self.bootstraps, self.seed)
        return float(values.mean()), low, high


def contrast(act: Act) -> str:
    """What the gate of known groups measures: the context of the act minus its control."""
    return f"{act.acted} minus {act.control}, nats per reply"


def order_gates(act: Act, odds: pd.DataFrame, limits: SensitivityLimits, draws: GateDraws) -> list[Gate]:
    """An order in words that no reply uses moves the log-odds in its direction, far enough and in most scenarios."""
    change = log_odds.ordered(odds, act, act.acted)
    value, low, high = draws.mean(change)
    share = draws.mean((change > 0).astype(float))
    least, most, of = limits.order_nats, limits.order_scenarios, (len(change), "scenarios")
    moved = "scenarios that the order moves in its direction, share"
    far_enough = (f"at least {least:g}, interval above 0", value >= least and low > 0)
    return [
        Gate(act.name, ACTS, ORDERED, value, low, high, *of, *far_enough),
        Gate(act.name, ACTS, moved, *share, *of, f"at least {most:g}", share[0] >= most),
    ]


def unsteered_gates(act: Act, odds: pd.DataFrame, limits: SensitivityLimits, draws: GateDraws) -> list[Gate]:
    """Every gate that log-odds alone decide."""
    return [
        *order_gates(act, odds, limits, draws),
        difference_gate(act, odds, draws),
        known_groups_gate(act, odds, draws),
        mention_gate(act, odds, limits, draws),
    ]


def difference_gate(act: Act, odds: pd.DataFrame, draws: GateDraws) -> Gate:
    """An order moves what is judged: more in the context of the act than in its control; of a manner it is shown and closes nothing."""
    value, low, high = draws.mean(log_odds.ordered(odds, act, act.acted) - log_odds.ordered(odds, act, act.control))
    n, limit, passed = odds["scenario"].nunique(), "interval above 0", low > 0
    if act.moved_by == ORDER:
        limit, passed = "none", True
    quantity = f"what the order does in {act.acted} minus in {act.control}, nats per reply"
    return Gate(act.name, ACTS, quantity, value, low, high, n, "scenarios", limit, passed)


def known_groups_gate(act: Act, odds: pd.DataFrame, draws: GateDraws) -> Gate:
    """What makes the act one raises its log-odds, the words of the replies being the same; of a manner it is shown and closes nothing."""
    value, low, high = draws.mean(log_odds.between(odds, act.acted, act.control))
    n, limit, passed = odds["scenario"].nunique(), "interval above 0", low > 0
    if act.moved_by == ORDER:
        limit, passed = "none", True
    return Gate(act.name, ACTS, contrast(act), value, low, high, n, "scenarios", limit, passed)


def mention_gate(act: Act, odds: pd.DataFrame, limits: SensitivityLimits, draws: GateDraws) -> Gate:
    """A mere mention moves the log-odds by less than a share of what moves the act: the mention less that share of it.

    The context is counted from the plain one, the mention from one that differs from it by the mention alone. Where what should move the
    act moves nothing, no mention is small enough.
    """
    mention = log_odds.between(odds, act.mention, act.mention_from)
    full = log_odds.between(odds, act.acted, act.plain)
    mover = act.acted
    if act.moved_by == ORDER:
        mover, full = "an order", log_odds.ordered(odds, act, act.acted)
    excess = abs(float(mention.mean())) - limits.mention_share * float(full.mean())
    _, low, high = draws.mean(np.sign(mention.mean()) * mention - limits.mention_share * full)
    quantity = f"mere mention less {limits.mention_share:g} of what {mover} gives, nats per reply"
    return Gate(act.name, ACTS, quantity, excess, low, high, len(full), "scenarios", "below 0", excess < 0)
