"""Made-up readings around the end of users' turns, and made-up preferences, in the form in which the rules write them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def readings_of_turns(generator):
    """Points and lines of the panels on users' turns."""
    names = ("user token and reply token", "user token and reply", "reply token and reply", "arousal across speakers")
    cells = [
        (name, x, y, 1 + int(40 * generator.random() / (1 + abs(x - y))))
        for name in names
        for x in (-2.1, 0.1, 1.9)
        for y in (-1.9, 0.4, 2.2)
    ]
    lines = [(name, 0.3, 0.2, 0.4, -0.1, 0.1, np.nan if name.startswith("arousal") else 0.25, 60) for name in names]
    columns = ["panel", "r", "low", "high", "null_low", "null_high", "shuffled_or_missing", "n"]
    return pd.DataFrame(cells, columns=["panel", "x", "y", "count"]), pd.DataFrame(lines, columns=columns)


def activities(generator):
    categories = ("helpful", "engaging", "social", "self_curiosity", "neutral", "aversive", "misaligned", "unsafe")
    rows = [
        (f"{category}_{number}", category, 1500 + 100 * generator.normal(), emotion, generator.normal())
        for emotion in ("blissful", "hostile")
        for category in categories
        for number in range(2)
    ]
    return pd.DataFrame(rows, columns=["activity", "category", "elo", "emotion", "reading_norm_fraction"])


def preferring_emotions(generator, emotions):
    table = pd.DataFrame({"emotion": emotions})
    for measure, size in (("r", 0.3), ("elo", 60.0)):
        values = size * np.tanh(generator.normal(size=len(emotions)))
        numbers = {"estimate": values, "low": values - 0.3 * size, "high": values + 0.2 * size, "null_95": 0.5 * size}
        table = table.assign(**{f"{name}_{measure}": value for name, value in numbers.items()})
    return table


def tables_of(seed: int, emotions: Sequence[str], gate: bool) -> dict[str, pd.DataFrame]:
    """Path below the folder of a model -> table; `gate` is whether the model has the preferences that anybody has."""
    generator = np.random.default_rng(seed)
    points, lines = readings_of_turns(generator)
    return {
        "anticipation/points": points,
        "anticipation/lines": lines,
        "preferences/activities": activities(generator),
        "preferences/emotions": preferring_emotions(generator, emotions),
        "gates/activities": pd.DataFrame({"quantity": ["known preferences shared, share"], "passed": [gate]}),
    }
