"""Readings of single words as the page holds them: one byte a reading, as many words as there is room for."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from emotion_vectors.meaning.reading_steps import STEP_SD

ROOM_FOR_WORDS = 400_000
"""Of words and readings of all models on the page."""
SIGNS_AROUND = 3
"""Quotation marks and comma around a word in JSON."""


def words_shown(tables: Sequence[pd.DataFrame], room: int = ROOM_FOR_WORDS) -> dict[str, Any]:
    """Words with their readings by every model: those that all tables hold, in the order of the first, while they fit.

    Args:
        tables: of each model, a column `word` and one of readings for each emotion, in standard deviations.
        room: bytes that words and readings may take on the page.
    Returns:
        words; left_out, how many had no room; step, the unit of the bytes; models: emotions and base64 of signed bytes [word, emotion].
    """
    common = set.intersection(*(set(table["word"]) for table in tables))
    words = [word for word in tables[0]["word"] if word in common]
    emotions = [[str(name) for name in table.columns if name != "word"] for table in tables]
    # Base64 writes three bytes with four signs.
    of_readings = 4 / 3 * sum(map(len, emotions))
    taken = np.cumsum([len(word.encode()) + SIGNS_AROUND + of_readings for word in words])
    kept = words[: int((taken <= room).sum())]
    by_word = [table.set_index("word").loc[kept] for table in tables]
    return {
        "words": kept,
        "left_out": len(words) - len(kept),
        "step": STEP_SD,
        "models": [
            {"emotions": names, "readings": _bytes(table[names])}
            for names, table in zip(emotions, by_word, strict=True)
        ],
    }


def _bytes(readings: pd.DataFrame) -> str:
    steps = (readings.to_numpy(np.float64) / STEP_SD).round().astype(np.int8)
    return base64.b64encode(steps.tobytes()).decode()
