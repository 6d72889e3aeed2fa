"""Table of the paper about written replies: what naming an emotion and pushing along its direction do to their likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.report import latex
from emotion_vectors.statistics.wording import interval, number


def expression_table(by_model: Mapping[str, pd.DataFrame]) -> str:
    """Change of each emotion's own replies by every method; a row for each method and emotion, a pair of columns for each model.

    Args:
        by_model: slopes as `evaluate_expression` wrote them.
    """
    keyed = {model: table.set_index(["method", "emotion"]) for model, table in by_model.items()}
    body, before = [], None
    for method, emotion in next(iter(keyed.values())).index:
        if method != before:
            span = 1 + 2 * len(keyed)
            body.append(rf"\multicolumn{{{span}}}{{@{{}}l@{{}}}}{{{latex.emphasised(latex.escape(str(method)))}}} \\")
        cells = [text for table in keyed.values() for text in _cells(dict(table.loc[(method, emotion)]), emotion)]
        name = "mean, share that raises its own most" if emotion == ALL else str(emotion)
        body.append(latex.row([rf"\enspace {latex.escape(name)}", *map(latex.escape, cells)]))
        before = method
    head = ["Emotion", *[text for model in by_model for text in (latex.escape(model), "Own most")]]
    table = latex.tabular("@{}l" + "rr" * len(by_model) + "@{}", head, body)
    scenarios = next(iter(keyed.values()))["n"].iloc[0]
    caption = (
        r"Change of the log-odds of replies written in an emotion against those in the other five, nats per token at strength 0.1 (or "
        rf"by naming the emotion in the prompt), 95\,\% intervals over {number(scenarios, 0)} scenarios; in parentheses the 95th "
        "percentile of random directions. Own most: whether the emotion raises its own replies more than any other of the six does. "
        "Not registered, not judged."
    )
    return latex.floating(table, caption=caption, label="expression", position="htbp", size="scriptsize")


def _cells(row: dict[str, Any], emotion: object) -> tuple[str, str]:
    measured = interval(row, "change_nats")
    if not np.isnan(row["null_95_or_missing"]):
        measured += f" ({number(row['null_95_or_missing'], 3)})"
    if emotion != ALL:
        return measured, "yes" if row["own_most"] else "no"
    return measured, number(row["own_most"], 2)
