"""Evidence on whether clamped emotion components protect against pressure, and what that costs (S06)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.removal.against_random import beyond_others, hardest_of
from emotion_vectors.removal.cost_evidence import FALL, Costs, by_kind, full, losses
from emotion_vectors.removal.kinds import (
    EMOTION,
    LEAST_PERCENTILE,
    LEAST_WHOLE,
    MAIN_LAYER,
    MATCHED,
    PRESSURE_PARTS,
    ROTATED,
    WHOLE,
)
from emotion_vectors.statistics import effects as stats
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.resampling import Draws, bootstrap, crossed_ratio_bootstrap
from emotion_vectors.statistics.wording import interval as interval_text

Array = NDArray[np.float64]
PROTECTION, RESTS_ON = "S06", "S04b"
CLAMPED_COLUMNS = ["act", "context", "calm_context", "scenario", "kind", "subspace", "clamped", "pressured", "calm"]
"""Of a table of acts under clamps, with the contexts of most and of least pressure; the last three are log-odds in nats per reply."""


def without_effect(evidence: pd.DataFrame) -> dict[str, str]:
    """Acts on which pressure has no effect to take away: act -> why, in words; the others are left out.

    Args:
        evidence: on acts; claim, part, estimate, low, high, null_percentile, guard.
    """
    rows = evidence[evidence["claim"] == RESTS_ON].set_index("part")
    reasons = {}
    for part, act in PRESSURE_PARTS.values():
        row = rows.loc[part]
        said = str(row["guard"])
        if not said and not (row["low"] > 0 and row["null_percentile"] > LEAST_PERCENTILE):
            rise = {name: row[name] for name in ("estimate", "low", "high")}
            said = f"rise {interval_text(rise)}, percentile {row['null_percentile']:.1f} of its null"
        if said:
            reasons[act] = f"{RESTS_ON} shows no effect of pressure to take away ({said})"
    return reasons


def pressure_rows(clamped: pd.DataFrame, reasons: dict[str, str], costs: Costs, draws: Draws) -> list[dict[str, Any]]:
    """Evidence on every part of S06.

    Args:
        clamped: with `CLAMPED_COLUMNS`. reasons: as `without_effect` gives them.
    """
    parts = []
    for behaviour, (_, act) in PRESSURE_PARTS.items():
        part = f"{behaviour}, share removed"
        of_act = clamped[clamped["act"] == act]
        reason = reasons.get(act) or beyond_clamps(of_act, draws)
        if reason:
            parts.append(untested_row(PROTECTION, part, reason))
            continue
        parts.append(evidence_row(PROTECTION, part, protection(of_act, draws), beside=_beside(of_act, costs)))
    return parts


def removed_by(of_act: pd.DataFrame) -> dict[str, Array]:
    """What every clamp takes away from the effect of pressure, by kind: [subspace, scenario]."""
    return by_kind(of_act.assign(removed=of_act["pressured"] - of_act["clamped"]), "scenario", "removed")


def effect_of(of_act: pd.DataFrame) -> Array:
    """Effect of pressure: [scenario], in the order of `removed_by`."""
    effect = (of_act["pressured"] - of_act["calm"]).groupby(of_act["scenario"]).first().sort_index()
    return effect.to_numpy(dtype=float)


def beyond_clamps(of_act: pd.DataFrame, draws: Draws) -> str:
    """Why no share can be taken: no effect in these scenarios, or one that a clamp of the whole stream leaves; empty where it can."""
    effect = effect_of(of_act)
    low, high = bootstrap(effect, lambda rows: float(effect[rows].mean()), draws.bootstraps, draws.seed)
    if low <= 0:
        rise = interval_text({"estimate": float(effect.mean()), "low": low, "high": high})
        return f"the effect of pressure in the scenarios under clamps, {contexts_of(of_act)}: {rise}, must lie above 0"
    whole = removed_by(of_act)[WHOLE][0]
    ends = crossed_ratio_bootstrap(whole[:, None], effect[:, None], draws.bootstraps, draws.seed)
    if ends[0] >= LEAST_WHOLE:
        return ""
    share = interval_text({"estimate": float(whole.mean() / effect.mean()), "low": ends[0], "high": ends[1]})
    limit = f"the lower end must be at least {LEAST_WHOLE:g}"
    return f"a clamp of the whole stream at this layer takes away {share} of the effect; {limit}"


def contexts_of(of_act: pd.DataFrame) -> str:
    """The contexts that are compared, in words."""
    return f"from {of_act['calm_context'].iloc[0]} to {of_act['context'].iloc[0]}"


def protection(of_act: pd.DataFrame, draws: Draws) -> Effect:
    """Share of the effect of pressure that the emotion subspace takes away, less that of random ones, scenarios resampled.

    Random subspaces have equal dimension, hold as much of what pressure changes, or are those of label-shuffled vectors; the kind that is
    exceeded least counts, for the interval as for the null.
    """
    removed, effect = removed_by(of_act), effect_of(of_act)
    scale = Scale(of="scenarios", unit="share of the effect")
    by_null = []
    for kind in (ROTATED, MATCHED, SHUFFLED):
        beyond = removed[EMOTION][0] - removed[kind].mean(0)
        interval = crossed_ratio_bootstrap(beyond[:, None], effect[:, None], draws.bootstraps, draws.seed)
        null = beyond_others(removed[kind].mean(1) / effect.mean())
        by_null.append(stats.effect(float(beyond.mean() / effect.mean()), interval, null, n=len(effect), scale=scale))
    return hardest_of(by_null)


def _beside(of_act: pd.DataFrame, costs: Costs) -> str:
    """Shares of every kind, and what removal at the same layer costs text and answers, unjudged."""
    removed, effect = removed_by(of_act), effect_of(of_act)
    shares = ", ".join(f"{kind} {values.mean() / effect.mean():.2f}" for kind, values in removed.items())
    falls = by_kind(full(costs.falls, MAIN_LAYER), "passage", FALL)
    cost = f"{falls[EMOTION].mean():.3f} nats per token of text, random {falls[ROTATED].mean():.3f}"
    if (costs.answers["where"] == MAIN_LAYER).any():
        lost = losses(costs.answers, MAIN_LAYER)
        cost += f", {lost[EMOTION].mean():.3f} of accuracy, random {lost[ROTATED].mean():.3f}"
    return f"{contexts_of(of_act)}; shares: {shares}; removal at this layer costs {cost}"
