"""Shares of what was planted that was found, by size, of shams, and of parts that are replicated with the sides of replies exchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from scipy.stats import binomtest

from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.controls.sown import NAMED, PLANT
from emotion_vectors.placebos.counting import COUNTED_APART, PART_BAR, POOLED_BAR, counts, exact_interval, pooled

if TYPE_CHECKING:
    from emotion_vectors.placebos.counting import Pool

SIZES = (0.5, 1.0, 2.0)
"""Sizes of plants, in multiples of the smallest effect of interest of a part."""


def share(are_found: Sequence[bool]) -> dict[str, Any]:
    """Share of plants that were found, with its exact 95 % interval, and how many there are."""
    count, total = int(sum(are_found)), len(are_found)
    interval = binomtest(count, total).proportion_ci(method="exact")
    return {"share": count / total, "low": float(interval.low), "high": float(interval.high), "n": total}


def shares(planted: pd.DataFrame) -> pd.DataFrame:
    """Share found of plants by size, and of shams of all kinds together, which have size 0: size, share, low, high, n."""
    of_emotions = planted["kind"] == EMOTION
    sizes = planted["size"].where(of_emotions, 0.0)
    return pd.DataFrame(
        [{"size": size, **share(of["found"].tolist())} for size, of in planted.groupby(sizes, sort=True)]
    )


def summary(by_model: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Shares over all models, and of each, for the file on the validity of the study: size -> share, and that of shams."""

    def said(planted: pd.DataFrame) -> dict[str, Any]:
        sham, *of_sizes = shares(planted).to_dict("records")
        return {
            "found_share": {f"{row['size']:g}": row["share"] for row in of_sizes},
            "found_interval": {f"{row['size']:g}": [row["low"], row["high"]] for row in of_sizes},
            "sham_share": sham["share"],
            "sham_interval": [sham["low"], sham["high"]],
            "plants_of_a_size": min(row["n"] for row in of_sizes),
            "shams": sham["n"],
        }

    of_models = {model: said(planted) for model, planted in by_model.items()}
    return {**said(pd.concat(by_model.values())), "models": of_models}


def of_testable(planted: pd.DataFrame) -> dict[str, Any]:
    """Share found of the verdicts that no guard stopped, with its exact 95 % interval, and how many of each there are.

    The interval takes verdicts as independent, those of one draw too. Where every one was stopped the share is missing.
    """
    stopped = planted["verdict"].isin(COUNTED_APART.values())
    hits, testable = int(planted.loc[~stopped, "found"].sum()), int((~stopped).sum())
    low, high = exact_interval(hits, testable)
    counted = {"found": hits, "testable": testable, "stopped": int(stopped.sum())}
    return {"share_or_missing": hits / testable if testable else float("nan"), "low": low, "high": high, **counted}


def shares_by_kind(planted: pd.DataFrame) -> pd.DataFrame:
    """Share found of each kind and size of what was planted into an emptied study: kind, size, and the facts of `of_testable`."""
    return pd.DataFrame(
        [
            {"kind": kind, "size": size, **of_testable(of)}
            for (kind, size), of in planted.groupby(["kind", "size"], sort=True)
        ]
    )


def structures_summary(by_model: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Shares of each claim over all models, and of each, for the file on the validity of the study.

    Args:
        by_model: tables of plants with the columns of `sown.Sown.row`.
    Returns:
        `draws`: studies that were emptied, of each model; `claims`: claim -> size, or kind of what is no plant -> facts of `of_testable`
        over the registered parts, the share being None where it is missing; `named`: the same of `NAMED` alone; `models`: both by model.
    """

    def said(planted: pd.DataFrame) -> dict[str, Any]:
        named = {
            f"{row['size']:g}" if row["kind"] == PLANT else str(row["kind"]): row
            for row in shares_by_kind(planted).to_dict("records")
        }
        return {
            name: {
                "share": row["share_or_missing"] if row["testable"] else None,
                "interval": [row["low"], row["high"]],
                **{count: row[count] for count in ("found", "testable", "stopped")},
            }
            for name, row in named.items()
        }

    def of_claims(planted: pd.DataFrame) -> dict[str, Any]:
        is_named = planted["part"] == NAMED
        return {
            name: {str(claim): said(of_claim) for claim, of_claim in rows.groupby("claim")}
            for name, rows in (("claims", planted[~is_named]), ("named", planted[is_named]))
        }

    every = pd.concat(by_model.values())
    of_models = {model: of_claims(planted) for model, planted in by_model.items()}
    return {"draws": int(every["draw"].nunique()), **of_claims(every), "models": of_models}


def exchanged_summary(by_model: Mapping[str, pd.DataFrame], pool: Pool) -> dict[str, Any]:
    """Share of verdicts that is `replicated` with sides exchanged, over all models and of each, and parts where any is.

    Args:
        by_model: verdicts as `exchanged.verdicts` makes them.
    """
    every = pd.concat([judged.assign(model=model) for model, judged in by_model.items()])
    counted = counts(every).rename(columns={"share_or_missing": "share"})
    often = counted[counted["replicated"] > 0].sort_values("share", ascending=False, kind="stable")
    columns = ["model", "claim", "part", "replicated", "testable", "share", "low", "high"]
    return {
        "seeds": int(every["seed"].nunique()),
        "bars": {"part": PART_BAR, "pooled": POOLED_BAR},
        "pooled": pooled(every, pool),
        "models": {model: pooled(judged, pool) for model, judged in by_model.items()},
        "parts": json.loads(often[columns].to_json(orient="records")),
    }
