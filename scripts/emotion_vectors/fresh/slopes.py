"""Slopes of own replies to fresh events along the vectors of both methods (W02b, W03b, O04b).

The *own reply* of an emotion is the one written in it; its log-odds stand against the replies in the other five to the same event, in
nats per reply. A slope is their change for a tenth of the mean residual norm along the emotion's direction at every position, at the main
layer, extrapolated from strength zero. No direction and no judge has met these events. Intervals resample events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.acts.slopes import UNIT
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.expression import evidence, likelihood_slopes
from emotion_vectors.expression.likelihood import per_reply
from emotion_vectors.expression.likelihood_slopes import INSTRUCTIONS, NAMED, STORY_VECTORS
from emotion_vectors.fresh import guards
from emotion_vectors.overlap.conduct import AT_ZERO, harder
from emotion_vectors.statistics import permutation, resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS

if TYPE_CHECKING:
    from torch import Tensor

    from emotion_vectors.expression.likelihood import Readings

Array = NDArray[np.float64]

SHUFFLED_STORIES = "label-shuffled story"
"""Kind of null of story vectors alone: made of stories as they are, and not of prompts."""
OF = "events"
SLOPE = Scale(OF, UNIT, two_sided=True)
SHARE = Scale(OF, "share of the larger slope", two_sided=True)
SURPRISE_PARTS: Mapping[str, Callable[[Array], Array]] = {
    "surprise minus the mean of the others": evidence.minus_mean,
    "surprise minus the lowest of the others": evidence.minus_lowest,
}
METHOD_PARTS = {"story vectors, own reply": STORY_VECTORS, "instruction vectors, own reply": INSTRUCTIONS}
NEITHER = "neither method raises own replies beyond its nulls"
NO_STEERING = "steering raises own replies not beyond its nulls, so that no emotion is the hardest"
EQUAL, HALF = 0.8, 0.5
"""Registered least share at which two methods do equally well, and the one that an interval must not reach for that."""
UNEQUAL = "the interval reaches below one half"
PERCENTILE = 95
"""Of the harder null, which a method must exceed before its slopes are compared with others."""


@dataclass(frozen=True)
class FreshSlopes:
    """Changes of the log-odds of replies, nats per reply.

    changes: method -> [event, emotion named or pushed, reply]; null: kind -> [set, direction, reply], mean over events.
    """

    changes: Mapping[str, Array]
    null: Mapping[str, Array]

    def own(self, method: str) -> Array:
        """Of own replies: [event, emotion]."""
        return own(self.changes[method])

    def own_null(self, method: str) -> dict[str, Array]:
        """Mean over the emotions of own replies under the null directions of a method, by kind: [set]."""
        kinds = [kind for kind in self.null if method == STORY_VECTORS or kind != SHUFFLED_STORIES]
        return {kind: own(self.null[kind]).mean(-1) for kind in kinds}


def own(changes: Array) -> Array:
    """Changes of own replies [..., emotion] of [..., emotion, reply]."""
    diagonal: Array = changes.diagonal(axis1=-2, axis2=-1)
    return diagonal


def measure(
    readings: Readings, directions: Mapping[str, Tensor], null_sets: Mapping[str, Tensor], norm: Tensor
) -> FreshSlopes:
    """Slopes along the directions of every method and along null sets.

    Args:
        directions: method -> [emotion, d_model] at the main layer; null_sets: kind -> [set, emotion, d_model], of any length.
        norm: mean residual norm there.
    """
    read, count = per_reply(readings), len(EMOTIONS)
    mean = read.gradients.mean(0)
    null = {
        kind: likelihood_slopes.along(mean, sets.flatten(0, 1), norm).reshape(len(sets), count, count)
        for kind, sets in null_sets.items()
    }
    return FreshSlopes(likelihood_slopes.changes(read, directions, norm), null)


def own_effect(slopes: FreshSlopes, method: str, draws: Draws) -> tuple[Effect, str]:
    """Slope of own replies, mean over emotions, against the null that is harder to exceed; the percentiles in all nulls in words."""
    by_event = slopes.own(method).mean(1)
    drawn = resampling.weights(len(by_event), draws.bootstraps, draws.seed)
    estimate, interval = float(by_event.mean()), percentile_interval(drawn @ by_event)
    return harder(
        {
            kind: effect(estimate, interval, null, n=len(by_event), scale=SLOPE)
            for kind, null in slopes.own_null(method).items()
        }
    )


def raises(measured: Effect) -> bool:
    """Whether own replies rise: the interval lies above 0, the estimate beyond the harder null."""
    return measured.low > 0 and measured.null_percentile > PERCENTILE


def surprise_effect(by_event: Array, statistic: Callable[[Array], Array], draws: Draws) -> Effect:
    """Surprise beside the other emotions, from slopes [event, emotion]. Null: emotions permuted over the slopes within events."""
    permuted = permutation.permuted_sets(by_event, draws.shuffles, draws.generator(2))
    drawn = resampling.weights(len(by_event), draws.bootstraps, draws.seed) @ by_event
    return effect(
        float(statistic(by_event.mean(0))),
        percentile_interval(statistic(drawn)),
        statistic(permuted.mean(1)),
        n=len(by_event),
        scale=SLOPE,
    )


def equality(slopes: FreshSlopes, draws: Draws) -> tuple[Effect, str]:
    """The smaller of the two methods' mean slopes as a share of the larger, against the harder null, and percentiles in words.

    Null: null directions in the place of the method with the smaller slope. An interval wholly below `EQUAL` excludes what the claim says:
    the share is then held against that, and no longer against 0.
    """
    by_event = np.stack([slopes.own(method).mean(1) for method in METHOD_PARTS.values()], -1)
    means = by_event.mean(0)
    smaller = list(METHOD_PARTS.values())[int(means.argmin())]
    drawn = resampling.weights(len(by_event), draws.bootstraps, draws.seed) @ by_event
    interval = percentile_interval(evidence.smaller_over_larger(drawn))
    scale = replace(SHARE, reference=EQUAL) if interval[1] < EQUAL else SHARE
    return harder(
        {
            kind: effect(
                float(evidence.smaller_over_larger(means)),
                interval,
                evidence.smaller_over_larger(np.stack([null, np.full_like(null, means.max())], -1)),
                n=len(by_event),
                scale=scale,
            )
            for kind, null in slopes.own_null(smaller).items()
        }
    )


def by_emotion(slopes: FreshSlopes, method: str) -> str:
    """The slope of every emotion by itself, and how many directions raise their own reply most, in words."""
    pairs = zip(EMOTIONS, slopes.own(method).mean(0), strict=True)
    most = int(likelihood_slopes.own_most(slopes.changes[method].mean(0)).sum())
    return f"{', '.join(f'{name} {slope:+.2f}' for name, slope in pairs)}; own reply most in {most} of {len(EMOTIONS)}"


def rows(slopes: FreshSlopes, draws: Draws) -> list[dict[str, Any]]:
    """Evidence on W02b but for its rate, on W03b, and on O04b."""
    methods = {method: own_effect(slopes, method, draws) for method in METHOD_PARTS.values()}
    (steered, percentiles), steering = methods[INSTRUCTIONS], slopes.own(INSTRUCTIONS)
    ordered = slopes.own(NAMED)
    own_valence = {method: guards.beyond_valence(slopes.changes[method], draws) for method in methods}
    unconfirmed, within = own_valence[INSTRUCTIONS]
    beside = (
        f"{percentiles}; {within}; {by_emotion(slopes, INSTRUCTIONS)}; the order {ordered.mean():+.2f} nats per reply"
    )
    few = guards.too_few(len(steering))
    judged = [
        evidence_row("W02b", "own reply", steered, guard=few, unconfirmed=unconfirmed, beside=f"{beside}; {AT_ZERO}")
    ]
    guard = few or ("" if raises(steered) else NO_STEERING)
    for part, statistic in SURPRISE_PARTS.items():
        measured = surprise_effect(steering, statistic, draws)
        unconfirmed, said = guards.beyond_order(steering, ordered, statistic, draws)
        beside = f"{said}; {by_emotion(slopes, INSTRUCTIONS)}"
        judged.append(evidence_row("W03b", part, measured, guard=guard, unconfirmed=unconfirmed, beside=beside))
    share, percentiles = equality(slopes, draws)
    guard = few or ("" if any(raises(measured) for measured, _ in methods.values()) else NEITHER)
    unconfirmed = UNEQUAL if share.low < HALF else ""
    beside = f"{percentiles}; {AT_ZERO}"
    part = "smaller as a share of larger slope"
    judged.append(evidence_row("O04b", part, share, guard=guard, unconfirmed=unconfirmed, beside=beside))
    for part, method in METHOD_PARTS.items():
        measured, percentiles = methods[method]
        unconfirmed, within = own_valence[method]
        beside = f"{percentiles}; {within}; {by_emotion(slopes, method)}"
        judged.append(evidence_row("O04b", part, measured, guard=few, unconfirmed=unconfirmed, beside=beside))
    return judged


def table(slopes: FreshSlopes, draws: Draws) -> pd.DataFrame:
    """As `likelihood_slopes.slope_table`, in nats per reply, with the 95th percentile of the size under shuffled labels beside it."""
    gaussian, shuffled = (
        likelihood_slopes.slope_table(slopes.changes, slopes.null[kind], draws) for kind in (GAUSSIAN, SHUFFLED)
    )
    return gaussian.assign(shuffled_95_or_missing=shuffled["null_95_or_missing"])
