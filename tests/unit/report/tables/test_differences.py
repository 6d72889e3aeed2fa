"""The table of what the next larger model changes says how each pair was compared, and that one model has nothing to compare."""

import pandas as pd

from emotion_vectors.report.tables.differences import ALONE, difference_table
from emotion_vectors.sizes.differences import BY_INTERVALS, COLUMNS, ON_ITEMS

ROW = {
    "claim": "A19b",
    "part": "desperate",
    "smaller": "one_small",
    "larger": "large",
    "difference": 0.25,
    "low": -0.1,
    "high": 0.6,
    "n": 24,
    "of": "scenarios",
    "unit": "nats",
    "compared_by": ON_ITEMS,
    "gated": False,
}


def test_every_part_stands_with_its_difference_and_how_it_was_compared():
    other = ROW | {"claim": "A01", "part": "accuracy", "compared_by": BY_INTERVALS, "gated": True}
    table = difference_table(pd.DataFrame([ROW, other], columns=COLUMNS))
    assert r"large minus one\_small" in table
    assert "A19b desperate & 0.25 [" in table
    assert "24 scenarios" in table
    assert "A01 accuracy, gated & " in table
    assert "by intervals" in table


def test_one_model_has_nothing_to_compare():
    assert difference_table(pd.DataFrame(columns=COLUMNS)) == ALONE
