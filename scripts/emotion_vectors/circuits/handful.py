"""Evidence on the handful of components that are said to carry an emotion (W04-W06), from curves and head scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.circuits import curves as component_curves
from emotion_vectors.circuits.curves import FEW, RANDOM, SILENCED, TOP, Array, Curves, shares
from emotion_vectors.circuits.scores import share_of_top
from emotion_vectors.claims import judging
from emotion_vectors.statistics import grouping, random_directions, resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import percentile_interval

TEN = 10
OF = "scenarios"


def _resamples(count: int, bootstraps: int, seed: int) -> Array:
    """How often each scenario is drawn in each resample: [resample, scenario]."""
    return resampling.counts(count, bootstraps, seed).astype(float)


def _top_and_random(curves: Curves, draws: Array | None) -> tuple[Array, Array]:
    """Shares of the largest drop by top and by random components, in expectation: [draw, count] each."""
    means = curves.means(draws)
    top = means[SILENCED, TOP]
    return shares(top, top), shares(means[SILENCED, RANDOM], top)


def handful(curves: Curves, drops: Array, bootstraps: int, seed: int) -> dict[str, Effect]:
    """The effects of the top four components: `share`, `minus random`, and `random over top`, whose reference is 1.

    Null of the first two: four random components in every layer, for the second less their expectation. Null of the third: the
    labels `top` and `random` exchanged at random in every layer of every emotion.

    Args:
        drops: by four random components, see `component_curves.random_drops`.
    """
    column, count = curves.counts.index(min(FEW, curves.counts[-1])), len(curves.prompts)
    resampled = _resamples(count, bootstraps, seed)
    (top,), (random,) = (each[:, column] for each in _top_and_random(curves, None))
    tops, randoms = (each[:, column] for each in _top_and_random(curves, resampled))
    curve = curves.means()[SILENCED, TOP][0]
    scale = component_curves.largest(curve)[:, None] * curve.shape[1] * len(curve)
    own = curve[:, :, column] / scale
    others = drops.mean(1) / scale
    null = others.sum((1, 2))
    swapped = np.random.default_rng(seed + 2).random(others.shape) < 0.5
    exchanged = np.where(swapped, own, others).sum((1, 2)) / np.where(swapped, others, own).sum((1, 2))
    drop, ratio = (
        Scale(OF, "share of the largest drop", two_sided=True),
        Scale(OF, "ratio of drops", 1.0, two_sided=True),
    )
    return {
        "share": effect(top, percentile_interval(tops), null, n=count, scale=drop),
        "minus random": effect(
            top - random, percentile_interval(tops - randoms), null - null.mean(), n=count, scale=drop
        ),
        "random over top": effect(
            random / top, percentile_interval(randoms / tops), exchanged, n=count, scale=ratio
        ),
    }  # fmt: skip


def share_elsewhere(curves: Curves) -> float:
    """Drop by the top four on prompts for the other emotions, as a share of the largest drop on the emotion's own, mean over emotions."""
    drops = curves.elsewhere.sum(0).mean(-1) / curves.prompts.sum()
    return float((drops / component_curves.largest(curves.means()[SILENCED, TOP][0])).mean())


def size_over_top(curves: Curves, drops: Array) -> float:
    """Mean size of the drop by four random components in one layer, its sign aside, over that by the top four.

    Args:
        drops: see `component_curves.random_drops`.
    """
    column = curves.counts.index(min(FEW, curves.counts[-1]))
    own = curves.means()[SILENCED, TOP][0][:, :, column]
    return float(np.abs(drops).mean() / np.abs(own).mean())


def share_of_other_directions(mean_falls: Tensor, directions: Tensor) -> float:
    """Share of the positive importance in the top ten heads when falls are read along the directions of the other emotions.

    Args:
        mean_falls: [emotion, layer, head, d_model]; directions: [emotion, layer, d_model].
    """
    crossed = share_of_top(torch.einsum("elhd,fld->eflh", mean_falls, directions).flatten(2), TEN)
    return float(crossed[~torch.eye(len(crossed), dtype=torch.bool)].mean())


def ten_heads(
    by_event: Tensor, names: Sequence[str], mean_falls: Tensor, bootstraps: int, draws: int, seed: int
) -> Effect:
    """Share of the positive importance that the ten most important heads hold, mean over emotions.

    Null: random directions, independent in every layer and for every emotion, on the same prompts.

    Args:
        by_event: [event, emotion, layer, head]; mean_falls: [emotion, layer, head, d_model]; names: scenario of each event.
    """
    summed = grouping.sums(by_event, names)
    scores = torch.einsum("bs,selh->belh", grouping.resamples(bootstraps, len(summed), seed), summed)
    found = share_of_top(scores.flatten(2), TEN).mean(1)
    generator = torch.Generator().manual_seed(seed)
    null = []
    for _ in range(draws):
        directions = random_directions.gaussian((*mean_falls.shape[:2], mean_falls.shape[-1]), generator)
        random = torch.einsum("elhd,eld->elh", mean_falls, torch.nn.functional.normalize(directions, dim=-1))
        null.append(float(share_of_top(random.flatten(1), TEN).mean()))
    return effect(
        float(share_of_top(by_event.mean(0).flatten(1), TEN).mean()),
        percentile_interval(found.numpy()),
        null,
        n=len(summed),
        scale=Scale(of=OF, unit="share of the positive importance"),
    )


def rows_of(
    neurons: Curves, heads: Curves, ten: Effect, beside_ten: str, bootstraps: int, draws: int, seed: int
) -> list[dict[str, Any]]:
    """Evidence on W04, W05 and W06. `beside_ten`: what stands beside the share of the top ten heads."""
    rows = []
    for curves, claim in ((neurons, "W04"), (heads, "W05")):
        drops = component_curves.random_drops(curves, FEW, draws, seed + 1)
        found = handful(curves, drops, bootstraps, seed)
        needed = (
            f"on prompts for the other emotions {share_elsewhere(curves):.2f}; half of the largest drop within "
            f"{np.median(curves.needed):g} of {curves.counts[-1]} (median over layers, emotions and halves)"
        )
        if claim == "W05":
            rows.append(
                judging.evidence(claim, "share of the top ten", ten, beside=f"all {ten_of(heads)}; {beside_ten}")
            )
        rows.append(judging.evidence(claim, "share of the largest drop, top 4", found["share"], beside=needed))
        rows.append(judging.evidence(claim, "top 4 minus random 4", found["minus random"]))
        sizes = f"sizes of single drops, their sign aside, {size_over_top(curves, drops):.3f}"
        rows.append(judging.evidence("W06", f"random {curves.kind}", found["random over top"], beside=sizes))
    return rows


def ten_of(heads: Curves) -> str:
    """What equal shares of all heads would be, in words."""
    total = heads.by_part.shape[-1] * heads.by_part.shape[-2]
    return f"{total} heads, equal ones would hold {TEN / total:.3f}"


def curve_table(curves: Curves, emotions: Sequence[str], bootstraps: int, seed: int) -> pd.DataFrame:
    """Mean curves over layers of every emotion, and of all, as shares of the largest drop, with intervals over scenarios."""
    resampled = _resamples(len(curves.prompts), bootstraps, seed)
    point, spread = curves.means(), curves.means(resampled)
    tables = []
    groups = {"all": slice(None)} | {name: slice(place, place + 1) for place, name in enumerate(emotions)}
    for (action, choice), curve in point.items():
        for name, chosen in groups.items():
            of, of_spread = (each[SILENCED, TOP][:, chosen] for each in (point, spread))
            share = shares(curve[:, chosen], of)[0]
            ends = np.quantile(shares(spread[action, choice][:, chosen], of_spread), [0.025, 0.975], axis=0)
            columns = {"components": curves.counts, "share": share, "low": ends[0], "high": ends[1]}
            facts = {"kind": curves.kind, "action": action, "choice": choice, "emotion": name}
            tables.append(pd.DataFrame(columns).assign(**facts))
    return pd.concat(tables, ignore_index=True)


def layer_table(curves: Curves, emotions: Sequence[str]) -> pd.DataFrame:
    """Drops and rises of every emotion in every layer, in units of the mean residual norm there."""
    tables = []
    for (action, choice), curve in curves.means().items():
        index = pd.MultiIndex.from_product(
            [emotions, range(curve.shape[2]), curves.counts], names=["emotion", "layer", "components"]
        )
        table = pd.DataFrame({"change_norm_fraction": curve[0].ravel()}, index=index).reset_index()
        tables.append(table.assign(kind=curves.kind, action=action, choice=choice))
    return pd.concat(tables, ignore_index=True)
