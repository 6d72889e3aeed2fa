"""Unsteered log-odds of acts in nats per reply, and what contexts, orders and told feelings change about them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.acts.cells import ActError, cells_with
from emotion_vectors.acts.conditions import AGAINST, CONTEXT, FOR, ORDER, TOLD
from emotion_vectors.stimuli.acts.table import Act

Array = NDArray[np.float64]
CONDITION = ["kind", "context", "name", "direction", "turn", "wording"]
"""Columns that name a condition."""
ODDS = "logodds_nats"
MENTION = "mere mention"
"""Name of one of the unsteered changes."""


def odds_of(replies: pd.DataFrame, act: Act) -> pd.DataFrame:
    """Log-odds of an act in every condition: scenario, hand, the condition, reply, logodds_nats.

    Args:
        replies: as `capture_acts` wrote them.
    """
    target, alternative = cells_with(act, list(dict.fromkeys(replies["cell"])))
    keys = ["scenario", "hand", *CONDITION, "reply"]
    sides = [
        replies[replies["cell"].isin(cells)].groupby(keys, sort=False)["logprob_nats"].mean()
        for cells in (target, alternative)
    ]
    return (sides[0] - sides[1]).rename(ODDS).reset_index()


def in_context(odds: pd.DataFrame, context: str) -> pd.Series[float]:
    """Log-odds by scenario in one context as it stands, mean over wordings of the replies.

    Raises:
        ActError: the context was not read.
    """
    rows = odds[(odds["kind"] == CONTEXT) & (odds["context"] == context)]
    if rows.empty:
        raise ActError(f"no replies in the context '{context}'; correct the row of the table of acts")
    return rows.groupby("scenario", sort=False)[ODDS].mean()


def between(odds: pd.DataFrame, context: str, other: str) -> Array:
    """Change of the log-odds from one context to another: [scenario]."""
    return np.asarray(in_context(odds, context) - in_context(odds, other), dtype=np.float64)


def by_grade(odds: pd.DataFrame, grades: Sequence[str]) -> Array:
    """Log-odds over graded contexts: [scenario, grade]."""
    return np.stack([np.asarray(in_context(odds, grade), dtype=np.float64) for grade in grades], axis=1)


def ordered(odds: pd.DataFrame, act: Act, context: str) -> Array:
    """Log-odds in a context under an order for the act minus under one against it: [scenario], mean over turns and wordings.

    Scenarios stand in the order of the table, as those of `in_context` do.
    """
    rows = odds[(odds["kind"] == ORDER) & (odds["name"] == act.orders) & (odds["context"] == context)]
    pro, contra = (
        rows[rows["direction"] == direction].groupby("scenario", sort=False)[ODDS].mean()
        for direction in (FOR, AGAINST)
    )
    return np.asarray(pro - contra.reindex(pro.index), dtype=np.float64)


def told(odds: pd.DataFrame, act: Act) -> pd.DataFrame:
    """What a told feeling adds in the context of the act beyond its control: a row for each scenario, a column for each emotion.

    Every scenario's values are relative to their mean over emotions, as emotion vectors are.
    """
    rows = odds[odds["kind"] == TOLD]
    means = rows.groupby(["scenario", "context", "name"], sort=False)[ODDS].mean().unstack("context")
    change = (means[act.acted] - means[act.control]).unstack("name")
    return change.sub(change.mean(axis=1), axis=0)
