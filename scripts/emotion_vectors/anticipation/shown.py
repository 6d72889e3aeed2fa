"""What a figure shows of the readings: how they lie against each other, and the line that their correlation stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.anticipation.anticipated import PART_DIFFERENCE, PART_REPLY, Replied
from emotion_vectors.anticipation.pooled import Groups
from emotion_vectors.statistics.resampling import percentile_interval

if TYPE_CHECKING:
    from emotion_vectors.anticipation.arousal import OtherSpeaker
    from emotion_vectors.anticipation.distinct import TwoTokens

Array = NDArray[np.float64]

TOKENS, USER_REPLY, TOKEN_REPLY, SPEAKERS = (
    "user token and reply token",
    "user token and reply",
    "reply token and reply",
    "arousal across speakers",
)
REACH, BINS = 3.0, 24
"""Standard deviations that are shown on either side, and cells along an axis."""


def standardised(values: Array, groups: Groups) -> Array:
    """Values [item, emotion] centred per emotion within groups, in standard deviations over items and emotions."""
    centred = values.copy()
    for rows in groups.rows:
        centred[rows] -= values[rows].mean(0)
    spread = centred.std()
    return centred / (spread if spread > 0 else 1.0)


def counted(panel: str, x: Array, y: Array) -> pd.DataFrame:
    """Values against each other, counted in square cells: panel, x, y (centres of cells, standard deviations), count."""
    edges = np.linspace(-REACH, REACH, BINS + 1)
    across, up = (np.clip(side.ravel(), -REACH, REACH) for side in (x, y))
    counts, _, _ = np.histogram2d(across, up, bins=[edges, edges])
    centres = (edges[1:] + edges[:-1]) / 2
    rows, columns = np.nonzero(counts)
    return pd.DataFrame(
        {"panel": panel, "x": centres[rows], "y": centres[columns], "count": counts[rows, columns].astype(int)}
    )


def points(tokens: TwoTokens, replied: Replied, speaker: OtherSpeaker, arousal: Array) -> pd.DataFrame:
    """Readings of every panel, as `counted` says."""
    user, reply = (np.stack([standardised(half, tokens.groups) for half in side]) for side in tokens.values)
    spoken = standardised(replied.mean, replied.groups)
    (read,) = speaker.read(arousal[None])
    return pd.concat(
        [
            counted(TOKENS, user, reply[::-1]),
            counted(USER_REPLY, standardised(replied.user, replied.groups), spoken),
            counted(TOKEN_REPLY, standardised(replied.reply_token, replied.groups), spoken),
            counted(SPEAKERS, standardised(read, speaker.groups), standardised(speaker.odds, speaker.groups)),
        ],
        ignore_index=True,
    )


@dataclass(frozen=True)
class Line:
    """A correlation with its interval, the range of its null, the number of items, and what label-shuffled vectors give."""

    r: float
    interval: tuple[float, float]
    null: tuple[float, float]
    n: int
    shuffled: Sequence[float] = ()

    def row(self, panel: str) -> dict[str, Any]:
        (low, high), (null_low, null_high) = self.interval, self.null
        median = float(np.median(self.shuffled)) if self.shuffled else np.nan
        ends = {"low": low, "high": high, "null_low": null_low, "null_high": null_high}
        return {"panel": panel, "r": self.r, **ends, "shuffled_or_missing": median, "n": self.n}


def of_tokens(tokens: TwoTokens, shuffled: Sequence[TwoTokens]) -> Line:
    """The user's end against the token before the reply, not corrected; its null is the same reading twice, as unreliable as both are."""
    once = tokens.groups.everything
    first, second = tokens.reliabilities(once)[:, 0].clip(0)
    low, high = percentile_interval(tokens.null())
    reliability = float(np.sqrt(first * second))
    return Line(
        float(tokens.across(once)[0]),
        percentile_interval(tokens.across(tokens.times(0))),
        (reliability * low, reliability * high),
        tokens.groups.items,
        [float(other.across(once)[0]) for other in shuffled],
    )


def of_replies(replied: Replied, shuffled: Sequence[Replied]) -> dict[str, Line]:
    """Both tokens against the reply; the null is that of exchanged replies."""
    once, drawn, exchanged = replied.once(), replied.drawn(), replied.exchanged()
    others = [other.once() for other in shuffled]
    n = replied.groups.items
    at_token = Line(
        once[PART_REPLY],
        percentile_interval(drawn[PART_REPLY]),
        _both_sides(exchanged[PART_REPLY]),
        n,
        [other[PART_REPLY] for other in others],
    )
    at_user = Line(
        once[PART_REPLY] - once[PART_DIFFERENCE],
        percentile_interval(drawn[PART_REPLY] - drawn[PART_DIFFERENCE]),
        _both_sides(exchanged[PART_REPLY] - exchanged[PART_DIFFERENCE]),
        n,
        [other[PART_REPLY] - other[PART_DIFFERENCE] for other in others],
    )
    return {USER_REPLY: at_user, TOKEN_REPLY: at_token}


def of_speakers(speaker: OtherSpeaker, arousal: Array) -> Line:
    """Arousal of the other speaker against the log-odds of agitated replies; the null is that of permuted ratings."""
    null = speaker.correlations(speaker.permuted(arousal), speaker.odds)
    r = float(speaker.correlations(arousal[None], speaker.odds)[0])
    return Line(r, speaker.interval(arousal, speaker.odds), _both_sides(null), len(speaker.odds))


def lines(
    tokens: TwoTokens,
    replied: Replied,
    speaker: OtherSpeaker,
    arousal: Array,
    shuffled: Sequence[tuple[TwoTokens, Replied]],
) -> pd.DataFrame:
    """Correlation of every panel with its interval and the range of its null.

    Returns:
        Tidy table: panel, r, low, high, null_low, null_high, shuffled_or_missing (median of label-shuffled vectors; missing where none
        read), n (items).
    """
    by_panel = {
        TOKENS: of_tokens(tokens, [other for other, _ in shuffled]),
        **of_replies(replied, [other for _, other in shuffled]),
        SPEAKERS: of_speakers(speaker, arousal),
    }
    return pd.DataFrame([line.row(panel) for panel, line in by_panel.items()])


def _both_sides(null: Array) -> tuple[float, float]:
    """A null that spreads to both sides of 0, to the 95th percentile of its size."""
    reach = float(np.quantile(np.abs(null), 0.95))
    return -reach, reach
