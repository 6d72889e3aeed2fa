"""Does the token before the reply tell the emotion of the reply, and better than the end of the user's turn? (A12; section 2.2 of A.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.anticipation import pooled
from emotion_vectors.anticipation.distinct import BEHAVIOUR
from emotion_vectors.anticipation.pooled import Groups
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.conduct import gates
from emotion_vectors.conduct.gates import Gate
from emotion_vectors.sources import features
from emotion_vectors.sources.decoders import RESIDUAL_PENALTIES
from emotion_vectors.statistics import ridge
from emotion_vectors.statistics.effects import Effect, Scale, effect, hardest
from emotion_vectors.statistics.resampling import Draws, percentile_interval
from emotion_vectors.statistics.wording import bare

Array = NDArray[np.float64]

ANTICIPATED, PART_REPLY, PART_DIFFERENCE = "A12", "reply token", "reply minus user token"
SAMPLED = "sampled replies"
OVER_PROMPTS = Scale("prompts", "correlation", two_sided=True)


@dataclass(frozen=True)
class Replied:
    """Readings of what was answered.

    user, reply_token: [item, emotion], at the end of the user's turn and before the reply; spoken: [item, sample, emotion], over the
    replies; groups: of the items.
    """

    user: Array
    reply_token: Array
    spoken: Array
    groups: Groups
    draws: Draws

    @property
    def mean(self) -> Array:
        """Over the replies to an item: [item, emotion]."""
        values: Array = self.spoken.mean(1)
        return values

    def parts(self, times: Array) -> dict[str, Array]:
        """Statistic of each part: [resample]."""
        before, at_end = (
            pooled.correlation(side, self.mean, times, self.groups) for side in (self.reply_token, self.user)
        )
        return {PART_REPLY: before, PART_DIFFERENCE: before - at_end}

    def drawn(self) -> dict[str, Array]:
        """The same in bootstrap resamples of the items within groups."""
        return self.parts(self.groups.drawn(self.draws.bootstraps, self.draws.generator(0)))

    def once(self) -> dict[str, float]:
        """The same on all items."""
        return {part: float(values[0]) for part, values in self.parts(self.groups.everything).items()}

    def exchanged(self) -> dict[str, Array]:
        """The same where each item has the replies to another one of its group: [set]."""
        order = self.groups.exchanged(self.draws.shuffles, self.draws.generator(1))
        before, at_end = (
            pooled.exchanged_correlations(side, self.mean, order, self.groups) for side in (self.reply_token, self.user)
        )
        return {PART_REPLY: before, PART_DIFFERENCE: before - at_end}

    def reliability(self, times: Array) -> Array:
        """Mean correlation of the readings of two replies to the same item: [resample]."""
        pairs = combinations(np.moveaxis(self.spoken, 1, 0), 2)
        mean: Array = np.mean([pooled.correlation(*pair, times, self.groups) for pair in pairs], axis=0)
        return mean


def coherence_gate(sensible: Array, draws: Draws, least: float) -> Gate:
    """Replies must make sense.

    Args:
        sensible: [item, sample], 0 or 1, of all items.
    """
    shares = sensible.mean(1)
    spread = Groups.of(["all"] * len(shares)).drawn(draws.bootstraps, draws.generator(2)) @ shares / len(shares)
    return Gate(
        BEHAVIOUR,
        SAMPLED,
        "replies that make sense, share",
        float(shares.mean()),
        *percentile_interval(spread),
        n=len(shares),
        of="prompts",
        limit=f"at least {least:g}",
        passed=bool(shares.mean() >= least),
    )


def reliability_gate(replied: Replied, least: float) -> Gate:
    """What is to be predicted must be a property of the prompt: two replies to it read alike."""
    times = replied.groups.drawn(replied.draws.bootstraps, replied.draws.generator(0))
    value = float(replied.reliability(replied.groups.everything)[0])
    return Gate(
        BEHAVIOUR,
        SAMPLED,
        "correlation of two replies to the same prompt",
        value,
        *percentile_interval(replied.reliability(times)),
        n=replied.groups.items,
        of="prompts",
        limit=f"at least {least:g}",
        passed=value >= least,
    )


def beyond_words(counts: Array, readings: Array) -> Array:
    """What is left of readings [item, emotion] without what words of each prompt predict, by a fit on all other prompts.

    Errors, and no predictions: a prediction from all others lies on the other side of their mean, whatever the words say. The penalty
    is the one with the least squared error.

    Args:
        counts: weights of words, [item, word].
    """
    fit = ridge.Fit.of(ridge.products(counts))
    errors = fit.errors_left_out(RESIDUAL_PENALTIES, readings, len(readings))
    best: Array = min(errors, key=lambda left: float((left**2).sum()))
    return best


def given_words(replied: Replied, texts: Sequence[str]) -> Replied:
    """Readings at each token, and over the replies to each item as their mean, without what words of the prompt predict of them."""
    (counts,) = features.words(texts)
    user, reply_token, spoken = (
        beyond_words(counts, side) for side in (replied.user, replied.reply_token, replied.mean)
    )
    return Replied(user, reply_token, spoken[:, None], replied.groups, replied.draws)


def told_by_words(value: float, exchanged: Array) -> str:
    """Why a statistic given the words of the prompt leaves nothing beyond these, if so.

    Args:
        exchanged: the same under exchanged replies, [set].
    """
    reach = float(np.quantile(np.abs(exchanged), 0.95))
    if value > reach:
        return ""
    return f"given the words of the prompt it is {bare(value)}, and under exchanged replies up to {bare(reach)} (95th percentile)"


def anticipated_rows(
    replied: Replied, shuffled: Sequence[Replied], texts: Sequence[str], conditions: Sequence[Gate]
) -> list[dict[str, Any]]:
    """Evidence on A12; of both nulls, exchanged replies and label-shuffled vectors, the one exceeded least counts.

    What the words of the prompt tell as well is at most partial.

    Args:
        shuffled: readings of the same states by label-shuffled vectors. texts: of the items. conditions: gates.
    """
    once, drawn, exchanged = replied.once(), replied.drawn(), replied.exchanged()
    by_shuffled = [other.once() for other in shuffled]
    closed, unworded = gates.closed([vars(gate) for gate in conditions]), given_words(replied, texts)
    words, words_null = unworded.once(), unworded.exchanged()
    beside = {
        PART_REPLY: f"user token {bare(once[PART_REPLY] - once[PART_DIFFERENCE])}; given the words of the prompt "
        f"reply token {bare(words[PART_REPLY])}, user token {bare(words[PART_REPLY] - words[PART_DIFFERENCE])}",
        PART_DIFFERENCE: f"given the words of the prompt {bare(words[PART_DIFFERENCE])}",
    }
    made = []
    for part, value in once.items():
        nulls = {
            "exchanged replies": exchanged[part],
            "label-shuffled vectors": np.array([of[part] for of in by_shuffled]),
        }
        effects = [_effect(value, drawn[part], null, replied) for null in nulls.values()]
        said = ", ".join(f"{name} to {bare(one.null_95)}" for name, one in zip(nulls, effects, strict=True))
        text = "; ".join(filter(None, (beside[part], f"95th percentiles: {said}")))
        worded = told_by_words(words[part], words_null[part])
        made.append(evidence_row(ANTICIPATED, part, hardest(effects), guard=closed, unconfirmed=worded, beside=text))
    return made


def _effect(value: float, drawn: Array, null: Array, replied: Replied) -> Effect:
    return effect(value, percentile_interval(drawn), null, n=replied.groups.items, scale=OVER_PROMPTS)
