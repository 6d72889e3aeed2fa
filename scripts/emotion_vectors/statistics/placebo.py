"""The placebo: emotion labels of stories permuted within topics, so that what is still found is not about emotion."""

import hashlib

import numpy as np
import pandas as pd


def generator_of(seed: int, name: str) -> np.random.Generator:
    """Random numbers of a seed for what bears a name.

    Two files whose labels are permuted by one seed share no permutation: drawn from the seed alone, the first groups of both would get
    the same one, and what is fitted on permuted labels of one file would be right more often than by chance on those of the other.
    """
    return np.random.default_rng([seed, int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")])


def permute_labels(stories: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Placebo: the emotion labels permuted within each topic; story_id, person and text stay together.

    The result depends on the stories of the topic and the seed only, not on the order of the rows or on other topics.
    """
    permuted = stories.copy()
    for name, rows in stories.sort_values("story_id").groupby(["corpus", "topic"]).groups.items():
        labels = stories.loc[rows, "emotion"].to_numpy(dtype=object)
        permuted.loc[rows, "emotion"] = generator_of(seed, str(name)).permutation(labels)
    return permuted
