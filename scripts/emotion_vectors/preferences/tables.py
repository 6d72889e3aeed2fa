"""Tables of preferences: both measures of every emotion, and every activity with its Elo and readings (A16-A18)."""

from __future__ import annotations

import pandas as pd

from emotion_vectors.preferences.evidence import JudgedPreferences, change_effect, reading_effect
from emotion_vectors.preferences.steering import NAMED


def emotion_table(judged: JudgedPreferences) -> pd.DataFrame:
    """Both measures of every emotion: emotion, and estimate, low, high and null_95 of each, ending in _r and _elo."""
    table = []
    for emotion in judged.directions.names:
        of_measure = {
            "r": reading_effect(judged, emotion, judged.known.everything),
            "elo": change_effect(judged, emotion),
        }
        numbers = {
            f"{name}_{measure}": getattr(effect, name)
            for measure, effect in of_measure.items()
            for name in ("estimate", "low", "high", "null_95")
        }
        table.append({"emotion": emotion} | numbers)
    return pd.DataFrame(table)


def activity_table(judged: JudgedPreferences) -> pd.DataFrame:
    """Every activity with the readings of the named emotions: activity, category, elo, emotion, reading_norm_fraction."""
    known, named = judged.known, [judged.directions.direction([emotion]) for emotion in NAMED]
    tables = []
    for emotion, direction in zip(NAMED, named, strict=True):
        tables.append(
            pd.DataFrame(
                {
                    "activity": [activity.name for activity in known.preferences.activities],
                    "category": known.categories,
                    "elo": known.ratings,
                    "emotion": emotion,
                    "reading_norm_fraction": known.readings(direction[None])[:, 0] / known.norm,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
