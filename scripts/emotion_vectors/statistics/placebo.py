"""The placebo: emotion labels of stories permuted within topics, so that what is still found is not about emotion."""

import numpy as np
import pandas as pd


def permute_labels(stories: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Placebo: the emotion labels permuted within each topic; story_id, person and text stay together.

    The result depends on the stories and the seed only, not on the order of the rows.
    """
    generator = np.random.default_rng(seed)
    permuted = stories.copy()
    for _, rows in stories.sort_values("story_id").groupby(["corpus", "topic"], sort=True).groups.items():
        permuted.loc[rows, "emotion"] = generator.permutation(stories.loc[rows, "emotion"].to_numpy(dtype=object))
    return permuted
