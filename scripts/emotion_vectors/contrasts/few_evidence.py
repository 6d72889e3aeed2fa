"""Evidence on the handful of parts that are said to carry an emotion (W04b-W06b), and on what they write of story vectors (O06b)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.contrasts.few import FEW, MOST, TEN, FewParts
from emotion_vectors.contrasts.labellings import TRUE, Labellings
from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect, percentile_in
from emotion_vectors.statistics.resampling import percentile_interval

Array = NDArray[np.float64]

OF = "scenarios"
SHARE = Scale(OF, "share of the contrast")
SIZES = Scale(OF, "ratio of contrasts", reference=1.0, two_sided=True)
STORIES = Scale(OF, "SD over events")
PERCENTILE = 95
"""Of the null, which the contrast of all parts must exceed before that of a few is looked at."""
CLAIMS = {NEURONS: "W04b", HEADS: "W05b"}


@dataclass(frozen=True)
class Judged:
    """What all effects on one kind of part share: the labellings that sums were made under, scenarios, and the seed of the intervals."""

    labellings: Labellings
    scenarios: int
    seed: int

    def emotions_drawn(self, emotions: int) -> Array:
        """Weights of the emotions in every resample, [resample, emotion]: a resample draws scenarios and emotions."""
        count = self.labellings.resampled.stop - self.labellings.resampled.start
        return resampling.weights(emotions, count, self.seed)

    def ratio(self, above: Array, below: Array, scale: Scale, *, fixed: bool = True) -> Effect:
        """Ratio of two sums [set, emotion] over emotions.

        Args:
            fixed: hold the lower sum at that with the true labels in the null, since a ratio of two noises is no null of a share.
        """
        weights = self.emotions_drawn(above.shape[1])
        drawn = [(values[self.labellings.resampled] * weights).sum(1) for values in (above, below)]
        permuted = [values[self.labellings.permuted].sum(1) for values in (above, below)]
        whole = below[TRUE].sum()
        return effect(
            float(above[TRUE].sum() / whole),
            percentile_interval(drawn[0] / drawn[1]),
            permuted[0] / (whole if fixed else permuted[1]),
            n=self.scenarios,
            scale=scale,
        )


def unseen(few: FewParts, labellings: Labellings) -> str:
    """Why nothing can be said of the parts of a kind, if so: all that write towards directions reach no more than permuted labels do."""
    towards = few.over_layers("towards").mean(1)
    null = towards[labellings.permuted]
    percentile = percentile_in(null, float(towards[TRUE]))
    if percentile > PERCENTILE:
        return ""
    return (
        f"the contrast of all {few.kind} that write towards the directions lies at percentile {percentile:.0f} of {len(null)} "
        f"permutations of the labels, not beyond the {PERCENTILE}th"
    )


def crowded(few: FewParts, count: int, layers: int) -> str:
    """Why so many of the parts of so many layers are not few, if so: too large a share of those that write towards the direction."""
    writers = few.writers * layers
    if count <= MOST * writers:
        return ""
    return (
        f"{count} {few.kind} are no handful of the {writers:.1f} (of {few.parts * layers}) that write towards a direction: more than "
        f"{MOST:g} of them"
    )


def handful_guard(few: FewParts, labellings: Labellings) -> str:
    """Why nothing can be said of the few of a layer, if so."""
    return crowded(few, FEW, 1) or unseen(few, labellings)


def equal_share(count: int, writers: float) -> float:
    """Share that so many parts hold where all that write towards a direction write alike: 1 at most."""
    return min(1.0, count / writers) if writers else 1.0


def handful_rows(few: FewParts, judged: Judged) -> list[dict[str, Any]]:
    """Evidence on W04b or W05b, without the top ten, and on W06b, from the sums of one kind."""
    towards, top, random = (few.over_layers(name) for name in ("towards", "top", "random"))
    guard, claim = handful_guard(few, judged.labellings), CLAIMS[few.kind]
    share = judged.ratio(top, towards, SHARE)
    above_random = judged.ratio(top - random, towards, SHARE)
    sizes = judged.ratio(few.over_layers("random_size"), few.over_layers("top_size"), SIZES, fixed=False)
    beside = (
        f"in all, {towards[TRUE].mean():.4f} of the residual norm; {few.writers:.1f} {few.kind} of a layer write towards a direction, "
        f"equal ones would hold {equal_share(FEW, few.writers):.3f}"
    )
    return [
        evidence_row(claim, f"share of the contrast, top {FEW}", share, guard=guard, beside=beside),
        evidence_row(claim, f"top {FEW} minus random {FEW}", above_random, guard=guard),
        evidence_row("W06b", f"random {few.kind}", sizes, guard=guard),
    ]


def ten_row(few: FewParts, ten: Array, judged: Judged) -> dict[str, Any]:
    """Evidence on the share that the top ten heads of the model hold (W05b).

    Args:
        ten: [set, emotion], see `few.ten_of_all`.
    """
    writers = few.writers * few.layers
    beside = (
        f"{writers:.0f} of all {few.parts * few.layers} heads write towards a direction, equal ones would hold "
        f"{equal_share(TEN, writers):.3f}"
    )
    share = judged.ratio(ten, few.over_layers("towards"), SHARE)
    guard = crowded(few, TEN, few.layers) or unseen(few, judged.labellings)
    return evidence_row("W05b", "share of the top ten", share, guard=guard, beside=beside)


def story_row(few: FewParts, written: Array, spread: float, judged: Judged) -> dict[str, Any]:
    """Evidence on O06b.

    Args:
        few: whose parts they are, chosen by what they write along the directions of orders.
        written: [set, emotion], summed over layers, see `few.along_stories`; spread: standard deviation over events of the contrast of
            the stream along the same directions.
    """
    standardised = written / spread
    drawn = (standardised[judged.labellings.resampled] * judged.emotions_drawn(written.shape[1])).sum(1)
    null = standardised[judged.labellings.permuted].mean(1)
    by_emotion = standardised[TRUE]
    written_beyond = effect(
        float(by_emotion.mean()), percentile_interval(drawn), null, n=judged.scenarios, scale=STORIES
    )
    beside = f"single emotions {by_emotion.min():.2f} to {by_emotion.max():.2f}"
    return evidence_row("O06b", few.kind, written_beyond, guard=handful_guard(few, judged.labellings), beside=beside)


def spread_over_events(contrasts: Array) -> float:
    """Standard deviation over events of contrasts [event, emotion], root mean square over emotions."""
    return float(np.sqrt(np.var(contrasts, axis=0, ddof=1).mean()))
