"""What judges say of prepared replies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from emotion_vectors.stimuli.files import PathLike, read_json_lines


def counts_by_side(
    classify: Callable[[Sequence[str]], pd.DataFrame], items_file: PathLike
) -> dict[str, dict[str, int]]:
    """Classes given to prepared replies that mirror each other and differ in the act alone: side -> class -> count.

    Args:
        classify: of a judge; its table has a row for each text, with the class in `predicted`.
        items_file: behaviour set whose sides hold the replies.
    """
    items = read_json_lines(items_file)
    pairs = [(side, text) for item in items for side, texts in item.value["continuations"].items() for text in texts]
    sides = pd.Series([side for side, _ in pairs], name="side")
    predicted = classify([text for _, text in pairs])["predicted"]
    return {
        str(side): {str(name): int(count) for name, count in each.value_counts().items()}
        for side, each in predicted.groupby(sides)
    }
