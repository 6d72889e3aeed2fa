"""Differences between two models in the parts of claims, with intervals: on the same scenarios where slopes are known by scenario.

Two models that read the same scenarios are compared scenario by scenario, so that what makes a scenario easy or hard for both cancels;
these intervals resample scenarios alone, with the vectors of both models as they are. Elsewhere the intervals of both are combined as those
of independent estimates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import difference_of
from emotion_vectors.stimuli.acts.table import called

Row = Mapping[str, Any]
ON_ITEMS, BY_INTERVALS = "same scenarios", "two intervals"
"""How two models were compared."""
COLUMNS = ["claim", "part", "smaller", "larger", "difference", "low", "high", "n", "of", "unit", "compared_by", "gated"]
KEYS = ["experiment", "direction", "scenario"]


class ComparisonError(ValueError):
    """Two models have not read the same scenarios."""


@dataclass(frozen=True)
class Compared:
    """What is known of one model: parts of claims as in claims.json, and slopes by scenario.

    slopes: experiment, direction, scenario, slope_nats; of readouts in pairs of contexts and of mirrored replies alike.
    """

    name: str
    parts: Mapping[str, Mapping[str, Row]]
    slopes: pd.DataFrame


def slopes_by_scenario(acts: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Slopes of both readouts in one form: experiment, direction, scenario, slope_nats, mean over variants of a scenario.

    Args:
        acts: as `compute_acts` wrote them by scenario; items: as `compute_slopes` wrote them by item.
    """
    mirrored = items.rename(columns={"emotion": "direction"}).groupby(KEYS, sort=False)["slope_nats"].mean()
    return pd.concat([acts[[*KEYS, "slope_nats"]], mirrored.reset_index()], ignore_index=True)


def difference_table(
    smaller: Compared, larger: Compared, claims: Mapping[str, Row], bootstraps: int, seed: int
) -> pd.DataFrame:
    """The larger model minus the smaller one in every part that both were measured on, in `COLUMNS`.

    Raises:
        ComparisonError: slopes by scenario are of other scenarios.
    """
    rows = [
        {"claim": claim, "part": part["name"], "smaller": smaller.name, "larger": larger.name}
        | _compare(*both, _paired(smaller, larger, part), bootstraps, seed)
        for claim, part, both in _measured_parts(smaller, larger, claims)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _measured_parts(
    smaller: Compared, larger: Compared, claims: Mapping[str, Row]
) -> Iterator[tuple[str, Row, tuple[Row, Row]]]:
    for claim, entry in claims.items():
        for part in entry["parts"]:
            both = [model.parts.get(claim, {}).get(part["name"], {}) for model in (smaller, larger)]
            if all(row.get("estimate") is not None for row in both):
                yield claim, part, (both[0], both[1])


def _paired(smaller: Compared, larger: Compared, part: Row) -> pd.DataFrame | None:
    """Slopes of a part by scenario, a column for each model; None where it is no slope, or one that is not kept by scenario."""
    columns = [_slopes_of(model.slopes, part.get("measured_by", {})) for model in (smaller, larger)]
    if any(column is None for column in columns):
        return None
    table = pd.concat(columns, axis=1, keys=[smaller.name, larger.name])
    if table.isna().any(axis=None):
        raise ComparisonError(
            f"'{part['name']}': {smaller.name} and {larger.name} have not read the same scenarios; repeat compute_acts and "
            "compute_slopes of both with one configuration"
        )
    return table


def _slopes_of(slopes: pd.DataFrame, by: Row) -> pd.Series | None:
    if by.get("measure") not in ("slope", "act_slope"):
        return None
    direction = called(by["emotions"]) if "emotions" in by else by["emotion"]
    of_part = slopes[(slopes["experiment"] == by["experiment"]) & (slopes["direction"] == direction)]
    if of_part.empty:
        return None
    values: pd.Series[float] = of_part.set_index("scenario")["slope_nats"]
    return -values if by.get("turned") else values


def _compare(smaller: Row, larger: Row, paired: pd.DataFrame | None, bootstraps: int, seed: int) -> dict[str, Any]:
    facts = {"unit": larger["unit"], "gated": bool(smaller["guard"] or larger["guard"])}
    if paired is None:
        difference, low, high = difference_of(larger, smaller)
        n = min(smaller["n"], larger["n"])
        return facts | _numbers(difference, low, high) | {"n": n, "of": larger["of"], "compared_by": BY_INTERVALS}
    changes = np.asarray(paired.iloc[:, 1] - paired.iloc[:, 0], dtype=np.float64)
    low, high = resampling.bootstrap(changes, lambda rows: float(changes[rows].mean()), bootstraps, seed)
    numbers = _numbers(float(changes.mean()), low, high)
    return facts | numbers | {"n": len(changes), "of": "scenarios", "compared_by": ON_ITEMS}


def _numbers(difference: float, low: float, high: float) -> dict[str, float]:
    return {"difference": difference, "low": low, "high": high}


def neighbours(sizes: Mapping[str, float]) -> list[tuple[str, str]]:
    """Models by size, each with the next larger one; those of equal size in the order of the study."""
    return list(pairwise(sorted(sizes, key=lambda name: sizes[name])))
