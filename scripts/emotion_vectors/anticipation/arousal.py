"""Is the predicted reply the calmer, the more agitated the user? (A15; section 2.3 of A.)

The arousal of the user is read before the reply, along the vectors of the other speaker's emotion weighted by human ratings. That of the
predicted reply is how much likelier agitated replies are than calm ones, less what their words alone make likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.anticipation import pooled
from emotion_vectors.anticipation.distinct import BEHAVIOUR, READING
from emotion_vectors.anticipation.pooled import Groups
from emotion_vectors.anticipation.readings import AnticipationError
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.conduct import gates
from emotion_vectors.conduct.gates import Gate
from emotion_vectors.conduct.slopes import slopes_along
from emotion_vectors.decoding import hit_tables, nearest_direction
from emotion_vectors.statistics import permutation
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Scale, effect
from emotion_vectors.statistics.resampling import Draws, crossed_bootstrap, percentile_interval
from emotion_vectors.statistics.wording import bare
from emotion_vectors.stimuli.function.speakers import EMOTIONS_OF_SPEAKERS
from emotion_vectors.vectors.emotion_vectors import from_cells

if TYPE_CHECKING:
    from emotion_vectors.anticipation.readings import TurnStates
    from emotion_vectors.anticipation.user_messages import UserMessages

Array = NDArray[np.float64]

AROUSAL, VALENCE = "arousal_1to9", "valence_1to9"
REGULATED, ACROSS_SPEAKERS = "A15", "arousal across speakers"
OVER_SITUATIONS = Scale("situations", "correlation", two_sided=True)
LIKELIHOOD = "prepared replies"
MOST_SHUFFLES = 200
"""Permutations of the labels of dialogues behind a gate, each of which is decoded group by group."""


def relabelled(cells: Tensor, placebo: int | None) -> Tensor:
    """Dialogues with the emotions of the other speaker permuted within groups, for the placebo; as they are without a seed."""
    groups, emotions = cells.shape[:2]
    order = permutation.label_order([f"{number:03d}" for number in range(groups)], emotions, placebo)
    return cells[torch.arange(groups)[:, None], order]


@dataclass(frozen=True)
class OtherSpeaker:
    """What is read of the user, and what follows.

    cells: dialogues, [group, emotion of the user, d_model]. before_reply: states of situations, [situation, wording, d_model].
    odds: of agitated against calm replies to them, less what their words alone make likely, [situation, wording], nats per token.
    users: emotion of the user of each situation.
    """

    cells: Tensor
    before_reply: Tensor
    odds: Array
    users: list[str]
    draws: Draws

    @property
    def directions(self) -> Tensor:
        """Unit vectors of the other speaker's emotions: [emotion, d_model]."""
        return unit(from_cells(self.cells))

    @property
    def groups(self) -> Groups:
        return Groups.of(["all"] * len(self.odds))

    def weighted(self, weights: Array) -> Tensor:
        """Sums of the directions by weights [set, emotion] relative to their mean: [set, d_model]."""
        relative = torch.from_numpy(weights - weights.mean(-1, keepdims=True)).to(self.cells)
        return relative @ self.directions

    def read(self, weights: Array) -> Array:
        """What sums of the directions read: [set, situation, wording]."""
        along = torch.einsum("swd,kd->ksw", self.before_reply.double(), unit(self.weighted(weights)).double())
        return np.asarray(along.numpy())

    def correlations(self, weights: Array, with_values: Array) -> Array:
        """Correlation of such readings with values [situation, wording], over both: [set]."""
        once = self.groups.everything
        return np.array([pooled.correlation(read, with_values, once, self.groups)[0] for read in self.read(weights)])

    def interval(self, weights: Array, with_values: Array) -> tuple[float, float]:
        """95 % interval of it for weights [emotion].

        Emotions of the user are drawn, situations within them, which share a rated arousal, and groups of the dialogues that the
        vectors are made of.
        """
        generator, resamples = self.draws.generator(0), self.draws.bootstraps
        times = Groups.of(self.users).drawn_anew(resamples, generator)
        chosen = generator.integers(0, len(self.cells), (resamples, len(self.cells)))
        samples = []
        for rows, drawn in zip(chosen, times, strict=True):
            (read,) = replace(self, cells=self.cells[rows]).read(weights[None])
            samples.append(pooled.correlation(read, with_values, drawn[None], self.groups)[0])
        return percentile_interval(samples)

    def within_users(self, weights: Array) -> float:
        """Correlation of what weights [emotion] read with the log-odds over situations of the same emotion of the user."""
        groups = Groups.of(self.users)
        return float(pooled.correlation(self.read(weights[None])[0], self.odds, groups.everything, groups)[0])

    def permuted(self, ratings: Array) -> Array:
        """Ratings permuted over the emotions: [set, emotion]."""
        sets = (self.draws.shuffles, len(ratings))
        return self.draws.generator(1).permuted(np.broadcast_to(ratings, sets), axis=1)


def speaker_of(states: TurnStates, asked: UserMessages, draws: Draws, placebo: int | None) -> OtherSpeaker:
    """From stored states of what was asked, where situations have replies in two tempers; placebo: seed of permuted labels."""
    odds = (states.odds - states.bland[:, None]).double().numpy()
    users = [asked.situations[row].user for row in asked.tempered]
    return OtherSpeaker(
        relabelled(states.dialogues, placebo), states.wordings[asked.tempered, :, 1], odds, users, draws
    )


def decoding_gate(cells: Tensor, draws: Draws) -> Gate:
    """The user's emotion must be in the states over the assistant's turn: groups left out, against permuted labels."""
    layered, folds = cells[:, :, None], hit_tables.leave_one_out(len(cells))
    hits = nearest_direction.held_out_hits(layered, folds)[0].astype(float)
    generator = draws.generator(2)
    shuffled = (permutation.shuffle_labels(layered, generator) for _ in range(min(draws.shuffles, MOST_SHUFFLES)))
    null = [nearest_direction.held_out_hits(one, folds).mean() for one in shuffled]
    least = float(np.quantile(null, 0.95))
    return Gate(
        BEHAVIOUR,
        READING,
        f"emotion of the other speaker first of {cells.shape[1]} in dialogues left out, share",
        float(hits.mean()),
        *crossed_bootstrap(hits, draws.bootstraps, draws.seed),
        n=hits.size,
        of="dialogues",
        limit=f"at least {least:.3f}",
        passed=bool(hits.mean() > least),
    )


def arousal_gate(speaker: OtherSpeaker, ratings: Array, of_users: Array) -> Gate:
    """What is read as the user's arousal must follow that of the emotion which the situation was written for.

    Args:
        of_users: rated arousal of the user's emotion, [situation, wording].
    """
    value = float(speaker.correlations(ratings[None], of_users)[0])
    quantity = "arousal read of the other speaker against that of the situation, correlation"
    return _above_zero(READING, quantity, value, speaker.interval(ratings, of_users), len(of_users))


def order_gate(ordered: Array, draws: Draws) -> Gate:
    """An order to be agitated, against one to be calm, must move the log-odds: [situation, order], nats per token."""
    changes = ordered[:, 0] - ordered[:, 1]
    times = Groups.of(["all"] * len(changes)).drawn(draws.bootstraps, draws.generator(3))
    interval = percentile_interval(times @ changes / len(changes))
    quantity = "agitated against calm replies under an order to be the one or the other, nats per token"
    return _above_zero(LIKELIHOOD, quantity, float(changes.mean()), interval, len(changes))


def _above_zero(readout: str, quantity: str, value: float, interval: tuple[float, float], situations: int) -> Gate:
    """A gate that is passed where the whole interval lies above 0."""
    return Gate(
        BEHAVIOUR,
        readout,
        quantity,
        value,
        *interval,
        n=situations,
        of="situations",
        limit="interval above 0",
        passed=interval[0] > 0,
    )


def ratings_of(norms: pd.DataFrame, column: str) -> Array:
    """Human ratings of the emotions of the dialogues, in their order.

    Args:
        norms: as `tables.load_norms` gives them; column: of the ratings.
    Raises:
        AnticipationError: an emotion is not rated (it is named).
    """
    return rated(norms, column, EMOTIONS_OF_SPEAKERS)


def rated(norms: pd.DataFrame, column: str, emotions: Sequence[str]) -> Array:
    """Human ratings of some emotions: see `ratings_of`."""
    by_emotion = norms.set_index("emotion")[column]
    missing = sorted(set(emotions) - set(by_emotion.index))
    if missing:
        raise AnticipationError(f"the norms do not rate {missing[0]}; add it to their table, or leave the claim out")
    return by_emotion.loc[list(emotions)].to_numpy(dtype=np.float64)


def regulated_row(
    speaker: OtherSpeaker,
    gradients: Tensor,
    norm: float,
    norms: pd.DataFrame,
    of_users: Array,
    conditions: Sequence[Gate],
) -> dict[str, Any]:
    """Evidence on A15.

    Args:
        gradients: of the log-odds at the token before the reply, [situation, wording, d_model]; norm: mean residual norm.
        norms: human ratings.
        of_users: rated arousal of the user's emotion, [situation, wording]. conditions: gates.
    """
    arousal = ratings_of(norms, AROUSAL)
    permuted = speaker.permuted(arousal)
    value = float(speaker.correlations(arousal[None], speaker.odds)[0])
    null = speaker.correlations(permuted, speaker.odds)
    interval = speaker.interval(arousal, speaker.odds)
    across = effect(value, interval, null, n=len(speaker.odds), scale=OVER_SITUATIONS)
    along = slopes_along(
        gradients.mean((0, 1))[None, None],
        speaker.weighted(np.concatenate([arousal[None], permuted]))[:, None],
        torch.tensor([norm]),
    )[0, :, 0]
    reach = np.quantile(np.abs(along[1:]), 0.95)
    valence = float(speaker.correlations(ratings_of(norms, VALENCE)[None], speaker.odds)[0])
    once = speaker.groups.everything
    known = float(pooled.correlation(of_users, speaker.odds, once, speaker.groups)[0])
    beside = (
        f"within each of {len(set(speaker.users))} emotions of the user {bare(speaker.within_users(arousal))}; pleasantness "
        f"{bare(valence)}; arousal of the emotion that the user was given {bare(known)}; slope along the arousal of the other speaker at "
        f"that token {along[0]:+.4f} nats per token at strength 0.1, permuted ratings to {reach:.4f}"
    )
    closed = gates.closed([vars(gate) for gate in conditions])
    return evidence_row(REGULATED, ACROSS_SPEAKERS, across, guard=closed, beside=beside)
