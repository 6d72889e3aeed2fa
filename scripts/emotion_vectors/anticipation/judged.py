"""Everything that is judged of one model: readings by its vectors and by label-shuffled ones, gates, and evidence on A11, A12 and A15."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.anticipation import anticipated, arousal, distinct
from emotion_vectors.anticipation.anticipated import Replied
from emotion_vectors.anticipation.distinct import TwoTokens
from emotion_vectors.anticipation.pooled import Groups
from emotion_vectors.anticipation.readings import AnticipationError
from emotion_vectors.meaning.intensity import projections

if TYPE_CHECKING:
    from torch import Tensor

    from emotion_vectors.anticipation.arousal import OtherSpeaker
    from emotion_vectors.anticipation.readings import TurnStates
    from emotion_vectors.anticipation.user_messages import UserMessages
    from emotion_vectors.conduct.directions import Directions
    from emotion_vectors.conduct.gates import Gate
    from emotion_vectors.statistics.resampling import Draws

Array = NDArray[np.float64]

LEAST_ITEMS = 2
"""Items all replies to which can be read, without which all are kept: the gate of coherence is closed then."""


@dataclass(frozen=True)
class Listener:
    """Vectors at the main layer.

    vectors: [emotion, d_model]; shuffled: [set, emotion, d_model]; norm: mean residual norm, the unit of readings.
    """

    emotions: list[str]
    vectors: Tensor
    shuffled: Tensor
    norm: float

    @classmethod
    def of(cls, directions: Directions) -> Listener:
        """From what steers conduct along the same vectors."""
        at_main = directions.emotions[:, directions.main]
        return cls(directions.names, at_main, directions.shuffled, float(directions.main_norm))

    def columns(self, emotions: Sequence[str]) -> list[int]:
        """Places of emotions among the vectors.

        Raises:
            AnticipationError: there is no vector of one of them (it is named).
        """
        missing = sorted(set(emotions) - set(self.emotions))
        if missing:
            raise AnticipationError(f"no vector for {missing[0]}, which a situation names; add it to the norms")
        return [self.emotions.index(emotion) for emotion in emotions]

    def read(self, states: Tensor, shuffled_set: int | None = None) -> Array:
        """Readings of states [..., d_model] along unit vectors, as fractions of the mean norm: [..., emotion].

        Args:
            shuffled_set: number of the label-shuffled set that reads in place of the true vectors.
        """
        directions = self.vectors if shuffled_set is None else self.shuffled[shuffled_set]
        flat = projections(states.reshape(-1, states.shape[-1]), directions)
        values: Array = flat.reshape(*states.shape[:-1], -1) / self.norm
        return values


@dataclass(frozen=True)
class TurnLimits:
    """What must be kept: the least correlation of a reading with its repetition, and the least share of replies that make sense."""

    reliability: float
    coherent: float


@dataclass(frozen=True)
class TurnStudy:
    """States of one model with what reads them.

    norms: human ratings. placebo: seed by which the labels of the dialogues are permuted; None for the true ones.
    """

    asked: UserMessages
    states: TurnStates
    listener: Listener
    norms: pd.DataFrame
    limits: TurnLimits
    draws: Draws
    placebo: int | None = None

    @cached_property
    def readable(self) -> NDArray[np.intp]:
        """Rows of the items all replies to which can be read."""
        rows = np.flatnonzero(self.states.readable.bool().all(1).numpy())
        return rows if len(rows) >= LEAST_ITEMS else np.arange(len(self.states.readable))

    def tokens(self, shuffled_set: int | None = None) -> TwoTokens:
        """Readings of the situations at both tokens, by the vectors or by a label-shuffled set."""
        read = self.listener.read(self.states.wordings, shuffled_set)
        return TwoTokens(np.moveaxis(read, (2, 1), (0, 1)), self.draws)

    def replied(self, shuffled_set: int | None = None) -> Replied:
        """Readings of the items and of the replies to them, likewise."""
        rows = self.readable
        items, spoken = (
            self.listener.read(states[rows], shuffled_set) for states in (self.states.items, self.states.replies)
        )
        groups = Groups.of([self.asked.groups[row] for row in rows])
        return Replied(items[:, 0], items[:, 1], spoken, groups, self.draws)

    @cached_property
    def shuffled(self) -> list[tuple[TwoTokens, Replied]]:
        """Both by every label-shuffled set."""
        return [(self.tokens(number), self.replied(number)) for number in range(len(self.listener.shuffled))]

    @cached_property
    def speaker(self) -> OtherSpeaker:
        return arousal.speaker_of(self.states, self.asked, self.draws, self.placebo)

    @cached_property
    def arousal_of_users(self) -> Array:
        """Rated arousal of what users feel in the situations with replies in two tempers: [situation, wording]."""
        ratings = arousal.rated(self.norms, arousal.AROUSAL, self.speaker.users)
        return np.repeat(ratings[:, None], self.speaker.odds.shape[1], axis=1)

    @cached_property
    def gates(self) -> dict[str, list[Gate]]:
        """Gates of each claim."""
        least, coherent = self.limits.reliability, self.limits.coherent
        states, draws = self.states, self.draws
        sensible = (states.sensible * states.readable).double().numpy()
        ratings = arousal.ratings_of(self.norms, arousal.AROUSAL)
        return {
            distinct.DISTINCT: [
                *(distinct.emotion_gate(states.wordings, at, self.listener, self.asked, draws) for at in (0, 1)),
                *distinct.reliability_gates(self.tokens(), least),
            ],
            anticipated.ANTICIPATED: [
                anticipated.coherence_gate(sensible, draws, coherent),
                anticipated.reliability_gate(self.replied(), least),
            ],
            arousal.REGULATED: [
                arousal.decoding_gate(self.speaker.cells, draws),
                arousal.arousal_gate(self.speaker, ratings, self.arousal_of_users),
                arousal.order_gate(states.ordered.double().numpy(), draws),
            ],
        }

    def gate_table(self) -> pd.DataFrame:
        """All gates, one row each, with the claim that they are of."""
        rows = [{"claim": claim, **vars(gate)} for claim, gates in self.gates.items() for gate in gates]
        return pd.DataFrame(rows)

    def evidence(self) -> Iterator[dict[str, Any]]:
        """One row for each part."""
        yield distinct.distinct_row(
            self.tokens(), [tokens for tokens, _ in self.shuffled], self.gates[distinct.DISTINCT]
        )
        texts = [self.asked.texts[row] for row in self.readable]
        others = [replied for _, replied in self.shuffled]
        yield from anticipated.anticipated_rows(self.replied(), others, texts, self.gates[anticipated.ANTICIPATED])
        yield arousal.regulated_row(
            self.speaker,
            self.states.gradients,
            self.listener.norm,
            self.norms,
            self.arousal_of_users,
            self.gates[arousal.REGULATED],
        )
