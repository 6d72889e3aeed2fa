"""Do the end of the user's turn and the token before the reply hold different emotions? (A11; section 2.2 of A, table 3.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.anticipation import pooled
from emotion_vectors.anticipation.pooled import Groups
from emotion_vectors.claims.evidence import evidence_row, opposed
from emotion_vectors.conduct import gates
from emotion_vectors.conduct.gates import Gate
from emotion_vectors.decoding import implicit_messages, nearest_direction
from emotion_vectors.statistics.effects import Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval
from emotion_vectors.statistics.wording import bare

if TYPE_CHECKING:
    from emotion_vectors.anticipation.judged import Listener
    from emotion_vectors.anticipation.user_messages import UserMessages

Array = NDArray[np.float64]

DISTINCT, TWO_TOKENS = "A11", "user and reply token"
BEHAVIOUR, READING = "situations of users", "reading"
USER_END, BEFORE_REPLY = "the end of the user's turn", "the token before the reply"
HELD = (("user", USER_END), ("fitting reply", BEFORE_REPLY))
"""Whose emotion stands at which token."""
FIRST = 3
BELOW_ONE = Scale("situations", "correlation corrected for reliability", reference=1.0, two_sided=True)


@dataclass(frozen=True)
class TwoTokens:
    """Readings of both wordings at both tokens: [token, wording, situation, emotion]."""

    values: Array
    draws: Draws

    @property
    def groups(self) -> Groups:
        return Groups.of(["all"] * self.values.shape[2])

    def times(self, offset: int) -> Array:
        """Bootstrap draws of the situations, other ones for each offset."""
        return self.groups.drawn(self.draws.bootstraps, self.draws.generator(offset))

    def reliabilities(self, times: Array) -> Array:
        """Correlation of the two wordings at both tokens: [token, resample]."""
        return np.stack([pooled.across_halves(side, side, times, self.groups) for side in self.values])

    def across(self, times: Array) -> Array:
        """Correlation of both tokens across wordings: [resample]."""
        user, reply = self.values
        return pooled.across_halves(user, reply, times, self.groups)

    def corrected(self, times: Array) -> Array:
        """The same divided by the reliability of both: [resample]."""
        user, reply = self.values
        return pooled.corrected(user, reply, times, self.groups)

    def null(self) -> Array:
        """What the same reading twice gives, at either token: [resample of both tokens]."""
        above, below = self.times(1), self.times(2)
        return np.concatenate([pooled.same_reading(side, above, below, self.groups) for side in self.values])


def emotion_gate(wordings: Tensor, at: int, listener: Listener, asked: UserMessages, draws: Draws) -> Gate:
    """The vectors must read what a token is to hold, among the first three of the emotions of the situations: what the user feels at
    the end of the turn, and that of the fitting reply before it.

    Args:
        wordings: [situation, wording, 2, d_model], states at both tokens; at: 0 for the end of the user's turn, 1 for the token before
            the reply.
    """
    situations, (whose, token) = asked.situations, HELD[at]
    candidates = sorted({name for situation in situations for name in (situation.user, situation.reply)})
    columns = listener.columns(candidates)
    pairs = [(situation.user, situation.reply) for situation in situations]
    truth = [candidates.index(pair[at]) for pair in pairs for _ in range(wordings.shape[1])]
    items = wordings[:, :, at].flatten(0, 1)[:, None]
    read = nearest_direction.read(items, listener.vectors[columns][:, None])
    hits = (nearest_direction.ranks_of_truth(read, truth)[0] <= FIRST).reshape(len(situations), -1).mean(1)
    null = implicit_messages.shuffled_rates(items, listener.shuffled[:, columns][:, :, None], truth)[:, 0]
    least = float(np.quantile(null, 0.95))
    spread = Groups.of(["all"] * len(hits)).drawn(draws.bootstraps, draws.generator(3)) @ hits / len(hits)
    return Gate(
        BEHAVIOUR,
        READING,
        f"emotion of the {whose} among the first {FIRST} of {len(candidates)} at {token}, share",
        float(hits.mean()),
        *percentile_interval(spread),
        n=len(hits),
        of="situations",
        limit=f"at least {least:.3f}",
        passed=bool(hits.mean() > least),
    )


def reliability_gates(tokens: TwoTokens, least: float) -> list[Gate]:
    """A correlation is divided by reliabilities only where these are well above nought."""
    values, spreads = tokens.reliabilities(tokens.groups.everything)[:, 0], tokens.reliabilities(tokens.times(0))
    return [
        Gate(
            BEHAVIOUR,
            READING,
            f"correlation of two wordings at {name}",
            float(value),
            *percentile_interval(spread),
            n=tokens.groups.items,
            of="situations",
            limit=f"at least {least:g}",
            passed=bool(value >= least),
        )
        for name, value, spread in zip((USER_END, BEFORE_REPLY), values, spreads, strict=True)
    ]


def distinct_row(tokens: TwoTokens, shuffled: Sequence[TwoTokens], conditions: Sequence[Gate]) -> dict[str, Any]:
    """Evidence on A11.

    Args:
        shuffled: readings of the same states by label-shuffled vectors. Any direction may read two tokens differently: the vectors
            of emotions must do so more than 95 % of these, or the verdict is at most partial.
        conditions: gates; a closed one is named.
    """
    groups, (user, reply) = tokens.groups, tokens.values
    once, drawn = groups.everything, tokens.times(0)
    value, interval = float(tokens.corrected(once)[0]), percentile_interval(tokens.corrected(drawn))
    distance = effect(value, interval, tokens.null(), n=groups.items, scale=BELOW_ONE)
    same = np.mean([pooled.correlation(user[half], reply[half], once, groups)[0] for half in (0, 1)])
    at_random = np.array([other.corrected(once)[0] for other in shuffled])
    first, second = tokens.reliabilities(once)[:, 0]
    across = float(tokens.across(once)[0])
    beside = (
        f"uncorrected {bare(float(same))} in one wording, {bare(across)} across wordings; "
        f"reliability {bare(first)} and {bare(second)}; label-shuffled vectors {bare(float(np.median(at_random)))}; "
        f"the corrected correlation is {'negative' if value < 0 else 'not negative'}"
    )
    closed = gates.closed([vars(gate) for gate in conditions])
    said = filter(None, (unspecific(value, at_random), opposed(value, "readings at both tokens")))
    return evidence_row(DISTINCT, TWO_TOKENS, distance, guard=closed, unconfirmed="; ".join(said), beside=beside)


def unspecific(value: float, at_random: Array) -> str:
    """Why a corrected correlation does not tell of emotions, if so: label-shuffled vectors [set] read as great a difference."""
    reach = float(np.quantile(1 - at_random, 0.95))
    if 1 - value > reach:
        return ""
    return (
        f"not specific, since readings differ by {bare(1 - value)} from 1, and by label-shuffled vectors up to {bare(reach)} "
        "(95th percentile)"
    )
