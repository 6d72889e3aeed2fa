"""What a model must show before its preferences are looked at: they must not follow letters, circles, or nothing that anybody knows."""

from __future__ import annotations

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from emotion_vectors.conduct.gates import Gate
from emotion_vectors.preferences.measurements import Preferences
from emotion_vectors.preferences.tournament import PreferenceError, triples
from emotion_vectors.statistics import resampling
from emotion_vectors.stimuli.experiments import CHOICE

BEHAVIOUR = "activities"
"""What the readout is of, in tables of gates."""
WITHOUT_ORDER = 0.75
"""Share of triples without a circle where every preference is drawn at random: two of eight outcomes are circles."""
CHANCE = 0.5


def preference_gates(preferences: Preferences, most_leaning: float, bootstraps: int, seed: int) -> list[Gate]:
    """Leaning to the first letter, preferences without circles, and known preferences.

    Args:
        most_leaning: largest mean leaning to the first letter, nats.
    Raises:
        PreferenceError: no three activities have all met.
    """
    return [
        _leaning(preferences, most_leaning, bootstraps, seed),
        _transitive(preferences, bootstraps, seed),
        _known(preferences),
    ]


def _leaning(preferences: Preferences, most: float, bootstraps: int, seed: int) -> Gate:
    leaning = preferences.leaning
    low, high = resampling.pair_bootstrap(
        leaning, preferences.pairs.tolist(), len(preferences.activities), bootstraps, seed
    )
    mean = float(leaning.mean())
    quantity, limit = "leaning to the first letter, nats", f"at most {most:g} either way"
    return Gate(BEHAVIOUR, CHOICE, quantity, mean, low, high, len(leaning), "pairs", limit, abs(mean) <= most)


def _transitive(preferences: Preferences, bootstraps: int, seed: int) -> Gate:
    """Share of triples without a circle, with an interval over activities."""
    count = len(preferences.activities)
    corners, ordered = triples(preferences.pairs, preferences.log_odds, count)
    if not len(corners):
        raise PreferenceError("preferences.rounds: no three activities have all met; raise the key")
    drawn = resampling.counts(count, bootstraps, seed)
    times = (np.prod([resample[corner] for corner in corners.T], axis=0) for resample in drawn)
    samples = [float(np.average(ordered, weights=weights)) for weights in times if weights.any()]
    low, high = resampling.percentile_interval(samples)
    quantity, limit = "triples of activities without a circle, share", f"interval above {WITHOUT_ORDER:g}"
    share = float(ordered.mean())
    return Gate(BEHAVIOUR, CHOICE, quantity, share, low, high, len(corners), "triples", limit, low > WITHOUT_ORDER)


def _known(preferences: Preferences) -> Gate:
    """Share of pairs of which the better activity, as anybody would say, is preferred."""
    right, total = int((preferences.known > 0).sum()), len(preferences.known)
    low, high = (float(end) for end in proportion_confint(right, total, method="wilson"))
    quantity, limit = "known preferences shared, share", f"interval above {CHANCE:g}"
    return Gate(BEHAVIOUR, CHOICE, quantity, right / total, low, high, total, "pairs", limit, low > CHANCE)
