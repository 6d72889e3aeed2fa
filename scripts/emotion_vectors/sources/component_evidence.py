"""Evidence on the components of emotion vectors, beside those of what is no model (A06b, A07b, A08b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.nonmodels import EMBEDDINGS, WORDS
from emotion_vectors.geometry.geometry_evidence import RatingPart
from emotion_vectors.sources.arranged import NONMODELS, Arrangement, SharedDraws, doubly_centred
from emotion_vectors.sources.rates import NOT_READ, Row
from emotion_vectors.sources.study import VECTORS
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.effects import Scale, pearson
from emotion_vectors.statistics.wording import bare

Array = NDArray[np.float64]


MOST = 3
"""Components that are looked at."""


RATED = (
    RatingPart("A06b", "PC1 and valence", "valence", (0,)),
    RatingPart("A07b", "PC2 or PC3 and arousal", "arousal", (1, 2)),
)


@dataclass(frozen=True)
class Axes:
    """First components of unit vectors: directions over the emotions [emotion, component], and shares of variance [component]."""

    directions: Array
    shares: Array

    @property
    def of_two(self) -> float:
        """Share of the first two together."""
        return float(self.shares[:2].sum())


def axes_of(cosines: Array) -> Axes:
    """First components of vectors with these cosines [emotion, emotion]."""
    values, directions = np.linalg.eigh(doubly_centred(cosines))
    shares = values[::-1].clip(min=0)
    return Axes(directions[:, ::-1][:, :MOST], shares[:MOST] / shares.sum())


@dataclass(frozen=True)
class DrawnAxes:
    """Components of one source: of all stories, of each resample of topics and emotions, of each set of permuted labels.

    across: positions of the second hand's vectors along those of all stories [emotion, component], None where these were not read.
    """

    whole: Axes
    resampled: Sequence[Axes]
    permuted: Sequence[Axes]
    across: Array | None


def draw_axes(arranged: Arrangement, draws: SharedDraws) -> DrawnAxes:
    """Components of a source, computed anew for every draw."""
    whole, second = axes_of(arranged.cosines()), arranged.points_of_second()
    points = arranged.points()
    return DrawnAxes(
        whole,
        [
            axes_of(arranged.cosines(weights)[np.ix_(drawn, drawn)])
            for weights, drawn in zip(draws.topics, draws.emotions, strict=True)
        ],
        [axes_of(arranged.permuted(labels)) for labels in draws.labels],
        None if second is None else second @ ((points - points.mean(0)).T @ whole.directions),
    )


@dataclass(frozen=True)
class Correlation:
    """|r| of a component with a rating: of all stories, in each resample, with permuted labels, and across hands."""

    estimate: float
    resampled: Array
    permuted: Array
    across: float | None
    component: int
    is_difference: bool = False

    def minus(self, other: Correlation) -> Correlation:
        across = None if self.across is None or other.across is None else self.across - other.across
        return Correlation(
            self.estimate - other.estimate,
            self.resampled - other.resampled,
            self.permuted - other.permuted,
            across,
            self.component,
            is_difference=True,
        )


def correlate(axes: DrawnAxes, ratings: Array, candidates: tuple[int, ...], draws: SharedDraws) -> Correlation:
    """Correlation of the strongest candidate component with a rating [emotion].

    The choice is made anew in each resample, and what is chosen there is signed along the component that is chosen of all stories.
    """
    best = strongest(axes.whole, ratings, candidates)
    direction = axes.whole.directions[:, best]
    sign = np.sign(pearson(direction, ratings))
    resampled = []
    for of_draw, drawn in zip(axes.resampled, draws.emotions, strict=True):
        component = of_draw.directions[:, strongest(of_draw, ratings[drawn], candidates)]
        resampled.append(sign * np.sign(pearson(component, direction[drawn])) * pearson(component, ratings[drawn]))
    permuted = [strength(of_set, ratings, candidates) for of_set in axes.permuted]
    across = None if axes.across is None else float(sign * pearson(axes.across[:, best], ratings))
    return Correlation(strength(axes.whole, ratings, candidates), np.array(resampled), np.array(permuted), across, best)


def strongest(axes: Axes, ratings: Array, candidates: tuple[int, ...]) -> int:
    """The candidate component with the largest |r| with a rating."""
    return max(candidates, key=lambda component: abs(pearson(axes.directions[:, component], ratings)))


def strength(axes: Axes, ratings: Array, candidates: tuple[int, ...]) -> float:
    """That |r|."""
    return abs(pearson(axes.directions[:, strongest(axes, ratings, candidates)], ratings))


def on_ratings(
    axes: Mapping[str, DrawnAxes],
    residual: Mapping[str, DrawnAxes],
    ratings: pd.DataFrame,
    draws: SharedDraws,
) -> dict[str, list[Row]]:
    """Evidence on A06b and A07b by every source, in each part that it can enter.

    Args:
        residual: sources without what words and style predict, those that have anything left.
        ratings: valence and arousal, one row for each emotion in the order of the sources.
    """
    rows: dict[str, list[Row]] = {name: [] for name in axes}
    for part in RATED:
        values = ratings[part.rating].to_numpy(float)
        of_all, of_rest = (
            {name: correlate(drawn, values, part.components, draws) for name, drawn in sources.items()}
            for sources in (axes, residual)
        )
        for name, alone in of_all.items():
            rows[name].append(_row(part, part.name, alone, len(values)))
            if name in of_rest:
                rows[name].append(_row(part, f"{part.name}, without words and style", of_rest[name], len(values)))
            if name != WORDS:
                difference = alone.minus(of_all[WORDS])
                rows[name].append(_row(part, f"{part.name}, minus words", difference, len(values)))
    return rows


def _row(part: RatingPart, name: str, correlation: Correlation, emotions: int) -> Row:
    unit = f"{'difference of ' if correlation.is_difference else ''}|r|, PC{correlation.component + 1}"
    limits = resampling.percentile_interval(correlation.resampled)
    scale = Scale(of="emotions", unit=unit)
    judged = effects.effect(correlation.estimate, limits, correlation.permuted, n=emotions, scale=scale)
    across = NOT_READ if correlation.across is None else f"across hands r {bare(correlation.across)}"
    return evidence_row(part.claim, name, judged, beside=across)


def on_variance(arranged: Mapping[str, Arrangement], axes: Mapping[str, DrawnAxes], name: str) -> Row:
    """Evidence on A08b by one source: share of two components, minus that in mean input embeddings; topics are left out one at a time."""
    of_source, embeddings = arranged[name], arranged[EMBEDDINGS]

    def difference(topics: NDArray[np.int64]) -> float:
        weights = np.bincount(topics, minlength=of_source.topics) / len(topics)
        first, second = (axes_of(source.cosines(weights)) for source in (of_source, embeddings))
        return first.of_two - second.of_two

    alone, of_words = axes[name].whole.of_two, axes[EMBEDDINGS].whole.of_two
    pairs = zip(axes[name].permuted, axes[EMBEDDINGS].permuted, strict=True)
    null = [first.of_two - second.of_two for first, second in pairs]
    scale = Scale(of="topics", unit="difference of variance shares")
    limits = resampling.jackknife(of_source.topics, difference)
    judged = effects.effect(alone - of_words, limits, null, n=of_source.topics, scale=scale)
    second, second_of_words = _share_across(of_source), _share_across(embeddings)
    across = NOT_READ
    if second is not None and second_of_words is not None:
        across = f"across hands {bare(second - second_of_words)}"
    beside = f"{across}; {name} {bare(alone)}, input embeddings {bare(of_words)}"
    return evidence_row("A08b", "share of PC1 and PC2, minus input embeddings", judged, beside=beside)


def _share_across(arranged: Arrangement) -> float | None:
    """Share of the variance of the second hand's vectors along the first two components of the first hand's."""
    second = arranged.points_of_second()
    if second is None:
        return None
    points, of_second = (values - values.mean(0) for values in (arranged.points(), second))
    directions = np.linalg.svd(points, full_matrices=False)[2][:2]
    return float(((of_second @ directions.T) ** 2).sum() / (of_second**2).sum())


def on_components(
    arranged: Mapping[str, Arrangement],
    residual: Mapping[str, Arrangement],
    ratings: pd.DataFrame,
    draws: SharedDraws,
) -> tuple[list[Row], list[Row]]:
    """Evidence on A06b, A07b and A08b: of the vectors, and of what is no model, with the key nonmodel."""
    axes, of_residual = (
        {name: draw_axes(arrangement, draws) for name, arrangement in sources.items()}
        for sources in (arranged, residual)
    )
    rows = on_ratings(axes, of_residual, ratings, draws)
    for name in rows:
        # Input embeddings do not exceed themselves.
        rows[name] += [] if name == EMBEDDINGS else [on_variance(arranged, axes, name)]
    return rows[VECTORS], [row | {"nonmodel": name} for name in NONMODELS for row in rows[name]]
