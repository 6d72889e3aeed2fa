"""Evidence on preferences: readings beside Elo (A16), Elo under additions (A17), and the agreement of the two over emotions (A18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.conduct.kinds import EMOTION, SHUFFLED
from emotion_vectors.preferences.association import AtMain, OppositeHalves, correlations, halves
from emotion_vectors.preferences.steering import NAMED, STRENGTH
from emotion_vectors.preferences.told_by_words import told_by_words
from emotion_vectors.preferences.tournament import Array
from emotion_vectors.statistics import effects, resampling
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.statistics.wording import bare
from emotion_vectors.stimuli.function.activities import UNWANTED

READING = Scale("activities", "Pearson r", two_sided=True)
CHANGE = Scale("activities", f"Elo points at strength {STRENGTH:g}", two_sided=True)
AGREEMENT = Scale("emotions", "Pearson r", two_sided=True)
BAND = 8
"""Emotions of neighbouring valence among which they are permuted."""
FEW_SPLITS = 10
"""OppositeHalves in which sets of null directions are held against each other, beside the estimate."""
SOME_SETS = 100
"""Label-shuffled sets that are."""


@dataclass(frozen=True)
class JudgedPreferences:
    """What all rows on preferences share: preferences at the main layer, directions, draws, and gates that are closed, in words."""

    known: AtMain
    directions: StoryDirections
    draws: Draws
    guard: str

    @property
    def vectors(self) -> Tensor:
        """Emotion vectors at the main layer: [emotion, d_model]."""
        return torch.stack([self.directions.direction([emotion]) for emotion in self.directions.names])

    @property
    def activities_drawn(self) -> Array:
        """Resamples of all activities, as weights: [resample, activity]."""
        return resampling.weights(len(self.known.ratings), self.draws.bootstraps, self.draws.seed)

    def categories_drawn(self, chosen: NDArray[np.bool_]) -> Array:
        """Resamples of the categories of the chosen activities, and of the activities within each: weights [resample, activity]."""
        return resampling.nested_weights(self.known.categories[chosen], self.draws.bootstraps, self.draws.seed)


def rows(
    judged: JudgedPreferences, finite: pd.DataFrame, valence: Sequence[float], least: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Evidence on A16, A17 and A18.

    Args:
        finite: changes as `steer_activities` measured them. valence: human ratings of the emotions, in their order.
        least: smallest change of interest by emotion, Elo points, as A17 has it.
    """
    return [*on_readings(judged), *_on_changes(judged, finite, least), _on_agreement(judged, valence)]


def on_readings(judged: JudgedPreferences) -> list[dict[str, Any]]:
    """Evidence on A16, with what is left within categories and what words alone tell beside it."""
    sets = {"all": judged.known.everything, "without unsafe": judged.known.without(UNWANTED)}
    measured = []
    for name, chosen in sets.items():
        by_words = told_by_words(judged.known, chosen)
        for emotion in NAMED:
            beside = f"within categories {bare(within_categories(judged, emotion, chosen))}; {by_words}"
            effect = reading_effect(judged, emotion, chosen)
            measured.append(evidence_row("A16", f"{emotion}, {name}", effect, guard=judged.guard, beside=beside))
    return measured


def within_categories(judged: JudgedPreferences, emotion: str, chosen: NDArray[np.bool_]) -> float:
    """Correlation of the reading of an emotion with Elo, both relative to the mean of the category, over the chosen activities."""
    known = judged.known
    readings = known.readings(judged.directions.direction([emotion])[None])[chosen]
    both = np.column_stack([readings, known.ratings[chosen]])
    categories = known.categories[chosen]
    for category in np.unique(categories):
        both[categories == category] -= both[categories == category].mean(0)
    return float(correlations(both[:, :1], both[:, 1])[0])


def reading_effect(judged: JudgedPreferences, emotion: str, chosen: NDArray[np.bool_]) -> Effect:
    """Correlation over the chosen activities of the reading of an emotion with Elo.

    Categories are drawn anew and activities within them, Elo being what it is: those of one category are alike in both.
    """
    known, ratings = judged.known, judged.known.ratings[chosen]
    readings = known.readings(judged.directions.direction([emotion])[None])[chosen]
    interval = resampling.percentile_interval(correlations(readings, ratings, judged.categories_drawn(chosen)))
    estimate = float(correlations(readings, ratings)[0])
    return effects.hardest(
        effects.effect(
            estimate,
            interval,
            correlations(known.readings(null)[chosen], ratings),
            n=int(chosen.sum()),
            scale=READING,
        )
        for null in judged.directions.nulls([emotion]).values()
    )


def change_effect(judged: JudgedPreferences, emotion: str) -> Effect:
    """Mean change of Elo of an activity under an addition on its tokens, as extrapolated from strength nil; activities are drawn anew."""
    known = judged.known
    changes = known.changes(judged.directions.direction([emotion])[None])[:, 0]
    interval = resampling.percentile_interval(judged.activities_drawn @ changes)
    return effects.hardest(
        effects.effect(changes.mean(), interval, known.changes(null).mean(0), n=len(changes), scale=CHANGE)
        for null in judged.directions.nulls([emotion]).values()
    )


def _on_changes(judged: JudgedPreferences, finite: pd.DataFrame, least: Mapping[str, float]) -> list[dict[str, Any]]:
    measured = []
    for emotion in NAMED:
        effect = change_effect(judged, emotion)
        unconfirmed, beside = confirmation(effect.estimate, emotion, finite, least[emotion])
        measured.append(
            evidence_row("A17", emotion, effect, guard=judged.guard, unconfirmed=unconfirmed, beside=beside)
        )
    return measured


def confirmation(slope: float, emotion: str, finite: pd.DataFrame, least: float) -> tuple[str, str]:
    """Why real additions at the judged strength do not confirm a slope, empty where they do; and what they give, in words.

    Args:
        slope: change extrapolated to that strength. least: smallest change of interest. All in Elo points.
    """
    at = finite[np.isclose(finite["strength_norm_fraction"], STRENGTH)]
    means = at.groupby(["kind", "direction"])["delta_elo"].mean()
    change, null = float(means[EMOTION, emotion]), means.drop(EMOTION, level="kind").abs()
    threshold = float(null.quantile(0.95))
    steered = finite["activity"].nunique()
    by_strength = finite[(finite["direction"] == emotion) & (finite["kind"] == EMOTION)]
    curve = by_strength.groupby("strength_norm_fraction")["delta_elo"].mean()
    said = ", ".join(f"{bare(value)} at {strength:+g}" for strength, value in curve.items())
    beside = (
        f"really added, mean Elo of {steered} activities: {said}; 95th percentile of {len(null)} null directions at {STRENGTH:+g}: "
        f"{bare(threshold)}; over the extrapolated change {bare(change / slope) if slope else 'nothing'}"
    )
    if np.sign(change) != np.sign(slope):
        return f"additions of strength {STRENGTH:g} point the other way", beside
    if abs(change) <= threshold:
        return f"additions of strength {STRENGTH:g} stay inside the null", beside
    if abs(change) < least:
        return f"additions of strength {STRENGTH:g} change less than {least:g} points", beside
    return "", beside


def _on_agreement(judged: JudgedPreferences, valence: Sequence[float]) -> dict[str, Any]:
    """Evidence on A18: emotions permuted, also among those of neighbouring valence, and label-shuffled sets in their place.

    Where one axis of preference is both read and steered, sets of any directions agree as emotions do.
    """
    draws, generator = judged.draws, judged.draws.generator(1)
    of_emotions = halves(judged.known, judged.vectors, draws.bootstraps, generator)
    interval = resampling.percentile_interval(of_emotions.resampled(generator))
    estimate, count = of_emotions.agreement(), len(valence)
    orders = {
        "any": np.zeros(count, dtype=np.int64),
        "of neighbouring valence": np.argsort(np.argsort(valence)) // BAND,
    }
    nulls = {
        f"emotions permuted, {name}": of_emotions.permuted(permuted_within(bands, draws.shuffles, generator))
        for name, bands in orders.items()
    }
    nulls["label-shuffled sets"] = _of_shuffled_sets(judged, generator)
    of_null = {name: effects.effect(estimate, interval, null, n=count, scale=AGREEMENT) for name, null in nulls.items()}
    percentiles = "; ".join(f"{name} {effect.null_percentile:.1f}" for name, effect in of_null.items())
    beside = f"percentiles among {percentiles}; directions beside: {_others_beside(judged, generator)}"
    return evidence_row(
        "A18", "reading and steering", effects.hardest(of_null.values()), guard=judged.guard, beside=beside
    )


def permuted_within(bands: NDArray[np.int64], count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Orders in which items change places with those of their band alone: [order, item]."""
    orders = np.broadcast_to(np.arange(len(bands)), (count, len(bands))).copy()
    for band in np.unique(bands):
        members = np.flatnonzero(bands == band)
        orders[:, members] = generator.permuted(orders[:, members], axis=1)
    return orders


def _of_shuffled_sets(judged: JudgedPreferences, generator: np.random.Generator) -> Array:
    """Agreement within label-shuffled sets of as many vectors as there are emotions: [set]."""
    sets = judged.directions.shuffled[:SOME_SETS]
    of_all, emotions = halves(judged.known, sets.flatten(0, 1), FEW_SPLITS, generator), sets.shape[1]
    return np.array(
        [
            OppositeHalves(
                of_all.read[:, begin : begin + emotions], of_all.changed[:, begin : begin + emotions]
            ).agreement()
            for begin in range(0, len(sets) * emotions, emotions)
        ]
    )


def _others_beside(judged: JudgedPreferences, generator: np.random.Generator) -> str:
    """Agreement that other directions without emotion reach, in words: what reads and steers preference need not be an emotion."""
    nulls = judged.directions.single_nulls()
    del nulls[SHUFFLED]
    return ", ".join(
        f"{kind} {bare(halves(judged.known, null, FEW_SPLITS, generator).agreement())}" for kind, null in nulls.items()
    )
