"""What counts of words make of pairs that end alike: the same order by meaning, read from the words of the whole texts (A13)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.context.order import Pairs
from emotion_vectors.decoding.word_baselines import word_cells, word_weights
from emotion_vectors.vectors.emotion_vectors import from_cells

Array = NDArray[np.float64]


def ordered_by_words(pairs: Pairs, stories: pd.DataFrame, emotions: Sequence[str]) -> Array:
    """Whether tf-idf weights, held against those of the stories, order each pair; one half where no known word differs: [pair].

    Args:
        stories: table with topic, emotion and text.
    """
    of_stories = stories.pivot(index="topic", columns="emotion", values="text")[list(emotions)].to_numpy()
    cells, vectoriser = word_cells(of_stories, range(len(of_stories)))
    counted = pairs.told_by(lambda texts: word_weights(vectoriser, texts))
    ordered: Array = counted.ordered(from_cells(cells))[:, 0]
    return ordered
