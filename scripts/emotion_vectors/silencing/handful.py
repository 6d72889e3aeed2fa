"""Evidence on the handful of components that are said to carry an emotion (W04-W06), from curves and head scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.circuits.scores import ComponentScores, share_of_top
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.models.points import HEADS
from emotion_vectors.silencing.actions import FEW, RANDOM_COMPONENTS, SILENCED, TOP
from emotion_vectors.silencing.curves import Array, Curves, largest, random_drops, shares
from emotion_vectors.statistics import grouping, random_directions, resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval

TEN = 10
OF = "scenarios"


def _resamples(count: int, draws: Draws) -> Array:
    """How often each scenario is drawn in each resample: [resample, scenario]."""
    return resampling.counts(count, draws.bootstraps, draws.seed).astype(float)


def _top_and_random(curves: Curves, resampled: Array | None) -> tuple[Array, Array]:
    """Shares of the largest drop by top and by random components, in expectation: [resample, count] each."""
    means = curves.means(resampled)
    top = means[SILENCED, TOP]
    return shares(top, top), shares(means[SILENCED, RANDOM_COMPONENTS], top)


def handful(curves: Curves, drops: Array, draws: Draws) -> dict[str, Effect]:
    """The effects of the top four components: `share`, `minus random`, and `random over top`, whose reference is 1.

    Null of the first two: four random components in every layer, for the second less their expectation. Null of the third: the
    labels `top` and `random` exchanged at random in every layer of every emotion.

    Args:
        drops: by four random components, see `curves.random_drops`.
    """
    column, count = curves.counts.index(min(FEW, curves.counts[-1])), len(curves.prompts)
    resampled = _resamples(count, draws)
    (top,), (random,) = (share[:, column] for share in _top_and_random(curves, None))
    tops, randoms = (share[:, column] for share in _top_and_random(curves, resampled))
    curve = curves.means()[SILENCED, TOP][0]
    scale = largest(curve)[:, None] * curve.shape[1] * len(curve)
    by_top = curve[:, :, column] / scale
    by_random = drops.mean(1) / scale
    null = by_random.sum((1, 2))
    swapped = draws.generator(2).random(by_random.shape) < 0.5
    exchanged = np.where(swapped, by_top, by_random).sum((1, 2)) / np.where(swapped, by_random, by_top).sum((1, 2))
    drop = Scale(OF, "share of the largest drop", two_sided=True)
    ratio = Scale(OF, "ratio of drops", reference=1.0, two_sided=True)
    spread, spread_of_ratio = percentile_interval(tops - randoms), percentile_interval(randoms / tops)
    return {
        "share": effect(top, percentile_interval(tops), null, n=count, scale=drop),
        "minus random": effect(top - random, spread, null - null.mean(), n=count, scale=drop),
        "random over top": effect(random / top, spread_of_ratio, exchanged, n=count, scale=ratio),
    }


def share_elsewhere(curves: Curves) -> float:
    """Drop by the top four on prompts for the other emotions, as a share of the largest drop on the emotion's own, mean over emotions."""
    drops = curves.elsewhere.sum(0).mean(-1) / curves.prompts.sum()
    return float((drops / largest(curves.means()[SILENCED, TOP][0])).mean())


def size_over_top(curves: Curves, drops: Array) -> float:
    """Mean size of the drop by four random components in one layer, its sign aside, over that by the top four.

    Args:
        drops: see `curves.random_drops`.
    """
    column = curves.counts.index(min(FEW, curves.counts[-1]))
    by_top = curves.means()[SILENCED, TOP][0][:, :, column]
    return float(np.abs(drops).mean() / np.abs(by_top).mean())


def share_of_other_directions(mean_falls: Tensor, directions: Tensor) -> float:
    """Share of the positive importance in the top ten heads when falls are read along the directions of the other emotions.

    Args:
        mean_falls: [emotion, layer, head, d_model]; directions: [emotion, layer, d_model].
    """
    crossed = share_of_top(torch.einsum("elhd,fld->eflh", mean_falls, directions).flatten(2), TEN)
    return float(crossed[~torch.eye(len(crossed), dtype=torch.bool)].mean())


def ten_heads(by_event: Tensor, names: Sequence[str], mean_falls: Tensor, draws: Draws) -> Effect:
    """Share of the positive importance that the ten most important heads hold, mean over emotions.

    Null: random directions, independent in every layer and for every emotion, on the same prompts.

    Args:
        by_event: [event, emotion, layer, head]; mean_falls: [emotion, layer, head, d_model]; names: scenario of each event.
    """
    summed = grouping.sums(by_event, names)
    resampled = grouping.resamples(draws.bootstraps, len(summed), draws.seed)
    scores = torch.einsum("bs,selh->belh", resampled, summed)
    spread = share_of_top(scores.flatten(2), TEN).mean(1)
    generator = torch.Generator().manual_seed(draws.seed)
    null = []
    for _ in range(draws.shuffles):
        directions = random_directions.gaussian((*mean_falls.shape[:2], mean_falls.shape[-1]), generator)
        random = torch.einsum("elhd,eld->elh", mean_falls, torch.nn.functional.normalize(directions, dim=-1))
        null.append(float(share_of_top(random.flatten(1), TEN).mean()))
    share, scale = share_of_top(by_event.mean(0).flatten(1), TEN).mean(), Scale(OF, "share of the positive importance")
    return effect(float(share), percentile_interval(spread.numpy()), null, n=len(summed), scale=scale)


def handful_evidence(
    neurons: Curves,
    heads: Curves,
    components: ComponentScores,
    directions: Tensor,
    scenarios: Sequence[str],
    draws: Draws,
) -> list[dict[str, Any]]:
    """Evidence on W04, W05 and W06.

    Args:
        directions: [emotion, layer, d_model], along which the scores of heads were taken; scenarios: of each event of the scores.
    """
    falls = components.mean_falls_as_coded
    ten = ten_heads(components.heads_as_coded_by_event, scenarios, falls, draws)
    uncoded = share_of_top(torch.flatten(components.kinds[HEADS].scores, 1), TEN).mean()
    crossed = share_of_other_directions(falls, directions)
    beside = (
        f"all {equal_shares(heads)}; without the norm before the MLP {uncoded:.2f}, along the directions of the other emotions "
        f"{crossed:.2f}"
    )
    return [
        *_of_kind("W04", neurons, draws),
        evidence_row("W05", "share of the top ten", ten, beside=beside),
        *_of_kind("W05", heads, draws),
    ]


def _of_kind(claim: str, curves: Curves, draws: Draws) -> list[dict[str, Any]]:
    """Evidence on the claim about one kind of component, and on W06."""
    drops = random_drops(curves, FEW, draws.shuffles, draws.seed + 1)
    effects = handful(curves, drops, draws)
    needed = (
        f"on prompts for the other emotions {share_elsewhere(curves):.2f}; half of the largest drop within "
        f"{np.median(curves.needed):g} of {curves.counts[-1]} (median over layers, emotions and halves)"
    )
    sizes = f"sizes of single drops, their sign aside, {size_over_top(curves, drops):.3f}"
    return [
        evidence_row(claim, "share of the largest drop, top 4", effects["share"], beside=needed),
        evidence_row(claim, "top 4 minus random 4", effects["minus random"]),
        evidence_row("W06", f"random {curves.kind}", effects["random over top"], beside=sizes),
    ]


def equal_shares(heads: Curves) -> str:
    """What ten of all heads would hold if all held the same, in words."""
    total = heads.by_part.shape[-1] * heads.by_part.shape[-2]
    return f"{total} heads, equal ones would hold {TEN / total:.3f}"


def curve_table(curves: Curves, emotions: Sequence[str], draws: Draws) -> pd.DataFrame:
    """Mean curves over layers of every emotion, and of all, as shares of the largest drop, with intervals over scenarios."""
    resampled = _resamples(len(curves.prompts), draws)
    point, spread = curves.means(), curves.means(resampled)
    tables = []
    groups = {"all": slice(None)} | {name: slice(row, row + 1) for row, name in enumerate(emotions)}
    for (action, choice), curve in point.items():
        for name, chosen in groups.items():
            of, of_spread = (means[SILENCED, TOP][:, chosen] for means in (point, spread))
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
