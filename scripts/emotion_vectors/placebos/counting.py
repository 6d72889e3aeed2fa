"""How often each claim and part is judged replicated under permuted labels, over many seeds: the share of false positives of a rule.

What could not be replicated at all leaves the denominator and is counted apart: a part behind a closed gate, one that is described and
not judged, one that nothing was measured for, and a claim with any such part, since it asks for all of them. An inconclusive verdict
stays in it: the numbers might have been others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from emotion_vectors.claims.judging import DESCRIPTIVE, NOT_MEASURED, NOT_TESTABLE, REPLICATED, STOPPED, Row
from emotion_vectors.statistics import resampling

WHOLE = ""
"""Stands for the part in the row of a whole claim."""
PART_BAR = 0.15
"""Share of seeds above which a part is named: the null of its rule is too easily exceeded."""
POOLED_BAR = 0.05
"""Share of all verdicts on parts above which the rules together let too much through."""
COUNTED_APART = {"not_testable": NOT_TESTABLE, "not_measured": NOT_MEASURED, "described": DESCRIPTIVE}
KEYS = ["model", "claim", "part"]


@dataclass(frozen=True)
class Pool:
    """Resamples of the seeds for the intervals of shares over many parts, and the seed of these resamples."""

    bootstraps: int
    seed: int


def verdicts(judged: Mapping[int, Row], registered: Mapping[str, Row]) -> pd.DataFrame:
    """Every verdict of every placebo: seed, model, claim, part (empty for the whole claim), verdict.

    Args:
        judged: claims.json of each seed. registered: claims, whose parts are listed where nothing was measured as well.
    """
    rows = []
    for seed, content in judged.items():
        for model, claims in content["claims"].items():
            for claim, entry in registered.items():
                known = content["parts"].get(model, {}).get(claim, {})
                names = [part["name"] for part in entry["parts"]]
                parts = [known.get(name, {}).get("verdict", NOT_MEASURED) for name in names]
                stopped = next((verdict for verdict in parts if verdict in STOPPED), "")
                whole = stopped or claims.get(claim, {}).get("verdict", NOT_MEASURED)
                rows += [(seed, model, claim, *told) for told in zip([WHOLE, *names], [whole, *parts], strict=True)]
    return pd.DataFrame(rows, columns=["seed", *KEYS, "verdict"])


def exact_interval(replicated: int, testable: int) -> tuple[float, float]:
    """Clopper-Pearson 95 % interval of a share; everything where nothing could be judged."""
    if testable == 0:
        return 0.0, 1.0
    low, high = proportion_confint(replicated, testable, method="beta")
    return float(low), float(high)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Of every model, claim and part: seeds, replicated, testable, share with its interval, and what was counted apart.

    `share_or_missing` is that of the testable ones, and missing where there are none.

    Args:
        table: as `verdicts` makes it.
    """
    rows = []
    for keys, group in table.groupby(KEYS, sort=False):
        said = group["verdict"]
        replicated, testable = int((said == REPLICATED).sum()), int((~said.isin(STOPPED)).sum())
        low, high = exact_interval(replicated, testable)
        share = replicated / testable if testable else float("nan")
        apart = {name: int((said == verdict).sum()) for name, verdict in COUNTED_APART.items()}
        numbers = {"replicated": replicated, "testable": testable, "share_or_missing": share, "low": low, "high": high}
        rows.append({**dict(zip(KEYS, keys, strict=True)), "seeds": group["seed"].nunique(), **numbers, **apart})
    return pd.DataFrame(rows)


def pooled(table: pd.DataFrame, pool: Pool) -> dict[str, Any]:
    """Share replicated of all verdicts of a table that could be judged, with an interval and what was counted apart.

    Verdicts of one seed hang together, so seeds are resampled, and the exact interval of independent verdicts is the least that is
    given: it is the wider one where nothing or everything is replicated.
    """
    judged = ~table["verdict"].isin(STOPPED)
    by_seed = (
        pd.DataFrame({"replicated": table["verdict"] == REPLICATED, "testable": judged}).groupby(table["seed"]).sum()
    )
    values = by_seed.to_numpy(dtype=float)
    replicated, testable = map(int, values.sum(0))
    low, high = exact_interval(replicated, testable)
    if testable:
        drawn = resampling.counts(len(values), pool.bootstraps, pool.seed) @ values
        shares = drawn[drawn[:, 1] > 0]
        of_seeds = resampling.percentile_interval(shares[:, 0] / shares[:, 1])
        low, high = min(low, of_seeds[0]), max(high, of_seeds[1])
    apart = {name: int((table["verdict"] == verdict).sum()) for name, verdict in COUNTED_APART.items()}
    share = replicated / testable if testable else None
    return {"replicated": replicated, "testable": testable, "share": share, "low": low, "high": high, **apart}


def summary(table: pd.DataFrame, counted: pd.DataFrame, superseded: Collection[str], pool: Pool) -> dict[str, Any]:
    """What the placebos say together, for the file on the validity of the study.

    `seeds` and `share_replicated` (of the parts that could be judged); `pooled` over claims, over parts, and over the parts of claims
    that no later one replaces; `above_bar`, parts that are replicated too often; `parts`, every part that could be judged, and `claims`
    likewise.

    Args:
        table: as `verdicts` makes it; counted: as `counts` makes it; superseded: claims that a later one replaces.
    """
    whole, replaced = table["part"] == WHOLE, table["claim"].isin(superseded)
    chosen = {"claims": whole, "parts": ~whole, "parts_in_force": ~whole & ~replaced}
    over = {name: pooled(table[rows], pool) for name, rows in chosen.items()}
    judged = counted[counted["testable"] > 0].rename(columns={"share_or_missing": "share"})
    judged = judged.assign(superseded=judged["claim"].isin(superseded))
    claims, parts = (_records(judged[judged["part"].eq(WHOLE) == of_claims]) for of_claims in (True, False))
    return {
        "seeds": int(table["seed"].nunique()),
        "seed_list": sorted(int(seed) for seed in table["seed"].unique()),
        "share_replicated": over["parts"]["share"],
        "pooled": over,
        "bars": {"part": PART_BAR, "pooled": POOLED_BAR},
        "above_bar": [row for row in parts if row["share"] > PART_BAR],
        "claims": claims,
        "parts": parts,
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows in plain numbers, those that are replicated most often first."""
    ordered = table.sort_values("share", ascending=False, kind="stable")
    rows: Sequence[Mapping[Any, Any]] = ordered.to_dict("records")
    return [
        {str(key): value.item() if isinstance(value, np.generic) else value for key, value in row.items()}
        for row in rows
    ]
