"""What every judge of replies gives: the class of each text, with its probability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.stimuli.reply_classes import ReplyClasses

Array = NDArray[np.float64]

UNCLEAR = "unclear"
"""Verdict on a reply whose class is less sure than the threshold of the judge."""


class Judge(Protocol):
    """Anything that says of texts to which class each of them belongs."""

    def classify(self, texts: Sequence[str]) -> pd.DataFrame:
        """A row for each text: predicted, confidence, verdict and p_CLASS of each class, and what else this judge says."""
        ...


def of_written(texts: Sequence[str], classes: ReplyClasses, weigh: Callable[[list[int]], Array]) -> Array:
    """Probabilities [text, class] by any judge, which is asked only about texts with a word; those without one are blank.

    Args:
        weigh: rows of texts -> their probabilities [row, class].
    """
    written = [row for row, text in enumerate(texts) if text.strip()]
    probabilities = np.tile(np.array([float(name == classes.blank) for name in classes.names]), (len(texts), 1))
    if written:
        probabilities[written] = weigh(written)
    return probabilities


def tabulate(probabilities: Array, classes: Sequence[str], thresholds: Array) -> pd.DataFrame:
    """Probabilities [reply, class] as a table: predicted, confidence, threshold, verdict and p_CLASS for each class."""
    best = probabilities.argmax(1)
    predicted, confidence = np.asarray(classes, dtype=object)[best], probabilities.max(1)
    columns = {
        "predicted": predicted,
        "confidence": confidence,
        "threshold": thresholds,
        "verdict": np.where(confidence >= thresholds, predicted, UNCLEAR),
    }
    return pd.DataFrame(columns | {f"p_{name}": probabilities[:, i] for i, name in enumerate(classes)})
