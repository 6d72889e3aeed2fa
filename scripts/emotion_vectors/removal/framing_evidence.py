"""Evidence on what emotional wording does to answers, and on how much of it goes through the emotion subspace (S02, S03)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.removal.against_random import beyond_others, hardest_of, widened
from emotion_vectors.removal.kinds import (
    BY_RUN,
    LEAST_PERCENTILE,
    LEAST_WHOLE,
    MATCHED,
    MEDIATION,
    READING,
    ROTATED,
    RUN_CLAMPS,
)
from emotion_vectors.statistics import effects as stats
from emotion_vectors.statistics.effects import Effect, Scale, against_nulls, percentile_in
from emotion_vectors.statistics.resampling import Draws, crossed_bootstrap, crossed_ratio_bootstrap, sign_flips
from emotion_vectors.statistics.wording import interval as interval_text

Array = NDArray[np.float64]
FRAMING, MEDIATED = "S02", "S03"
ACCURACY, LOG_ODDS = "accuracy", "log-odds of the right answer"
SHIFT, SHARE = "readings shift", "share mediated"
OF = "framings"
NATS, RIGHT = Scale(of=OF, unit="nats", two_sided=True), Scale(of=OF, unit="accuracy", two_sided=True)


@dataclass(frozen=True)
class Framed:
    """What `measure_framings` wrote: answers by item and framing, and values under each null."""

    answers: pd.DataFrame
    nulls: pd.DataFrame

    def table(self, column: str) -> Array:
        """One column of the answers, which may miss values: [item, framing]."""
        wide = self.answers.pivot(index="item", columns="framing", values=column)
        return wide.to_numpy(dtype=float)

    def null(self, measure: str) -> dict[str, Array]:
        """Values under each null of a measure, by kind."""
        of_measure = self.nulls[self.nulls["measure"] == measure]
        return {str(kind): rows["value"].to_numpy(dtype=float) for kind, rows in of_measure.groupby("kind")}

    @property
    def change(self) -> Array:
        """Log-odds after framed words minus those after neutral ones: [item, framing]."""
        return self.over("neutral")

    def over(self, words: str) -> Array:
        """Log-odds after framed words minus those after other words: [item, framing]."""
        return self.table("framed") - self.table(words)

    def gained(self, words: str) -> Array:
        """Right answers gained by framing over other words: [item, framing], -1 for one lost."""
        right: Array = (self.table("framed") > 0).astype(float) - (self.table(words) > 0)
        return right


def framing_rows(framed: Framed, closed: str, draws: Draws) -> list[dict[str, Any]]:
    """Evidence on every part of S02 and S03.

    Args:
        closed: why questions say nothing about this model, empty where they do.
    """
    if closed:
        parts = ((FRAMING, ACCURACY), (FRAMING, LOG_ODDS), (MEDIATED, SHIFT), (MEDIATED, SHARE))
        return [untested_row(claim, part, closed) for claim, part in parts]
    gained, odds = framed.gained("neutral"), framed.change
    of_gained, of_odds = exchanged(gained, draws, RIGHT), exchanged(odds, draws, NATS)
    on_gained, on_odds = (
        unspecific(exchanged(framed.gained("vivid"), draws, RIGHT), of_gained),
        unspecific(exchanged(framed.over("vivid"), draws, NATS), of_odds),
    )
    shift = shifted(framed, draws)
    return [
        evidence_row(FRAMING, ACCURACY, of_gained, unconfirmed=on_gained, beside=by_kind_of_words(framed, gained)),
        evidence_row(FRAMING, LOG_ODDS, of_odds, unconfirmed=on_odds, beside=by_kind_of_words(framed, odds)),
        evidence_row(MEDIATED, SHIFT, shift, beside=by_kind_of_words(framed, framed.table("shift_sd"))),
        share_row(framed, nothing_to_mediate(of_odds, shift) or out_of_reach(framed, draws), on_odds, draws),
    ]


def unspecific(over_vivid: Effect, over_flat: Effect) -> str:
    """Why an effect of emotional over flat words is none of emotional wording: vivid words do as much; empty where they do not."""
    side = float(np.sign(over_flat.estimate))
    beyond = min(side * over_vivid.low, side * over_vivid.high) > 0
    if beyond and over_vivid.null_percentile > LEAST_PERCENTILE:
        return ""
    percentile = f"percentile {over_vivid.null_percentile:.1f} of its null"
    return f"not specific, emotional minus vivid words without a mood {interval_text(vars(over_vivid))}, {percentile}"


def share_row(framed: Framed, nothing: str, not_specific: str, draws: Draws) -> dict[str, Any]:
    """The row of the share mediated; no share is taken of nothing, which would be a division by about zero."""
    if nothing:
        return untested_row(MEDIATED, SHARE, nothing)
    effect = mediated(framed, draws)
    said = "; ".join(reason for reason in (not_specific, unconfirmed(framed, draws)) if reason)
    return evidence_row(MEDIATED, SHARE, effect, unconfirmed=said, beside=beside_mediation(framed, draws))


def exchanged(differences: Array, draws: Draws, scale: Scale) -> Effect:
    """Mean difference between framed and neutral words, items and framings resampled.

    Null: the two wordings exchanged by framing, or by item; the harder of the two counts.

    Args:
        differences: [item, framing].
    """
    interval = crossed_bootstrap(differences, draws.bootstraps, draws.seed)
    generator = draws.generator(1)
    nulls = []
    for means in (differences.mean(0), differences.mean(1)):
        nulls.append(sign_flips(len(means), draws.shuffles, generator) @ means / len(means))
    judged = against_nulls(float(differences.mean()), interval, nulls, n=differences.shape[1], scale=scale)
    # Answers to one question flip together, so that questions are what an exact bound counts.
    return widened(judged, differences) if scale.unit == RIGHT.unit else judged


def shifted(framed: Framed, draws: Draws) -> Effect:
    """Mean shift of the reading of each framing's emotion, against that of other directions."""
    values = framed.table("shift_sd")
    interval = crossed_bootstrap(values, draws.bootstraps, draws.seed)
    scale = Scale(of=OF, unit="SD over items")
    return against_nulls(float(values.mean()), interval, framed.null(READING).values(), n=values.shape[1], scale=scale)


def mediated(framed: Framed, draws: Draws) -> Effect:
    """Share of the effect of framing that a clamp of the emotion subspace takes away to first order, beyond random subspaces.

    Random subspaces have equal dimension, hold as much of the frame difference, or are those of label-shuffled vectors; the kind that is
    exceeded least counts, for the interval as for the null.
    """
    change, removed = framed.change, framed.table("removed")
    scale = Scale(of=OF, unit="share of the effect")
    by_kind = []
    for kind, values in framed.null(MEDIATION).items():
        beyond = removed - framed.table(f"removed, {kind}")
        interval = crossed_ratio_bootstrap(beyond, change, draws.bootstraps, draws.seed)
        null = beyond_others(values / change.mean())
        by_kind.append(
            stats.effect(float(beyond.mean() / change.mean()), interval, null, n=change.shape[1], scale=scale)
        )
    return hardest_of(by_kind)


def share_of(framed: Framed, removed: Array, draws: Draws) -> dict[str, float]:
    """Share of the effect of framing that something takes away, [item, framing], with its interval."""
    change = framed.change
    low, high = crossed_ratio_bootstrap(removed, change, draws.bootstraps, draws.seed)
    return {"estimate": float(removed.mean() / change.mean()), "low": low, "high": high}


def nothing_to_mediate(odds: Effect, shift: Effect) -> str:
    """Why no share is taken: framing has no effect, or does not raise the emotions that it is to raise; empty where it does both."""
    if odds.low <= 0 <= odds.high:
        return f"{FRAMING}, {LOG_ODDS}: {interval_text(vars(odds))} holds 0, so that there is nothing to mediate"
    if shift.low <= 0 or shift.null_percentile <= LEAST_PERCENTILE:
        percentile = f"percentile {shift.null_percentile:.1f} of its null"
        return f"{SHIFT}: {interval_text(vars(shift))} SD, {percentile}: the framings do not raise the emotions meant"
    return ""


def out_of_reach(framed: Framed, draws: Draws) -> str:
    """Why no clamp at this layer can tell: that of the whole stream leaves most of the effect, which later blocks read from the words."""
    share = share_of(framed, framed.over("whole"), draws)
    if share["low"] >= LEAST_WHOLE:
        return ""
    limit = f"the lower end must be at least {LEAST_WHOLE:g}"
    return f"a clamp of the whole stream at this layer takes away {interval_text(share)} of the effect; {limit}"


def unconfirmed(framed: Framed, draws: Draws) -> str:
    """Why the clamp itself does not confirm what the gradients say; empty where it does.

    It must take something away, and more than every random clamp that was run in the same questions.
    """
    share = share_of(framed, framed.over("clamped"), draws)
    if share["low"] <= 0:
        return f"the clamp itself takes away {interval_text(share)} of the effect"
    with_run = framed.table(BY_RUN)
    (by_random,) = framed.null(RUN_CLAMPS).values()
    asked = np.isfinite(with_run)
    change = framed.change[asked].mean()
    taken = framed.over("clamped")[asked].mean() / change
    percentile = percentile_in(by_random / change, taken)
    if percentile > LEAST_PERCENTILE:
        return ""
    return f"the clamp itself takes away {taken:.2f} in the questions with random clamps, percentile {percentile:.1f} of these"


def beside_mediation(framed: Framed, draws: Draws) -> str:
    """Shares that are not judged: of the emotion subspace alone, by the clamp itself, of random ones, of the whole stream."""
    after = framed.table("framed")
    shares = {
        "emotion subspace": framed.table("removed"),
        "by the clamp itself": after - framed.table("clamped"),
        **{f"random, {kind}": framed.table(f"removed, {kind}") for kind in (ROTATED, MATCHED, SHUFFLED)},
        "whole stream": after - framed.table("whole"),
    }
    return "shares: " + "; ".join(
        f"{name} {interval_text(share_of(framed, removed, draws))}" for name, removed in shares.items()
    )


def by_kind_of_words(framed: Framed, values: Array) -> str:
    """Mean of some values [item, framing] for each kind of framing, in words."""
    kinds = framed.answers.drop_duplicates("framing").set_index("framing")["kind"]
    of_framing = pd.Series(values.mean(0), index=sorted(kinds.index))
    means = of_framing.groupby(kinds).mean()
    return f"{values.shape[0]} items; " + ", ".join(f"{kind} {mean:.3f}" for kind, mean in means.items())
