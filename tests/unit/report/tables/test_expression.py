"""The table on written replies."""

import numpy as np
import pandas as pd

from emotion_vectors.expression.arm_names import ALL
from emotion_vectors.report.tables.expression import expression_table


def slopes(shift):
    rows = [
        ("named in the prompt", "anger", 0.2, 1.0, np.nan),
        ("named in the prompt", ALL, 0.1, 0.5, np.nan),
        ("story vectors", "anger", 0.03, 0.0, 0.012),
        ("story vectors", ALL, 0.02, 1 / 3, 0.011),
    ]
    table = pd.DataFrame(rows, columns=["method", "emotion", "change_nats", "own_most", "null_95_or_missing"])
    table["change_nats"] += shift
    return table.assign(low=table["change_nats"] - 0.01, high=table["change_nats"] + 0.01, n=6)


def test_every_method_and_emotion_has_a_row_with_every_model():
    found = expression_table({"one": slopes(0.0), "two": slopes(-0.5)})
    lines = [line for line in found.splitlines() if "enspace" in line]
    assert len(lines) == 4
    assert lines[0].count("&") == 4
    assert "yes" in lines[0]
    assert "(" not in lines[0]
    assert "(0.012)" in lines[2]
    assert "no" in lines[2]
    assert "0.33" in lines[3]
    assert "over 6 scenarios" in found
